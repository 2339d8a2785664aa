import type { EngineBot } from '../../db/queries/bot-state.ts';
import type { Db } from '../../db/client.ts';
import { admitEntries } from '../ticks/admit-entries.ts';
import type { Decided } from '../ticks/decide-group.ts';
import type { Money } from '../trading/decimal.ts';
import { fitBudget } from '../trading/portfolio/fit-budget.ts';
import { leftOf, type SlotOrder, type WantedOrder } from '../trading/portfolio/plan-orders.ts';
import { toBotState } from '../../db/queries/bot-state.ts';
import type { Market } from '../trading/types.ts';

export type Placing = {
  bot: EngineBot;
  market: Market;
  price: Money;
  place: WantedOrder[];
  /** All that works in slots: its money is spoken for. */
  inSlots: SlotOrder[];
  nowMs: number;
};

/**
 * Returns those of the orders to be placed that the bot's free quote pays for and its owner's limits over all bots let in, made
 * smaller where those say so. Sales pass.
 */
export async function admitResting(tx: Db, placing: Placing): Promise<WantedOrder[]> {
  const { bot, market, price, inSlots, nowMs } = placing;
  const working = inSlots.map((order) => ({ ...order, left: leftOf(order) }));
  const { freeQuote } = toBotState(bot);
  const place = fitBudget(placing.place, { freeQuote, working, market, price });
  const buys = place.filter(({ side }) => side === 'BUY');
  if (buys.length === 0) return place;
  const admitted = await admitEntries(
    tx,
    buys.map((wish) => toDecided(wish, placing)),
    nowMs,
  );
  const quantities = new Map(
    buys.map(({ slot }, at) => [slot, admitted[at]?.decision.intent?.quantity ?? null]),
  );
  return place.flatMap((wish) => {
    if (wish.side === 'SELL') return [wish];
    const quantity = quantities.get(wish.slot) ?? null;
    return quantity ? [{ ...wish, quantity }] : [];
  });
}

function toDecided({ side, type, quantity, reason, limitPrice }: WantedOrder, placing: Placing): Decided {
  const { bot, market, price, nowMs } = placing;
  const signal = { kind: side, confidence: 1, reason: '' };
  const intent = { leg: 0, side, type, quantity, reason };
  const decision = {
    candleTimeMs: nowMs,
    signal,
    intent,
    verdicts: [],
    outcome: 'order' as const,
    detail: '',
  };
  return { bot, market, decision, price: (limitPrice ?? price).toNumber(), missed: 0 };
}
