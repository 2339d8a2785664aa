import { ZERO, type Money } from '../decimal.ts';
import type { Market, ValuedFill } from '../types.ts';

type Assets = Pick<Market, 'base' | 'quote'>;

/** What a fill moved: base units that came in or went out, and quote that was spent or received for them, fee counted. */
export type FillValue = { quantity: Money; amount: Money };

/**
 * Returns what a fill moved, whatever its fee's currency: a fee in base changes the quantity, one in quote or in a third
 * currency (at its quote value) the amount. Both are as of the fill's side: bought for, or sold for.
 */
export function toFillValue(fill: ValuedFill, { base, quote }: Assets): FillValue {
  const isBuy = fill.side === 'BUY';
  const price = fill.quantity.times(fill.price);
  if (fill.feeCurrency === base) {
    return { quantity: isBuy ? fill.quantity.minus(fill.fee) : fill.quantity.plus(fill.fee), amount: price };
  }
  const fee = fill.feeCurrency === quote ? fill.fee : fill.feeQuote;
  return { quantity: fill.quantity, amount: isBuy ? price.plus(fee) : price.minus(fee) };
}

/**
 * A share of a cost is cut to this many decimals, so that the parts still add up to the whole exactly: 20 decimals and 20
 * digits before the point fit into the precision of `Money`.
 */
export const COST_DECIMALS = 20;

/** Returns the cost of `part` of a `whole` that cost `cost`; all of it for the whole, none for nothing. */
export function costShare(cost: Money, part: Money, whole: Money): Money {
  if (part.gte(whole)) return cost;
  return part.lte(0) ? ZERO : cost.times(part).div(whole).toDecimalPlaces(COST_DECIMALS);
}
