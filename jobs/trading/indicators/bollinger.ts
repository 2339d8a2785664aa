import { requireFactor } from './series.ts';
import { rollingSpread } from './standard-deviation.ts';

/** In the price's unit. */
export type BollingerBands = { middle: Float64Array; upper: Float64Array; lower: Float64Array };

/** Returns how many closes the bands need. */
export const bollingerWarmUp = (period: number): number => period;

/**
 * Returns the simple moving average and the bands `factor` population standard deviations above and below it, in the
 * price's unit, as long as the input; NaN before the first `period` closes. A value depends on its window alone; in a flat
 * window all three are exactly the price. Throws a RangeError as `findBegin` says.
 *
 * Source: J. Bollinger, Bollinger on Bollinger Bands (2001), chapter 7: period 20, factor 2.
 */
export function bollinger(close: Float64Array, period: number, factor: number): BollingerBands {
  requireFactor('Bollinger', factor);
  const { distance: middle, deviation: upper } = rollingSpread(close, period);
  const lower = new Float64Array(close.length);
  for (let index = 0; index < close.length; index += 1) {
    const mean = (close[index] ?? NaN) - (middle[index] ?? NaN);
    const width = factor * (upper[index] ?? NaN);
    middle[index] = mean;
    upper[index] = mean + width;
    lower[index] = mean - width;
  }
  return { middle, upper, lower };
}
