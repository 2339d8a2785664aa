import type { EngineBot } from '../../db/queries/bot-state.ts';
import type { EngineOrder } from '../../db/queries/orders.ts';
import type { Db } from '../../db/client.ts';
import type { Deps } from '../deps.ts';
import type { Money } from '../trading/decimal.ts';
import { isFinal } from '../trading/order-life.ts';
import { findOrderStrategy } from '../trading/order-strategies/registry.ts';
import type { OrderStatus } from '../trading/types.ts';

export type OrderNews = {
  bot: EngineBot;
  order: Pick<EngineOrder, 'id' | 'slot'>;
  status: OrderStatus;
  filledQuantity: Money;
  /** How many fills were booked. */
  added: number;
};

/** Has a bot's slots looked at, in the transaction that books a fill or a final word, where that may change them. */
export async function askToKeep(tx: Db, { boss }: Pick<Deps, 'boss'>, news: OrderNews): Promise<void> {
  const { bot, order, status, filledQuantity, added } = news;
  const keepsOrders = findOrderStrategy(bot.strategy) !== undefined;
  const isConcerned = order.slot !== null || bot.risk.stopOnExchange === true || keepsOrders;
  if (!isConcerned || (added === 0 && !isFinal(status))) return;
  const key = `${order.id}:${status}:${filledQuantity.toFixed()}`;
  await boss.enqueue(tx, 'keep-orders', [{ payload: { botRunId: bot.id }, key }]);
}

/**
 * Has the slots of those bots looked at whose strategies keep orders and go by candles: at the close of the candle that they
 * tick on, not at the next look of the watch alone.
 */
export async function askAtClose(
  { boss, db }: Pick<Deps, 'boss' | 'db'>,
  bots: readonly EngineBot[],
  candleTimes: ReadonlyMap<string, number>,
): Promise<void> {
  const keepers = bots.filter(
    ({ strategy, parameters }) => (findOrderStrategy(strategy)?.countCandles?.(parameters) ?? 0) > 0,
  );
  const jobs = keepers.map(({ id }) => ({
    payload: { botRunId: id },
    key: `${id}:candle:${candleTimes.get(id) ?? 0}`,
  }));
  await boss.enqueue(db, 'keep-orders', jobs);
}
