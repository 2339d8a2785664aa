import { fadeLength } from './fade.ts';
import { blankBefore, findBegin, requirePeriod } from './series.ts';

/** Returns after how many values the average has forgotten its seed, to 1e-12: about 15 periods. */
export const emaWarmUp = (period: number): number => period + fadeLength(2 / (period + 1));

/**
 * Returns the exponential moving average of weight 2 / (period + 1), in the input's unit, as long as the input; NaN before
 * the first `period` values, whose simple average is the seed. Older values fade and never wholly leave: see `emaWarmUp`.
 * Throws a RangeError as `findBegin` says.
 *
 * Source: P. J. Kaufman, Trading Systems and Methods, 5th edition (2013), chapter 7; the seed as in TA-Lib's EMA.
 */
export function ema(series: Float64Array, period: number): Float64Array {
  requirePeriod('EMA', period);
  return fadingAverage(series, { period, alpha: 2 / (period + 1), begin: findBegin('EMA', series) });
}

/** The average that begins with the simple one of the first `period` values and then moves by `alpha` to each new value. */
export function fadingAverage(
  series: Float64Array,
  { period, alpha, begin }: { period: number; alpha: number; begin: number },
): Float64Array {
  const first = begin + period - 1;
  const values = blankBefore(first, series.length);
  if (first >= series.length) return values;
  const pivot = series[begin] ?? NaN;
  let seed = 0;
  for (let index = begin; index <= first; index += 1) seed += (series[index] ?? NaN) - pivot;
  let value = pivot + seed / period;
  values[first] = value;
  for (let index = first + 1; index < series.length; index += 1) {
    value += alpha * ((series[index] ?? NaN) - value);
    values[index] = value;
  }
  return values;
}
