import { floorToStep, money, type Money } from '../decimal.ts';
import { figure } from '../figures.ts';
import type { Market, Sizing, Verdict } from '../types.ts';

/**
 * Share of the free quote left unspent when a BUY wants all of it: a market order fills at a price that is not known yet
 * and a fee may come on top, and an order refused for want of a cent buys nothing.
 */
const WHOLE_BALANCE_RESERVE = money('0.01');

/** Step of quantities where the venue states none. */
const DEFAULT_LOT = money('0.00000001');

/** What of a market says whether an order is too small. */
type Minimums = Pick<Market, 'base' | 'quote' | 'lotSize' | 'minQuantity' | 'minNotional'>;
type Lots = Pick<Market, 'lotSize' | 'takesAnyQuantity'>;

export type BuyRequest = { sizing: Sizing; equity: Money; freeQuote: Money; price: Money; market: Market };

/** A quantity in base units, a multiple of the lot size, or the refusal that stands for it. */
export type OrderSize = { quantity: Money; refusal: null } | { quantity: null; refusal: Verdict };

/**
 * Returns how much to buy at about `price`: the sizing's amount, at most the free quote less the reserve, 1 % unless the
 * sizing says otherwise (which is kept only where the amount would reach into it) and at most the venue's maximum; rounded down to the lot size.
 */
export function sizeBuy({ sizing, equity, freeQuote, price, market }: BuyRequest): OrderSize {
  const wanted = sizing.type === 'quote_amount' ? sizing.value : equity.times(sizing.value);
  const reserve = sizing.reserve ?? WHOLE_BALANCE_RESERVE;
  const spendable = reserve.isZero() ? freeQuote : freeQuote.minus(freeQuote.times(reserve));
  const spend = wanted.lt(spendable) ? wanted : spendable;
  const quantity = capQuantity(floorQuantity(spend.div(price), market), market);
  const shortfall = belowMinimum(quantity, price, market);
  if (shortfall === undefined) return { quantity, refusal: null };
  const source = wanted.lt(spendable) ? '' : ` ${figure(freeQuote)} ${market.quote} are free.`;
  return { quantity: null, refusal: { rule: 'minimum', outcome: 'deny', detail: `${shortfall}.${source}` } };
}

/** Returns what of a position can be sold: rounded down to the lot size, at most the venue's maximum, never below 0. */
export function sellQuantity(held: Money, market: Market): Money {
  return held.lte(0) ? held.minus(held) : capQuantity(floorQuantity(held, market), market);
}

/** Returns whether a rest is too small to be sold at `price`; it counts as flat. */
export function isDust(quantity: Money, price: Money, market: Market): boolean {
  return isBelowMinimum(sellQuantity(quantity, market), price, market);
}

function isBelowMinimum(quantity: Money, price: Money, { minQuantity, minNotional }: Minimums): boolean {
  if (quantity.lte(0) || quantity.lt(minQuantity)) return true;
  return !minNotional.isZero() && quantity.times(price).lt(minNotional);
}

/** Returns why the venue would refuse an order of this size, with the numbers; `undefined` where it would not. */
export function belowMinimum(quantity: Money, price: Money, market: Minimums): string | undefined {
  if (!isBelowMinimum(quantity, price, market)) return undefined;
  const notional = quantity.times(price);
  const order = `${figure(quantity)} ${market.base} (${figure(notional)} ${market.quote})`;
  return `${order} is below the exchange's minimum of ${minimumOf(market)}`;
}

function minimumOf(market: Minimums): string {
  const smallest = market.minQuantity.gt(market.lotSize) ? market.minQuantity : market.lotSize;
  const quantity = `${figure(smallest)} ${market.base}`;
  return market.minNotional.isZero()
    ? quantity
    : `${quantity} and ${figure(market.minNotional)} ${market.quote}`;
}

/** Returns the quantity rounded down to the lot size, or to 8 decimals where the venue states none; a market that takes any is not rounded for. */
export function floorQuantity(quantity: Money, market: Lots): Money {
  if (market.takesAnyQuantity) return quantity;
  return floorToStep(quantity, market.lotSize.isZero() ? DEFAULT_LOT : market.lotSize);
}

function capQuantity(quantity: Money, market: Market): Money {
  const { maxQuantity } = market;
  return maxQuantity && quantity.gt(maxQuantity) ? floorQuantity(maxQuantity, market) : quantity;
}
