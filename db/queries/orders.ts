import { and, eq, inArray, isNull, lt, or, sql } from 'drizzle-orm';
import type { Lookup } from '../../jobs/exchange/gateway.ts';
import type { Money } from '../../jobs/trading/decimal.ts';
import { MAX_SENDS, sourcesOf, WORKING_STATUSES } from '../../jobs/trading/order-life.ts';
import type {
  BotMode,
  OrderReason,
  OrderStatus,
  OrderType,
  Side,
  TimeInForce,
} from '../../jobs/trading/types.ts';
import type { Db } from '../client.ts';
import { botRuns } from '../schema/bots.ts';
import { orderEvents, orders } from '../schema/orders.ts';

export type NewOrder = {
  id: string;
  botRunId: string;
  userId: string;
  accountId: string;
  venue: string;
  symbol: string;
  clientOrderId: string;
  side: Side;
  type: OrderType;
  reason: OrderReason;
  quantity: Money;
  limitPrice?: Money;
  stopPrice?: Money;
  /** Of a leg's buy: so much of its basket's quote it speaks for while it works. */
  expectedCost?: Money;
  timeInForce?: TimeInForce;
  isPostOnly?: boolean;
  /** Which of the orders that a bot keeps working this is. */
  slot?: string;
  replacesOrderId?: string;
  candleTimeMs: number;
  leg: number;
  decidedAtMs: number;
};

/** An order as the executor sees it. */
export type EngineOrder = typeof orders.$inferSelect & { mode: BotMode };

/** Writes intents and their first event: nothing has been sent. Throws when a client order id or a leg is used twice. */
export async function insertIntents(tx: Db, intents: NewOrder[]): Promise<void> {
  if (intents.length === 0) return;
  const rows = intents.map(({ candleTimeMs, decidedAtMs, ...intent }) => ({
    ...intent,
    status: 'intended' as const,
    candleTime: new Date(candleTimeMs),
    decidedAt: new Date(decidedAtMs),
    createdAt: new Date(decidedAtMs),
  }));
  await tx.insert(orders).values(rows);
  const events = rows.map((row) => ({ orderId: row.id, status: 'intended', at: row.decidedAt }));
  await tx.insert(orderEvents).values(events);
}

/** Writes an order that is at the venue already, placed by somebody else, as one of ours. */
export async function insertAdoptedOrder(
  tx: Db,
  order: Omit<NewOrder, 'limitPrice'> & { exchangeOrderId: string; placedAtMs: number },
): Promise<void> {
  const { candleTimeMs, decidedAtMs, placedAtMs, ...plain } = order;
  const at = new Date(decidedAtMs);
  await tx.insert(orders).values({
    ...plain,
    status: 'open',
    candleTime: new Date(candleTimeMs),
    decidedAt: at,
    createdAt: at,
    submittedAt: new Date(placedAtMs),
    acknowledgedAt: at,
  });
  await tx.insert(orderEvents).values({ orderId: order.id, status: 'open', detail: 'Adopted', at });
}

/** Returns an order with its bot's mode. For the engine, which acts for every owner. */
export async function findEngineOrder(db: Db, id: string): Promise<EngineOrder | undefined> {
  return (await listEngineOrders(db, [id]))[0];
}

/** Returns the orders of these ids that exist, each with its bot's mode. For the engine, which acts for every owner. */
export async function listEngineOrders(db: Db, ids: string[]): Promise<EngineOrder[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .select({ order: orders, mode: botRuns.mode })
    .from(orders)
    .innerJoin(botRuns, eq(botRuns.id, orders.botRunId))
    .where(inArray(orders.id, ids))
    .orderBy(orders.id);
  return rows.map((row) => ({ ...row.order, mode: row.mode }));
}

/**
 * Moves intents to `submitting`, all at once, and counts the hand-over. Returns those that moved, each with the number of
 * its hand-over: they are the caller's to send.
 */
export async function claimIntents(db: Db, ids: string[], atMs: number): Promise<Map<string, number>> {
  if (ids.length === 0) return new Map();
  const at = new Date(atMs);
  return db.transaction(async (tx) => {
    const claimed = await tx
      .update(orders)
      .set({ status: 'submitting', statusDetail: null, submittedAt: at, sends: sql`${orders.sends} + 1` })
      .where(and(inArray(orders.id, ids), eq(orders.status, 'intended'), lt(orders.sends, MAX_SENDS)))
      .returning({ id: orders.id, sends: orders.sends });
    const events = claimed.map(({ id, sends }) => ({
      orderId: id,
      status: 'submitting',
      detail: sends > 1 ? 'For the second time.' : '',
      at,
    }));
    if (events.length > 0) await tx.insert(orderEvents).values(events);
    return new Map(claimed.map(({ id, sends }) => [id, sends]));
  });
}

/** An order as the caller read it: a move on this ground does nothing once the order has gone on. */
type Seen = Pick<EngineOrder, 'status' | 'sends'>;

export type OrderMove = {
  detail?: string | null;
  atMs: number;
  exchangeOrderId?: string;
  filledQuantity?: Money;
} & ({ status: Exclude<OrderStatus, 'intended'>; seen?: Seen } | { status: 'intended'; seen: Seen });

