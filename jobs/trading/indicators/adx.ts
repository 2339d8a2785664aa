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
  const ranges = trueRange(candles);
  const plusDi = blankBefore(period, ranges.length);
  const minusDi = blankBefore(period, ranges.length);
  const differences = blankBefore(period, ranges.length);
  const sums: Sums = { up: 0, down: 0, range: 0, fade: 0 };
  for (let index = 1; index < ranges.length; index += 1) {
    sums.fade = index < period ? 0 : 1 / period;
    addMoves(sums, candles, index);
    sums.range += (ranges[index] ?? NaN) - sums.fade * sums.range;
    if (index < period) continue;
    const plus = toPercent(sums.up, sums.range);
    const minus = toPercent(sums.down, sums.range);
    plusDi[index] = plus;
    minusDi[index] = minus;
    differences[index] = toPercent(Math.abs(plus - minus), plus + minus);
  }
  return { adx: wilderAverage(differences, period), plusDi, minusDi };
}

/** Sums of moves and ranges; with each new one they lose `fade` (a fraction) of themselves. */
type Sums = { up: number; down: number; range: number; fade: number };

/** Adds how far the high rose above the one before, or else how far the low fell: the greater of the two alone counts. */
function addMoves(sums: Sums, { high, low }: PriceRanges, index: number): void {
  const up = (high[index] ?? NaN) - (high[index - 1] ?? NaN);
  const down = (low[index - 1] ?? NaN) - (low[index] ?? NaN);
  sums.up += (up > down && up > 0 ? up : 0) - sums.fade * sums.up;
  sums.down += (down > up && down > 0 ? down : 0) - sums.fade * sums.down;
}

function toPercent(part: number, whole: number): number {
  return whole === 0 ? 0 : (100 * part) / whole;
}
