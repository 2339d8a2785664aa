import type { Money } from '../decimal.ts';
import type { Market, Side } from '../types.ts';
import type { WantedOrder } from './plan-orders.ts';

/** A buy that works, or may: its money is spoken for until its last word. */
export type WorkingBuy = { side: Side; left: Money; limitPrice: Money | null };

export type Purse = {
  freeQuote: Money;
  working: readonly WorkingBuy[];
  market: Pick<Market, 'makerFee' | 'takerFee'>;
  /** What an order at the market is expected to fill at. */
  price: Money;
};

/**
 * Returns those of the orders to be placed that the free quote pays for, fees counted, beside all buys that still work;
 * sales pass. A buy that does not fit is left out, and those after it are still tried.
 */
export function fitBudget(
  place: readonly WantedOrder[],
  { freeQuote, working, market, price }: Purse,
): WantedOrder[] {
  const costOf = (quantity: Money, limit: Money | null, fee: Money) => {
    const amount = quantity.times(limit ?? price);
    return amount.plus(amount.times(fee));
  };
  const feeOf = (limit: Money | null) => (limit ? market.makerFee : market.takerFee);
  let free = freeQuote;
  for (const { side, left, limitPrice } of working)
    if (side === 'BUY') free = free.minus(costOf(left, limitPrice, feeOf(limitPrice)));
  return place.filter(({ side, quantity, limitPrice = null }) => {
    if (side === 'SELL') return true;
    const cost = costOf(quantity, limitPrice, feeOf(limitPrice));
    if (cost.gt(free)) return false;
    free = free.minus(cost);
    return true;
  });
}
