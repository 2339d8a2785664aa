import { ceilToStep, floorToStep, roundToStep, type Money } from '../decimal.ts';
import { leftOf, type WantedOrder } from '../portfolio/plan-orders.ts';
import type { Market } from '../types.ts';
import type { Budget, SlotLast } from './order-strategy.ts';

/** Share of the whole balance that is left unspent: fees, and a market order that fills a little worse than the price seen. */
const RESERVE = 0.01;

/** Decimals of a price where the market states no step. */
const DIGITS = 12;

/** Returns a budget: a sizing's fraction of the balance for all buys together, at most the balance less 1 %. */
export function toBudget(
  sizing: { type: 'quote_amount' | 'equity_fraction'; value: Money },
  initialBalance: Money,
): Budget {
  if (sizing.type === 'quote_amount') return { each: sizing.value };
  const most = initialBalance.minus(initialBalance.times(RESERVE));
  const total = initialBalance.times(sizing.value);
  return { total: total.lt(most) ? total : most };
}

/** As many digits as a double holds: a multiple of a step is then the same number as the one that is read from a candle. */
const tidy = (price: Money): Money => price.toSignificantDigits(15);

/** Returns a price as the market takes it, in the arithmetic of `like`. */
export function toPrice(value: number, market: Market, like: Money): Money {
  const exact = like.minus(like).plus(Number(value.toPrecision(DIGITS)));
  return tidy(roundToStep(exact, market.tickSize));
}

export const priceAbove = (price: Money, { tickSize }: Market): Money =>
  tidy(ceilToStep(price.toSignificantDigits(DIGITS), tickSize));
export const priceBelow = (price: Money, { tickSize }: Market): Money =>
  tidy(floorToStep(price.toSignificantDigits(DIGITS), tickSize));

/** Returns the order that works in a slot as a wish: it is to stay as it is. */
export function keepAsIs(slot: string, last: SlotLast, reason: WantedOrder['reason']): WantedOrder {
  const { side, type, limitPrice } = last;
  const quantity = leftOf(last);
  return { slot, side, type, quantity, reason, ...(limitPrice ? { limitPrice } : {}) };
}

/** Returns a sale at the market of all that can be sold. */
export function sellAll(slot: string, quantity: Money, reason: WantedOrder['reason']): WantedOrder {
  return { slot, side: 'SELL', type: 'market', quantity, reason };
}
