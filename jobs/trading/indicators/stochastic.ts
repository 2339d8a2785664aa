import { rollingHighest, rollingLowest } from './rolling-extremes.ts';
import { requireColumns, type PriceRanges } from './series.ts';
import { sma } from './sma.ts';

/** `smoothing`: candles that %K is averaged over; 1 makes the fast stochastic, 3 the slow one. `signal`: those of %D. */
export type StochasticPeriods = { period: number; smoothing: number; signal: number };

/** Each 0..100. */
export type Stochastic = { k: Float64Array; d: Float64Array };

/** Returns how many candles %D needs. */
export const stochasticWarmUp = ({ period, smoothing, signal }: StochasticPeriods): number =>
  period + smoothing + signal - 2;

/**
 * Returns where each close stands between the lowest low (0) and the highest high (100) of the last `period` candles,
 * averaged over `smoothing` of them (%K), and the average of `signal` values of that (%D), as long as the input; NaN before
 * `period` + `smoothing` − 1 candles (%K) and `signal` − 1 more (%D). A candle whose window has no range counts as 0, as in
 * TA-Lib. A value depends on its window alone. Throws a RangeError as `requireColumns` says.
 *
 * Source: G. C. Lane, Lane's Stochastics, Technical Analysis of Stocks & Commodities 2:3 (1984): periods 14, 3 and 3.
 */
export function stochastic(
  { high, low, close }: PriceRanges,
  { period, smoothing, signal }: StochasticPeriods,
): Stochastic {
  requireColumns('Stochastic', high, low, close);
  const fast = rollingHighest(high, period);
  const lowest = rollingLowest(low, period);
  for (let index = 0; index < fast.length; index += 1) {
    const bottom = lowest[index] ?? NaN;
    const range = (fast[index] ?? NaN) - bottom;
    fast[index] = range === 0 ? 0 : (100 * ((close[index] ?? NaN) - bottom)) / range;
  }
  const k = smoothing === 1 ? fast : sma(fast, smoothing);
  return { k, d: sma(k, signal) };
}
