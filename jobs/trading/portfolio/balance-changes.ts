import type { Money } from '../decimal.ts';
import type { Fill, Market } from '../types.ts';

/** Returns what a fill does to the account's balances, by asset: the two of the market, and the fee's own. */
export function balanceChanges(fill: Fill, market: Pick<Market, 'base' | 'quote'>): Map<string, Money> {
  const amount = fill.quantity.times(fill.price);
  const isBuy = fill.side === 'BUY';
  const changes = new Map([
    [market.base, isBuy ? fill.quantity : fill.quantity.neg()],
    [market.quote, isBuy ? amount.neg() : amount],
  ]);
  const before = changes.get(fill.feeCurrency);
  changes.set(fill.feeCurrency, before ? before.minus(fill.fee) : fill.fee.neg());
  return changes;
}
