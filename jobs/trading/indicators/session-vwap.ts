import type { Candles } from '../types.ts';
import { requireColumns } from './series.ts';
import { typicalPrices } from './typical-price.ts';

const DAY_MS = 86_400_000;

/** Returns how many candles of a timeframe hold the whole session of the newest one: a day's worth, at least 1. */
export const sessionVwapWarmUp = (timeframeMs: number): number =>
  Math.max(1, Math.ceil(DAY_MS / timeframeMs));

/**
 * Returns the average typical price since 00:00 UTC, weighted by volume, in the price's unit, as long as the input; NaN
 * until the first day that the series holds from its beginning, so that a value depends on its session alone; the newest
 * typical price while nothing was traded in the session. Throws a RangeError as `requireColumns` says.
 *
 * Source: S. Berkowitz, D. Logue, E. Noser, The Total Cost of Transactions on the NYSE, Journal of Finance 43:1 (1988).
 */
export function sessionVwap(candles: Omit<Candles, 'open'>): Float64Array {
  const { openTimeMs, close, volume } = candles;
  const length = requireColumns('VWAP', openTimeMs, volume, close);
  const prices = typicalPrices(candles);
  const values = new Float64Array(length);
  let index = 0;
  // The first session is whole only where the series begins on the stroke of midnight.
  if ((openTimeMs[0] ?? 0) % DAY_MS !== 0) {
    index = findSessionEnd(openTimeMs, 0);
    values.fill(NaN, 0, index);
  }
  while (index < length) {
    const end = findSessionEnd(openTimeMs, index);
    const pivot = prices[index] ?? NaN;
    let turnover = 0;
    let traded = 0;
    for (; index < end; index += 1) {
      const price = prices[index] ?? NaN;
      turnover += (volume[index] ?? NaN) * (price - pivot);
      traded += volume[index] ?? NaN;
      values[index] = traded === 0 ? price : pivot + turnover / traded;
    }
  }
  return values;
}

/** Returns the index after the last candle that opens on the same UTC day as the candle at `index`. */
function findSessionEnd(openTimeMs: Float64Array, index: number): number {
  const nextDayMs = (Math.floor((openTimeMs[index] ?? NaN) / DAY_MS) + 1) * DAY_MS;
  let end = index;
  while (end < openTimeMs.length && (openTimeMs[end] ?? NaN) < nextDayMs) end += 1;
  return end;
}
