import type { Money } from '../decimal.ts';
import type { Market, Verdict } from '../types.ts';

/** Limits of one owner; an absent one is off. Amounts in the quote currency of the entry. */
export type RiskLimits = {
  maxExposureSymbolQuote?: Money;
  maxExposureAccountQuote?: Money;
  maxExposureTotalQuote?: Money;
  maxOpenOrders?: number;
  maxOrdersPerMinute?: number;
};

/**
 * What an owner's bots have in the market before an entry, in its quote currency, of its kind of money (paper or real):
 * positions at their latest price and buys that still work, on its symbol, on its account, and in all.
 */
export type OwnerBook = {
  symbol: Money;
  account: Money;
  total: Money;
  /** Orders that are not final. */
  openOrders: number;
  /** Orders wished in the last 60 s. */
  ordersLastMinute: number;
};

export type OwnerEntry = {
  /** Base units, a multiple of the lot size. */
  quantity: Money;
  price: Money;
  market: Pick<Market, 'symbol' | 'base' | 'quote' | 'lotSize' | 'minQuantity' | 'minNotional'>;
  limits: RiskLimits;
  book: OwnerBook;
  nowMs: number;
};

export type OwnerRule = (entry: OwnerEntry) => (Verdict & { quantity?: Money })[];
