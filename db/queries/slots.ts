import { and, desc, eq, inArray, isNotNull, ne, or, sql } from 'drizzle-orm';
import type { Money } from '../../jobs/trading/decimal.ts';
import { WORKING_STATUSES } from '../../jobs/trading/order-life.ts';
import type { OrderStatus } from '../../jobs/trading/types.ts';
import type { Db } from '../client.ts';
import { botRuns } from '../schema/bots.ts';
import { orderEvents, orders } from '../schema/orders.ts';

const isWorking = inArray(orders.status, [...WORKING_STATUSES]);

/**
 * Returns ids of the bots whose slots need a look: a stop is to rest and something is held, an order works in a slot, or the
 * strategy is one of those that keep orders.
 */
export async function listKeptBots(db: Db, orderStrategies: string[]): Promise<string[]> {
  const holders = db
    .select({ id: botRuns.id })
    .from(botRuns)
    .where(
      and(
        inArray(botRuns.status, ['RUNNING', 'HALTED', 'ERROR']),
        or(
          inArray(botRuns.strategy, orderStrategies),
          and(sql`${botRuns.positionOpenedAt} is not null`, sql`${botRuns.risk} ? 'stop_on_exchange'`),
        ),
      ),
    );
  const slotted = db
    .select({ id: orders.botRunId })
    .from(orders)
    .where(and(isNotNull(orders.slot), isWorking));
  return (await holders.union(slotted)).map(({ id }) => id).toSorted();
}

/** A stop that rests on the exchange, or is on its way there or back. */
export type RestingStop = { id: string; botRunId: string; stopPrice: Money; reachedAtMs: number | null };

/** Returns the working stops in this slot of these bots, by bot. */
export async function listRestingStops(
  db: Db,
  botRunIds: string[],
  slot: string,
): Promise<Map<string, RestingStop>> {
  if (botRunIds.length === 0) return new Map();
  const rows = await db
    .select()
    .from(orders)
    .where(and(inArray(orders.botRunId, botRunIds), eq(orders.slot, slot), isWorking));
  const stops = rows.flatMap(({ id, botRunId, stopPrice, stopReachedAt }) =>
    stopPrice ? [{ id, botRunId, stopPrice, reachedAtMs: stopReachedAt?.getTime() ?? null }] : [],
  );
  return new Map(stops.map((stop) => [stop.botRunId, stop]));
}

/** Notes since when the price has been at or beyond a resting stop; `null` once it is not any more. */
export async function markStopReached(db: Db, orderId: string, atMs: number | null): Promise<void> {
  const stopReachedAt = atMs === null ? null : new Date(atMs);
  await db.update(orders).set({ stopReachedAt }).where(eq(orders.id, orderId));
}

/** The newest order of a slot, whatever became of it. */
export type LastOfSlot = {
  id: string;
  status: OrderStatus;
  candleTimeMs: number;
  createdAtMs: number;
  closedAtMs: number | null;
};

/** Returns the newest order of each slot of a bot made at or after `sinceMs`, by slot. */
export async function listNewestOfSlots(
  db: Db,
  botRunId: string,
  sinceMs: number,
): Promise<Map<string, LastOfSlot>> {
  const rows = await db
    .selectDistinctOn([orders.slot])
    .from(orders)
    .where(
      and(
        eq(orders.botRunId, botRunId),
        isNotNull(orders.slot),
        sql`${orders.createdAt} >= ${new Date(sinceMs).toISOString()}`,
      ),
    )
    .orderBy(orders.slot, desc(orders.createdAt), desc(orders.candleTime));
  return new Map(
    rows.map(({ id, slot, status, candleTime, createdAt, closedAt }) => [
      slot ?? '',
      {
        id,
        status,
        candleTimeMs: candleTime.getTime(),
        createdAtMs: createdAt.getTime(),
        closedAtMs: closedAt?.getTime() ?? null,
      },
    ]),
  );
}

/** What a sale that is not final may still execute. */
export type WorkingSale = {
  slot: string | null;
  status: OrderStatus;
  quantity: Money;
  filledQuantity: Money;
};

/** Returns a bot's sales that are not final, apart from one. */
export async function listOtherSales(tx: Db, botRunId: string, exceptId: string): Promise<WorkingSale[]> {
  return tx
    .select({
      slot: orders.slot,
      status: orders.status,
      quantity: orders.quantity,
      filledQuantity: orders.filledQuantity,
    })
    .from(orders)
    .where(and(eq(orders.botRunId, botRunId), eq(orders.side, 'SELL'), ne(orders.id, exceptId), isWorking));
}

/** Makes an intent smaller. */
export async function shrinkIntent(tx: Db, orderId: string, quantity: Money): Promise<void> {
  await tx
    .update(orders)
    .set({ quantity })
    .where(and(eq(orders.id, orderId), eq(orders.status, 'intended')));
}

/** Notes, once, what an intent waits for. */
export async function noteWait(tx: Db, orderId: string, { detail, atMs }: { detail: string; atMs: number }) {
  const noted = await tx
    .update(orders)
    .set({ statusDetail: detail })
    .where(
      and(
        eq(orders.id, orderId),
        eq(orders.status, 'intended'),
        sql`${orders.statusDetail} is distinct from ${detail}`,
      ),
    )
    .returning({ id: orders.id });
  if (noted.length > 0)
    await tx.insert(orderEvents).values({ orderId, status: 'intended', detail, at: new Date(atMs) });
}
