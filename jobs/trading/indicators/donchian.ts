import type { Candles } from '../types.ts';
import { rollingHighest, rollingLowest } from './rolling-extremes.ts';
import { requireColumns } from './series.ts';

/** In the price's unit. */
export type DonchianChannel = { upper: Float64Array; middle: Float64Array; lower: Float64Array };

/** Returns how many candles the channel needs. */
export const donchianWarmUp = (period: number): number => period;

/**
 * Returns the highest high and the lowest low of the last `period` candles and their midpoint, in the price's unit, as long
 * as the input; NaN before the first `period`. The newest candle is part of its own channel: a breakout is a close beyond
 * the channel of the candle before. Throws a RangeError as `requireColumns` says.
 *
 * Source: R. Donchian's four-week rule, as in C. Faith, Way of the Turtle (2007), appendix: period 20.
 */
export function donchian({ high, low }: Pick<Candles, 'high' | 'low'>, period: number): DonchianChannel {
  requireColumns('Donchian', high, low);
  const upper = rollingHighest(high, period);
  const lower = rollingLowest(low, period);
  const middle = new Float64Array(high.length);
  for (let index = 0; index < middle.length; index += 1) {
    middle[index] = ((upper[index] ?? NaN) + (lower[index] ?? NaN)) / 2;
  }
  return { upper, middle, lower };
}
