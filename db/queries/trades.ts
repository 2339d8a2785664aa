import { and, asc, desc, eq, gte, inArray, lt } from 'drizzle-orm';
import type { Money } from '../../jobs/trading/decimal.ts';
import { WORKING_STATUSES } from '../../jobs/trading/order-life.ts';
import type { OrderStatus, Side } from '../../jobs/trading/types.ts';
import type { Db } from '../client.ts';
import { botRuns } from '../schema/bots.ts';
import { fills, orderEvents, orders } from '../schema/orders.ts';

/** One fill with the names that a reader needs. */
export type Trade = {
  id: number;
  botRunId: string;
  botName: string;
  orderId: string;
  clientOrderId: string;
  exchangeTradeId: string;
  symbol: string;
  base: string;
  quote: string;
  side: Side;
  quantity: Money;
  price: Money;
  fee: Money;
  feeCurrency: string;
  feeQuote: Money | null;
  pnl: Money | null;
  /** The same by first in, first out. */
  pnlFifo: Money | null;
  executedAtMs: number;
};

export type TradeFilter = {
  botRunId?: string | undefined;
  orderId?: string | undefined;
  symbol?: string | undefined;
  /** Executed at or after `from`, before `to`. */
  from?: Date | undefined;
  to?: Date | undefined;
  /** Only trades older than the one of this id. */
  beforeId?: number | undefined;
  limit: number;
};

type OrderRow = typeof orders.$inferSelect;

/** An order with the names that a reader needs. */
export type OwnedOrder = OrderRow & { botName: string; base: string; quote: string };

function matches(userId: string, filter: TradeFilter) {
  const { botRunId, orderId, symbol, from, to, beforeId } = filter;
  return and(
    eq(fills.userId, userId),
    botRunId === undefined ? undefined : eq(fills.botRunId, botRunId),
    orderId === undefined ? undefined : eq(fills.orderId, orderId),
    symbol === undefined ? undefined : eq(fills.symbol, symbol),
    from === undefined ? undefined : gte(fills.executedAt, from),
    to === undefined ? undefined : lt(fills.executedAt, to),
    beforeId === undefined ? undefined : lt(fills.id, beforeId),
  );
}

/** Returns a user's trades, newest first by id. */
export async function listTrades(db: Db, userId: string, filter: TradeFilter): Promise<Trade[]> {
  const rows = await db
    .select({
      fill: fills,
      botName: botRuns.name,
      base: botRuns.base,
      quote: botRuns.quote,
      clientOrderId: orders.clientOrderId,
    })
    .from(fills)
    .innerJoin(botRuns, eq(botRuns.id, fills.botRunId))
    .innerJoin(orders, eq(orders.id, fills.orderId))
    .where(matches(userId, filter))
    .orderBy(desc(fills.id))
    .limit(filter.limit);
  return rows.map(({ fill, ...names }) => ({
    ...names,
    id: fill.id,
    botRunId: fill.botRunId,
    orderId: fill.orderId,
    exchangeTradeId: fill.exchangeTradeId,
    symbol: fill.symbol,
    side: fill.side,
    quantity: fill.quantity,
    price: fill.price,
    fee: fill.fee,
    feeCurrency: fill.feeCurrency,
    feeQuote: fill.feeQuote,
    pnl: fill.pnl,
    pnlFifo: fill.pnlFifo,
    executedAtMs: fill.executedAt.getTime(),
  }));
}

const withNames = { order: orders, botName: botRuns.name, base: botRuns.base, quote: botRuns.quote };

/** Returns the newest orders of a user's bot, newest first. */
export async function listOrders(
  db: Db,
  userId: string,
  query: { botRunId: string; limit: number },
): Promise<OwnedOrder[]> {
  const rows = await db
    .select(withNames)
    .from(orders)
    .innerJoin(botRuns, eq(botRuns.id, orders.botRunId))
    .where(and(eq(orders.userId, userId), eq(orders.botRunId, query.botRunId)))
    .orderBy(desc(orders.createdAt), desc(orders.id))
    .limit(query.limit);
  return rows.map(({ order, ...names }) => ({ ...order, ...names }));
}

/** Returns the orders of a user that are not final, oldest first; of one bot where that is given. */
export async function listOpenOrders(db: Db, userId: string, botRunId?: string): Promise<OwnedOrder[]> {
  const rows = await db
    .select(withNames)
    .from(orders)
    .innerJoin(botRuns, eq(botRuns.id, orders.botRunId))
    .where(
      and(
        eq(orders.userId, userId),
        inArray(orders.status, [...WORKING_STATUSES]),
        botRunId === undefined ? undefined : eq(orders.botRunId, botRunId),
      ),
    )
    .orderBy(asc(orders.createdAt), asc(orders.id));
  return rows.map(({ order, ...names }) => ({ ...order, ...names }));
}

export async function findOrder(db: Db, userId: string, orderId: string): Promise<OwnedOrder | undefined> {
  const [row] = await db
    .select(withNames)
    .from(orders)
    .innerJoin(botRuns, eq(botRuns.id, orders.botRunId))
    .where(and(eq(orders.id, orderId), eq(orders.userId, userId)));
  if (!row) return undefined;
  const { order, ...names } = row;
  return { ...order, ...names };
}

/** Returns the steps of a user's order, oldest first. */
export async function listOrderEvents(
  db: Db,
  userId: string,
  orderId: string,
): Promise<{ status: OrderStatus; detail: string; atMs: number }[]> {
  const rows = await db
    .select({ event: orderEvents })
    .from(orderEvents)
    .innerJoin(orders, eq(orders.id, orderEvents.orderId))
    .where(and(eq(orderEvents.orderId, orderId), eq(orders.userId, userId)))
    .orderBy(asc(orderEvents.id));
  return rows.map(({ event }) => ({
    status: event.status as OrderStatus,
    detail: event.detail,
    atMs: event.at.getTime(),
  }));
}
