/** What all bots of one owner together may do: asked of each entry after the bot's own rules, in the order of the batch. */
import type { Money } from '../decimal.ts';
import type { Market, Verdict } from '../types.ts';
import { maxExposure } from './max-exposure.ts';
import { maxOpenOrders } from './max-open-orders.ts';
import { maxOrdersPerMinute } from './max-orders-per-minute.ts';

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

const OWNER_RULES: readonly OwnerRule[] = [maxOpenOrders, maxOrdersPerMinute, maxExposure];

/**
 * Returns what the limits that are on say of an entry, up to the first denial, and the quantity that they leave; `null`
 * where one denies.
 */
export function applyOwnerRules(entry: OwnerEntry): { quantity: Money | null; verdicts: Verdict[] } {
  const verdicts: Verdict[] = [];
  let { quantity } = entry;
  for (const rule of OWNER_RULES) {
    for (const { quantity: left, ...verdict } of rule({ ...entry, quantity })) {
      verdicts.push(verdict);
      if (verdict.outcome === 'deny') return { quantity: null, verdicts };
      if (left?.lt(quantity)) quantity = left;
    }
  }
  return { quantity, verdicts };
}

/** Returns what each limit that is on says of an entry, denials or not: to show why a bot does not trade. */
export function judgeOwnerEntry(entry: OwnerEntry): Verdict[] {
  return OWNER_RULES.flatMap((rule) => rule(entry));
}
