import { blankBefore, findBegin, requirePeriod } from './series.ts';

/** Returns how many values the weighted moving average needs. */
export const wmaWarmUp = (period: number): number => period;

/**
 * Returns the linearly weighted moving average, in the input's unit, as long as the input: of the last `period` values the
 * newest weighs `period`, the oldest 1; NaN before the first `period`. A value depends on its window alone, to 1e-14 of it;
 * a flat window averages to exactly its price. Throws a RangeError as `findBegin` says.
 *
 * Source: P. J. Kaufman, Trading Systems and Methods, 5th edition (2013), chapter 7. Sums by blocks as in `sma`.
 */
export function wma(series: Float64Array, period: number): Float64Array {
  requirePeriod('WMA', period);
  const first = findBegin('WMA', series) + period - 1;
  const values = blankBefore(first, series.length);
  const tails = new Float64Array(Math.min(period, series.length));
  const weights = (period * (period + 1)) / 2;
  for (let last = first; last < series.length; last += period) {
    const pivot = series[last] ?? NaN;
    fillTails(tails, series.subarray(last - period + 1, last + 1), pivot);
    let head = 0;
    let weighted = 0;
    const count = Math.min(period, series.length - last);
    for (let step = 0; step < count; step += 1) {
      const distance = (series[last + step] ?? NaN) - pivot;
      head += distance;
      weighted += step * distance;
      values[last + step] = pivot + ((tails[step] ?? NaN) + weighted + (period - step) * head) / weights;
    }
  }
  return values;
}

/** Fills in, for each position of a block, the sum from there to its end, where the first weighs 1, the next 2, … */
function fillTails(tails: Float64Array, block: Float64Array, pivot: number): void {
  let sum = 0;
  let weighted = 0;
  for (let back = block.length - 1; back >= 0; back -= 1) {
    sum += (block[back] ?? NaN) - pivot;
    weighted += sum;
    tails[back] = weighted;
  }
}
