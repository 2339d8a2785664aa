import { blankBefore, findBegin, requirePeriod } from './series.ts';

/** Returns how many values the simple moving average needs. */
export const smaWarmUp = (period: number): number => period;

/**
 * Returns the simple moving average of the last `period` values, in their unit, as long as the input; NaN before the first
 * `period`. A value depends on its window alone, to 1e-15 of it, and a flat window averages to exactly its price: sums are
 * of distances from one value inside the window, and only ever added to (the tail of one block, the head of the next).
 * Throws a RangeError as `findBegin` says.
 *
 * Source: P. J. Kaufman, Trading Systems and Methods, 5th edition (2013), chapter 7. Blocks: M. van Herk, Pattern
 * Recognition Letters 13 (1992).
 */
export function sma(series: Float64Array, period: number): Float64Array {
  requirePeriod('SMA', period);
  const first = findBegin('SMA', series) + period - 1;
  const values = blankBefore(first, series.length);
  const tails = new Float64Array(Math.min(period, series.length));
  for (let last = first; last < series.length; last += period) {
    const pivot = series[last] ?? NaN;
    let tail = 0;
    for (let back = period - 1; back >= 0; back -= 1) {
      tail += (series[last - period + 1 + back] ?? NaN) - pivot;
      tails[back] = tail;
    }
    let head = 0;
    const end = Math.min(last + period, series.length);
    for (let index = last; index < end; index += 1) {
      head += (series[index] ?? NaN) - pivot;
      values[index] = pivot + ((tails[index - last] ?? NaN) + head) / period;
    }
  }
  return values;
}
