import { and, eq, sql } from 'drizzle-orm';
import type { RebalanceMemory } from '../../jobs/trading/rebalance/plan.ts';
import type { Db } from '../client.ts';
import { baskets, botRuns, decisions } from '../schema/bots.ts';
import { orders } from '../schema/orders.ts';
import { rebalances, type StoredShare } from '../schema/rebalances.ts';

export type StoredRebalance = {
  memory: RebalanceMemory;
  /** Open time of the newest candle decided on. */
  candleTimeMs: number;
  shares: StoredShare[];
  detail: string;
};

/** Returns where a basket stands that is held at target weights; `undefined` before its first decision. For the engine. */
export async function findRebalance(db: Db, basketId: string): Promise<StoredRebalance | undefined> {
  const [row] = await db.select().from(rebalances).where(eq(rebalances.basketId, basketId));
  return row && toStored(row);
}

/** Returns the same of a user's own basket. */
export async function findOwnRebalance(
  db: Db,
  userId: string,
  basketId: string,
): Promise<StoredRebalance | undefined> {
  const [row] = await db
    .select({ own: rebalances })
    .from(rebalances)
    .innerJoin(baskets, eq(baskets.id, rebalances.basketId))
    .where(and(eq(rebalances.basketId, basketId), eq(baskets.userId, userId)));
  return row && toStored(row.own);
}

function toStored(row: typeof rebalances.$inferSelect): StoredRebalance {
  const { actedAt, isFinishing, lastCandleTime, shares, detail } = row;
  const memory = { actedAtMs: actedAt?.getTime() ?? null, isFinishing };
  return { memory, candleTimeMs: lastCandleTime.getTime(), shares, detail };
}

/** Stores where a basket stands, in the transaction that writes what follows from it and holds the basket's lock. */
export async function storeRebalance(
  tx: Db,
  basketId: string,
  { memory, candleTimeMs, shares, detail }: StoredRebalance,
): Promise<void> {
  const values = {
    lastCandleTime: new Date(candleTimeMs),
    actedAt: memory.actedAtMs === null ? null : new Date(memory.actedAtMs),
    isFinishing: memory.isFinishing,
    shares,
    detail,
  };
  await tx
    .insert(rebalances)
    .values({ basketId, ...values })
    .onConflictDoUpdate({ target: rebalances.basketId, set: values });
}

/**
 * Returns the legs of a basket whose newest order was refused at or after `sinceMs`, or whose newest wish for one, on a candle
 * that opened at or after `candleMs`, was refused by a rule.
 */
export async function listRefusedLegs(
  db: Db,
  basketId: string,
  { sinceMs, candleMs }: { sinceMs: number; candleMs: number },
): Promise<Set<string>> {
  const since = new Date(sinceMs).toISOString();
  const candle = new Date(candleMs).toISOString();
  const rows = await db.execute<{ id: string }>(sql`
    select b.id from ${botRuns} b
    left join lateral (select o.status, o.closed_at from ${orders} o where o.bot_run_id = b.id
      order by o.created_at desc limit 1) o on true
    left join lateral (select d.outcome, d.candle_time from ${decisions} d where d.bot_run_id = b.id
      and d.outcome in ('order', 'refused') order by d.id desc limit 1) d on true
    where b.basket_id = ${basketId}
      and ((o.status in ('rejected', 'expired') and o.closed_at >= ${since})
        or (d.outcome = 'refused' and d.candle_time >= ${candle}))`);
  return new Set(rows.map(({ id }) => id));
}
