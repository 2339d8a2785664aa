import { sum, type Money } from '../decimal.ts';
import { figure } from '../figures.ts';
import type { Market } from '../types.ts';
import { isDust, sellQuantity } from './order-size.ts';

/** Another sale of the bot that is not final. `left` is what it may still execute, in base units. */
export type OtherSale = { slot: string | null; isSent: boolean; left: Money };

export type SaleRequest = {
  /** The order about to be sent; `slot` is `null` for an exit. */
  sale: { slot: string | null; quantity: Money };
  others: OtherSale[];
  /** What the bot holds, in base units, every booked fill counted. */
  held: Money;
  /** In quote units, for the venue's minimums. */
  price: Money;
  market: Market;
};

export type SaleVerdict =
  | { outcome: 'send'; quantity: Money }
  /** Not before the orders in the slots are final: what they fill is not known yet. */
  | { outcome: 'wait' }
  | { outcome: 'drop'; detail: string };

/**
 * Returns whether a sale may be sent now, and how much of it, so that whatever fills, a bot never sells more than it holds:
 * an exit waits until no order of a slot can fill any more, an order of a slot gives way to an exit, and no sale is larger
 * than what is held and not yet offered.
 */
export function admitSale({ sale, others, held, price, market }: SaleRequest): SaleVerdict {
  if (sale.slot !== null && others.some(({ slot }) => slot === null))
    return { outcome: 'drop', detail: 'Not sent: an exit of the bot goes first.' };
  const sent = others.filter(({ isSent }) => isSent);
  if (sale.slot === null && sent.some(({ slot }) => slot !== null)) return { outcome: 'wait' };
  const free = held.minus(sum(sent.map(({ left }) => left)));
  if (sale.quantity.lte(free)) return { outcome: 'send', quantity: sale.quantity };
  const rest = sellQuantity(free, market);
  if (!isDust(rest, price, market)) return { outcome: 'send', quantity: rest };
  const figures = `${figure(held)} ${market.base} held, ${figure(sum(sent.map(({ left }) => left)))} of it on sale`;
  return { outcome: 'drop', detail: `Not sent: nothing is left to sell (${figures}).` };
}
