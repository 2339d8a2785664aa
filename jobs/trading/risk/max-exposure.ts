import type { Money } from '../decimal.ts';
import { figure } from '../figures.ts';
import { belowMinimum, floorQuantity } from '../portfolio/order-size.ts';
import type { OwnerEntry, OwnerRule } from './owner-rule.ts';

type Bound = { rule: string; where: string; limit: Money | undefined; used: Money };

/**
 * Shrinks an entry so that all bots together stay within what the owner allows on its symbol, on its account and in all;
 * denies it where too little would be left.
 */
export const maxExposure: OwnerRule = (entry) => {
  const { limits, book, market } = entry;
  const bounds: Bound[] = [
    {
      rule: 'max-exposure-symbol',
      where: `on ${market.symbol}`,
      limit: limits.maxExposureSymbolQuote,
      used: book.symbol,
    },
    {
      rule: 'max-exposure-account',
      where: 'on this account',
      limit: limits.maxExposureAccountQuote,
      used: book.account,
    },
    { rule: 'max-exposure', where: 'in all', limit: limits.maxExposureTotalQuote, used: book.total },
  ];
  return bounds.flatMap((bound) => (bound.limit ? [judge(entry, { ...bound, limit: bound.limit })] : []));
};

function judge({ quantity, price, market }: OwnerEntry, bound: Bound & { limit: Money }) {
  const { rule, where, limit, used } = bound;
  const short = (amount: Money) => figure(amount.toDecimalPlaces(2));
  const wanted = quantity.times(price);
  const room = limit.minus(used);
  const figures = `${short(used)} of ${figure(limit)} ${market.quote} are in use ${where}`;
  if (wanted.lte(room))
    return { rule, outcome: 'allow' as const, detail: `${figures}; ${short(wanted)} fits.` };
  const left = floorQuantity(room.lt(0) ? room.times(0) : room.div(price), market);
  if (belowMinimum(left, price, market) !== undefined) {
    const detail = `${figures}: no room for ${short(wanted)} more.`;
    return { rule, outcome: 'deny' as const, detail };
  }
  const detail = `${figures}: buys ${figure(left)} ${market.base} instead of ${figure(quantity)}.`;
  return { rule, outcome: 'shrink' as const, detail, quantity: left };
}
