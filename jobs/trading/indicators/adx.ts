import { fadeLength } from './fade.ts';
import { blankBefore, requirePeriod, type PriceRanges } from './series.ts';
import { trueRange } from './true-range.ts';
import { wilderAverage, wilderAverageWarmUp } from './wilder-average.ts';

/** Each 0..100. */
export type DirectionalIndex = { adx: Float64Array; plusDi: Float64Array; minusDi: Float64Array };

/** Returns after how many candles +DI and −DI have forgotten their seeds, to 1e-12: about 28 periods. */
export const directionWarmUp = (period: number): number => period + 1 + fadeLength(1 / period);

/** Returns after how many candles the ADX has forgotten its seeds, to 1e-12: about 57 periods. */
export const adxWarmUp = (period: number): number =>
  directionWarmUp(period) + wilderAverageWarmUp(period) - 1;

/**
 * Returns the directional indicators +DI and −DI and their average directional index, 0..100, as long as the input; NaN
 * before `period` + 1 candles (DI) and before 2 × `period` (ADX). Without any range both DI are 0, without any movement the
 * index of the candle is 0. Throws a RangeError as `requireColumns` says.
 *
 * Source: J. W. Wilder, New Concepts in Technical Trading Systems (1978), section IV; seeds as in TA-Lib's ADX.
 */
export function adx(candles: PriceRanges, period: number): DirectionalIndex {
  requirePeriod('ADX', period);
  const ranges = fadingSum(trueRange(candles), period);
  const plusDi = toShare(fadingSum(upMoves(candles), period), ranges);
  const minusDi = toShare(fadingSum(downMoves(candles), period), ranges);
  return { adx: wilderAverage(toDifference(plusDi, minusDi), period), plusDi, minusDi };
}

/** How far a candle's high rose above the one before, where that is more than its low fell; else 0. */
function upMoves({ high, low }: PriceRanges): Float64Array {
  const moves = blankBefore(1, high.length);
  for (let index = 1; index < high.length; index += 1) {
    const up = (high[index] ?? NaN) - (high[index - 1] ?? NaN);
    const down = (low[index - 1] ?? NaN) - (low[index] ?? NaN);
    moves[index] = up > down && up > 0 ? up : 0;
  }
  return moves;
}

function downMoves({ high, low }: PriceRanges): Float64Array {
  const moves = blankBefore(1, low.length);
  for (let index = 1; index < low.length; index += 1) {
    const up = (high[index] ?? NaN) - (high[index - 1] ?? NaN);
    const down = (low[index - 1] ?? NaN) - (low[index] ?? NaN);
    moves[index] = down > up && down > 0 ? down : 0;
  }
  return moves;
}

/** Sums the first `period` − 1 moves; each next one makes the sum lose 1/period of itself. NaN before index `period`. */
function fadingSum(moves: Float64Array, period: number): Float64Array {
  const sums = blankBefore(period, moves.length);
  let sum = 0;
  for (let index = 1; index < Math.min(period, moves.length); index += 1) sum += moves[index] ?? NaN;
  for (let index = period; index < moves.length; index += 1) {
    sum += (moves[index] ?? NaN) - sum / period;
    sums[index] = sum;
  }
  return sums;
}

/** Turns sums of moves into percentages of the sums of ranges, in place. */
function toShare(moves: Float64Array, ranges: Float64Array): Float64Array {
  for (let index = 0; index < moves.length; index += 1) {
    const range = ranges[index] ?? NaN;
    moves[index] = range === 0 ? 0 : (100 * (moves[index] ?? NaN)) / range;
  }
  return moves;
}

function toDifference(plusDi: Float64Array, minusDi: Float64Array): Float64Array {
  const differences = new Float64Array(plusDi.length);
  for (let index = 0; index < plusDi.length; index += 1) {
    const plus = plusDi[index] ?? NaN;
    const minus = minusDi[index] ?? NaN;
    differences[index] = plus + minus === 0 ? 0 : (100 * Math.abs(plus - minus)) / (plus + minus);
  }
  return differences;
}
