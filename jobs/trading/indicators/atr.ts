import type { PriceRanges } from './series.ts';
import { trueRange } from './true-range.ts';
import { wilderAverage, wilderAverageWarmUp } from './wilder-average.ts';

/** Returns after how many candles the average has forgotten its seed, to 1e-12: about 28 periods. */
export const atrWarmUp = (period: number): number => 1 + wilderAverageWarmUp(period);

/**
 * Returns the average true range, Wilder's average of true ranges, in the price's unit, as long as the input; NaN before
 * `period` + 1 candles. Older ranges fade and never wholly leave: see `atrWarmUp`. Throws a RangeError as `requireColumns`
 * says.
 *
 * Source: J. W. Wilder, New Concepts in Technical Trading Systems (1978), section III.
 */
export function atr(candles: PriceRanges, period: number): Float64Array {
  return wilderAverage(trueRange(candles), period);
}
