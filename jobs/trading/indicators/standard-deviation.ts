import { blankBefore, findBegin, requirePeriod } from './series.ts';

/** Of each value and the window that it ends: its distance from the window's mean, and the window's standard deviation. */
export type Spread = { distance: Float64Array; deviation: Float64Array };

/** Returns how many values the standard deviation needs. */
export const standardDeviationWarmUp = (period: number): number => period;

/**
 * Returns the population standard deviation (divisor `period`) of the last `period` values, in their unit, as long as the
 * input; NaN before the first `period`, exactly 0 in a flat window. Window and errors as in `rollingSpread`.
 *
 * Source: J. Bollinger, Bollinger on Bollinger Bands (2001), chapter 7.
 */
export function standardDeviation(series: Float64Array, period: number): Float64Array {
  return rollingSpread(series, period).deviation;
}

/**
 * Returns distance (value − mean) and population standard deviation over the last `period` values, both as long as the
 * input; NaN before the first `period`. Squares are of distances from a value inside the window, added by blocks as in
 * `sma`: what cancels is at most `period` times the variance, so no data before the window shows beyond
 * `period`² × 1e-16, however high the price stands above its spread. Throws a RangeError as `findBegin` says.
 */
export function rollingSpread(series: Float64Array, period: number): Spread {
  requirePeriod('Standard deviation', period);
  const first = findBegin('Standard deviation', series) + period - 1;
  const distance = blankBefore(first, series.length);
  const deviation = blankBefore(first, series.length);
  const tails = new Float64Array(Math.min(period, series.length));
  const squareTails = new Float64Array(tails.length);
  for (let last = first; last < series.length; last += period) {
    const pivot = series[last] ?? NaN;
    fillTails({ tails, squareTails }, series.subarray(last - period + 1, last + 1), pivot);
    let head = 0;
    let squareHead = 0;
    const count = Math.min(period, series.length - last);
    for (let step = 0; step < count; step += 1) {
      const offset = (series[last + step] ?? NaN) - pivot;
      head += offset;
      squareHead += offset * offset;
      const sum = (tails[step] ?? NaN) + head;
      const variance = ((squareTails[step] ?? NaN) + squareHead - (sum * sum) / period) / period;
      distance[last + step] = offset - sum / period;
      deviation[last + step] = variance > 0 ? Math.sqrt(variance) : 0;
    }
  }
  return { distance, deviation };
}

type Tails = { tails: Float64Array; squareTails: Float64Array };

/** Fills in, for each position of a block, the sum of distances from the pivot, and of their squares, to the block's end. */
function fillTails({ tails, squareTails }: Tails, block: Float64Array, pivot: number): void {
  let sum = 0;
  let squares = 0;
  for (let back = block.length - 1; back >= 0; back -= 1) {
    const offset = (block[back] ?? NaN) - pivot;
    sum += offset;
    squares += offset * offset;
    tails[back] = sum;
    squareTails[back] = squares;
  }
}
