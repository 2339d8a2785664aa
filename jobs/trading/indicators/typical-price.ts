import { requireColumns, type PriceRanges } from './series.ts';

/**
 * Returns the mean of high, low and close of each candle, in the price's unit, as long as the input; exactly the price where
 * the three agree. Throws a RangeError as `requireColumns` says.
 */
export function typicalPrices({ high, low, close }: PriceRanges): Float64Array {
  const prices = new Float64Array(requireColumns('Typical price', high, low, close));
  for (let index = 0; index < prices.length; index += 1) {
    const last = close[index] ?? NaN;
    prices[index] = last + ((high[index] ?? NaN) - last + ((low[index] ?? NaN) - last)) / 3;
  }
  return prices;
}