/** A hand-over with which the venue did nothing does not count; one that is proven absent does. */
const SENDS_OF_INTENT = sql`case when ${orders.status} = 'submitting' then greatest(${orders.sends} - 1, 0) else greatest(${orders.sends}, 1) end`;

/** The times and counts that a move leaves on the row. */
function stamps(move: OrderMove) {
  const at = new Date(move.atMs);
  switch (move.status) {
    case 'submitting':
      return { submittedAt: at, sends: sql`${orders.sends} + 1` };
    case 'open':
    case 'partially_filled':
      return { acknowledgedAt: sql`coalesce(${orders.acknowledgedAt}, ${at.toISOString()})` };
    case 'filled':
      return { acknowledgedAt: sql`coalesce(${orders.acknowledgedAt}, ${at.toISOString()})`, closedAt: at };
    case 'canceled':
    case 'rejected':
    case 'expired':
      return { closedAt: at };
    case 'intended':
      return { sends: SENDS_OF_INTENT };
    case 'unknown':
      return {};
  }
}

/** From where a move may start: what the table of moves says, and an order is never made ready for a third hand-over. */
function isAllowed({ status, seen }: OrderMove) {
  const isSeen = seen && and(eq(orders.status, seen.status), eq(orders.sends, seen.sends));
  const hasSendsLeft = or(eq(orders.status, 'submitting'), lt(orders.sends, MAX_SENDS));
  return and(
    inArray(orders.status, sourcesOf(status)),
    isSeen,
    status === 'intended' ? hasSendsLeft : undefined,
    status === 'submitting' ? lt(orders.sends, MAX_SENDS) : undefined,
  );
}

/**
 * Moves an order along its life and logs the step. Returns false, and changes nothing, when the table of moves does not
 * allow it from where the order is now: somebody else was faster.
 */
export async function moveOrder(db: Db, id: string, move: OrderMove): Promise<boolean> {
  return db.transaction((tx) => moveInside(tx, id, move));
}

async function moveInside(tx: Db, id: string, move: OrderMove): Promise<boolean> {
  const moved = await tx
    .update(orders)
    .set({
      status: move.status,
      statusDetail: move.detail ?? null,
      ...(move.exchangeOrderId === undefined ? {} : { exchangeOrderId: move.exchangeOrderId }),
      ...(move.filledQuantity === undefined ? {} : { filledQuantity: move.filledQuantity }),
      ...stamps(move),
    })
    .where(and(eq(orders.id, id), isAllowed(move)))
    .returning({ id: orders.id });
  if (moved.length === 0) return false;
  await tx
    .insert(orderEvents)
    .values({ orderId: id, status: move.status, detail: move.detail ?? '', at: new Date(move.atMs) });
  return true;
}

/** Notes by which ways a venue is asked for an order, the first time it is. */
export async function noteLookups(db: Db, id: string, lookups: readonly Lookup[]): Promise<void> {
  await db
    .update(orders)
    .set({ lookups: [...lookups] })
    .where(and(eq(orders.id, id), isNull(orders.lookups)));
}

/** Notes what the venue calls an order and how much of it is filled, whatever its status. */
export async function noteFilled(
  tx: Db,
  id: string,
  note: { exchangeOrderId: string; filledQuantity: Money },
): Promise<void> {
  await tx.update(orders).set(note).where(eq(orders.id, id));
}

/** Returns the working orders of a bot, oldest first. */
export async function listWorkingOrders(db: Db, botRunId: string): Promise<EngineOrder[]> {
  const rows = await db
    .select({ order: orders, mode: botRuns.mode })
    .from(orders)
    .innerJoin(botRuns, eq(botRuns.id, orders.botRunId))
    .where(and(eq(orders.botRunId, botRunId), inArray(orders.status, [...WORKING_STATUSES])))
    .orderBy(orders.createdAt);
  return rows.map((row) => ({ ...row.order, mode: row.mode }));
}

/** Returns orders in one of these statuses that were submitted before `beforeMs`, oldest first, at most 1,000. */
export async function listOrdersLeftBehind(
  db: Db,
  statuses: OrderStatus[],
  beforeMs: number,
): Promise<{ id: string; submittedAtMs: number }[]> {
  const rows = await db
    .select({ id: orders.id, submittedAt: orders.submittedAt })
    .from(orders)
    .where(and(inArray(orders.status, statuses), lt(orders.submittedAt, new Date(beforeMs))))
    .orderBy(orders.submittedAt, orders.id)
    .limit(1_000);
  return rows.map((row) => ({ id: row.id, submittedAtMs: row.submittedAt?.getTime() ?? 0 }));
}

/** Returns ids of intents that were decided before `beforeMs` and have not been sent, oldest first, at most 1,000. */
export async function listIntentsLeftBehind(db: Db, beforeMs: number): Promise<string[]> {
  const rows = await db
    .select({ id: orders.id })
    .from(orders)
    .where(and(eq(orders.status, 'intended'), lt(orders.decidedAt, new Date(beforeMs))))
    .orderBy(orders.decidedAt, orders.id)
    .limit(1_000);
  return rows.map((row) => row.id);
}
