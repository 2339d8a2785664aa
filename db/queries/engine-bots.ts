import { and, count, eq, ne, sql } from 'drizzle-orm';
import type { Money } from '../../jobs/trading/decimal.ts';
import type { Db } from '../client.ts';
import { botRuns } from '../schema/bots.ts';
import { orders } from '../schema/orders.ts';
import { lockedBots } from './bot-locks.ts';
import { peakAt } from './halts.ts';

/** Ends a stop. Returns false when the bot is not on its way to one any more. */
export async function finishStop(db: Db, botRunId: string, atMs: number): Promise<boolean> {
  const stopped = await db
    .update(botRuns)
    .set({ status: 'STOPPED', stoppedAt: new Date(atMs), closeOnStop: false })
    .where(and(eq(botRuns.id, botRunId), eq(botRuns.status, 'STOPPING')))
    .returning({ id: botRuns.id });
  return stopped.length > 0;
}

/** Returns ids of bots on their way to a stop: their jobs may have been lost with a process. */
export async function listStoppingBots(db: Db): Promise<string[]> {
  const rows = await db
    .select({ id: botRuns.id })
    .from(botRuns)
    .where(eq(botRuns.status, 'STOPPING'))
    .orderBy(botRuns.id);
  return rows.map((row) => row.id);
}

/** Returns how many orders to close a position were made for a bot since it was started. */
export async function countCloseOrders(db: Db, botRunId: string): Promise<number> {
  const [row] = await db
    .select({ tries: count() })
    .from(orders)
    .innerJoin(botRuns, eq(botRuns.id, orders.botRunId))
    .where(
      and(
        eq(orders.botRunId, botRunId),
        eq(orders.reason, 'close_position'),
        sql`${orders.createdAt} >= ${botRuns.startedAt}`,
      ),
    );
  return row?.tries ?? 0;
}

/** Notes the latest price of bots that hold something, and the highest since their entry. */
export async function markPrices(
  db: Db,
  prices: { botRunId: string; price: Money }[],
  atMs: number,
): Promise<void> {
  if (prices.length === 0) return;
  const rows = prices.map(({ botRunId, price }) => ({ id: botRunId, price: price.toFixed() }));
  await db.execute(sql`
    ${lockedBots(prices.map(({ botRunId }) => botRunId))}
    update ${botRuns} b
    set last_price = m.price, last_price_at = ${new Date(atMs).toISOString()},
        equity_peak = ${peakAt('b', 'm')},
        position_high_price = case when b.position_opened_at is null then b.position_high_price
          else greatest(b.position_high_price, m.price) end
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as m(id uuid, price numeric)
    join locked on locked.id = m.id
    where b.id = m.id`);
}

/** Returns the venues of bots that are not stopped. For the engine, which acts for every owner. */
export async function listVenuesInUse(db: Db): Promise<string[]> {
  const rows = await db
    .selectDistinct({ venue: botRuns.venue })
    .from(botRuns)
    .where(ne(botRuns.status, 'STOPPED'))
    .orderBy(botRuns.venue);
  return rows.map(({ venue }) => venue);
}

export type AccountInUse = { accountId: string; userId: string; venue: string };

/** Returns the accounts of live bots that are not stopped, at most `limit`. For the engine, which acts for every owner. */
export async function listAccountsInUse(db: Db, limit: number): Promise<AccountInUse[]> {
  const { accountId, userId, venue } = botRuns;
  return db
    .selectDistinct({ accountId, userId, venue })
    .from(botRuns)
    .where(and(eq(botRuns.mode, 'live'), ne(botRuns.status, 'STOPPED')))
    .orderBy(accountId)
    .limit(limit);
}
