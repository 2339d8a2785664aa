import { listEngineBots, toBotState, type EngineBot } from '../../db/queries/bot-state.ts';
import { readBasketBooks, type StoredBooks } from '../../db/queries/basket-books.ts';
import type { Db } from '../../db/client.ts';
import { countEntry, expectedCost } from '../trading/basket/books.ts';
import { decideLegEntry } from '../trading/basket/decide-entry.ts';
import { money, type Money } from '../trading/decimal.ts';
import { keepsOrders } from '../trading/order-strategies/names.ts';
import { REBALANCE } from '../trading/rebalance/names.ts';
import { timeframeMs } from '../trading/timeframe.ts';
import type { Decided } from './decide-group.ts';

/** What the baskets of a batch share, each entry that was let in counted, and the legs as they are now. */
export type OpenBaskets = { books: Map<string, StoredBooks>; legs: ReadonlyMap<string, EngineBot> };

/** Whether a decision is about an entry of a leg: it then needs its basket's lock, before any bot's. */
export function isLegEntry({ bot, decision }: Pick<Decided, 'bot' | 'decision'>): boolean {
  const decidesAlone = !keepsOrders(bot.strategy) && bot.strategy !== REBALANCE;
  return bot.basketId !== null && decision.signal.kind === 'BUY' && decidesAlone;
}

/** Reads what the baskets share whose legs want to buy. The caller's transaction holds their locks (`lockBaskets`). */
export async function openBaskets(tx: Db, decided: Decided[], nowMs: number): Promise<OpenBaskets> {
  const entries = decided.filter(isLegEntry);
  const settled = new Map<string, number>();
  for (const { bot, decision } of entries) {
    const closeMs = decision.candleTimeMs + timeframeMs(bot.timeframe);
    const basketId = bot.basketId ?? '';
    settled.set(basketId, Math.min(closeMs, settled.get(basketId) ?? Infinity));
  }
  const asked = [...settled].map(([basketId, settledBeforeMs]) => ({ basketId, settledBeforeMs }));
  const books = await readBasketBooks(tx, asked, nowMs);
  const legs = await listEngineBots(
    tx,
    entries.map(({ bot }) => bot.id),
  );
  return { books, legs: new Map(legs.map((leg) => [leg.id, leg])) };
}

/**
 * Returns what comes of a leg's buy signal once its basket's money and places are known for sure: what was decided before the
 * lock was taken is decided anew. Anything else is returned as it is.
 */
export function admitLeg({ books, legs }: OpenBaskets, entry: Decided, nowMs: number): Decided {
  const basket = books.get(entry.bot.basketId ?? '');
  const bot = legs.get(entry.bot.id);
  if (!isLegEntry(entry) || !basket || !bot) return entry;
  const { decision, market } = entry;
  const { outcome, intent, verdicts, explain } = decideLegEntry(decision.signal, {
    legId: bot.id,
    books: basket,
    config: { ...bot, params: bot.parameters },
    market,
    state: toBotState(bot),
    price: priceOf(entry),
    candleTimeMs: decision.candleTimeMs,
    nowMs,
  });
  return { ...entry, bot, decision: { ...decision, outcome, intent, verdicts, detail: explain() } };
}

/** Counts an entry that was let in, in the books of its basket. */
export function countLeg({ books }: OpenBaskets, entry: Decided): void {
  const { bot, decision } = entry;
  const basket = books.get(bot.basketId ?? '');
  const cost = costOf(entry);
  if (!basket || !cost || decision.intent?.side !== 'BUY') return;
  const counted = countEntry(basket, { legId: bot.id, cost, position: bot.position });
  books.set(basket.basketId, { ...basket, ...counted });
}

/** Returns what a leg's buy is expected to cost; nothing for other orders. */
export function costOf(entry: Decided): Money | undefined {
  const { bot, decision, market } = entry;
  if (bot.basketId === null || decision.intent?.side !== 'BUY') return undefined;
  return expectedCost(decision.intent.quantity, decision.intent.limitPrice ?? priceOf(entry), market);
}

const priceOf = ({ price, latePrice }: Decided): Money => latePrice ?? money(price);
