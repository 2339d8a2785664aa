import type { Candles } from '../types.ts';
import { blankBefore, requireColumns, requirePeriod } from './series.ts';
import { typicalPrices } from './typical-price.ts';

/** Returns how many candles the rolling VWAP needs. */
export const rollingVwapWarmUp = (period: number): number => period;

/**
 * Returns the average typical price of the last `period` candles, weighted by volume, in the price's unit, as long as the
 * input; NaN before the first `period`; the newest typical price where nothing was traded in the whole window. A value
 * depends on its window alone, to 1e-14 of it: sums by blocks as in `sma`. Throws a RangeError as `requireColumns` says.
 *
 * Source: S. Berkowitz, D. Logue, E. Noser, The Total Cost of Transactions on the NYSE, Journal of Finance 43:1 (1988).
 */
export function rollingVwap(candles: Omit<Candles, 'openTimeMs' | 'open'>, period: number): Float64Array {
  requirePeriod('VWAP', period);
  const { close, volume } = candles;
  const length = requireColumns('VWAP', volume, close);
  const prices = typicalPrices(candles);
  const values = blankBefore(period - 1, length);
  const tails = new Float64Array(Math.min(period, length));
  const volumeTails = new Float64Array(tails.length);
  for (let last = period - 1; last < length; last += period) {
    const pivot = prices[last] ?? NaN;
    fillTails({ tails, volumeTails }, { prices, volume, last });
    let turnover = 0;
    let traded = 0;
    const count = Math.min(period, length - last);
    for (let step = 0; step < count; step += 1) {
      const price = prices[last + step] ?? NaN;
      turnover += (volume[last + step] ?? NaN) * (price - pivot);
      traded += volume[last + step] ?? NaN;
      const total = (volumeTails[step] ?? NaN) + traded;
      values[last + step] = total === 0 ? price : pivot + ((tails[step] ?? NaN) + turnover) / total;
    }
  }
  return values;
}

type Tails = { tails: Float64Array; volumeTails: Float64Array };
type Block = { prices: Float64Array; volume: Float64Array; last: number };

/**
 * Fills in, for each position of a block, turnover (as volume times distance from the last price) and volume from there to
 * the block's end. The last candle's volume is left to the head of the next block.
 */
function fillTails({ tails, volumeTails }: Tails, { prices, volume, last }: Block): void {
  const pivot = prices[last] ?? NaN;
  const first = last - tails.length + 1;
  let turnover = 0;
  let traded = 0;
  for (let back = tails.length - 2; back >= 0; back -= 1) {
    const size = volume[first + back] ?? NaN;
    turnover += size * ((prices[first + back] ?? NaN) - pivot);
    traded += size;
    tails[back] = turnover;
    volumeTails[back] = traded;
  }
}
