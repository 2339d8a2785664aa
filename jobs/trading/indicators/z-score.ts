import { rollingSpread } from './standard-deviation.ts';

/** Returns how many values the z-score needs. */
export const zScoreWarmUp = (period: number): number => period;

/**
 * Returns how many population standard deviations each value stands above (below: negative) the mean of the last `period`
 * values, itself among them, as long as the input; NaN before the first `period`, 0 in a flat window. A value depends on its
 * window alone. Throws a RangeError as `findBegin` says.
 *
 * Source: E. P. Chan, Quantitative Trading (2009), example 7.2; deviations as in Bollinger's bands.
 */
export function zScore(series: Float64Array, period: number): Float64Array {
  const { distance: values, deviation } = rollingSpread(series, period);
  for (let index = 0; index < series.length; index += 1) {
    const unit = deviation[index] ?? NaN;
    values[index] = unit === 0 ? 0 : (values[index] ?? NaN) / unit;
  }
  return values;
}
