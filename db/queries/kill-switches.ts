import { and, desc, eq, gte, inArray, isNull, or, sql } from 'drizzle-orm';
import { STOP_SLOT } from '../../jobs/trading/portfolio/wanted-stop.ts';
import { WORKING_STATUSES } from '../../jobs/trading/order-life.ts';
import type { BotStatus } from '../../jobs/trading/types.ts';
import type { Db } from '../client.ts';
import { botRuns } from '../schema/bots.ts';
import { orders } from '../schema/orders.ts';
import { killSwitches } from '../schema/risk.ts';
import { equityNow, haltBots } from './halts.ts';

export type KillSwitch = typeof killSwitches.$inferSelect;
export type KillScope = KillSwitch['scope'];

export type Target = { scope: KillScope; targetId: string | null };

/** The rule that halts what a kill switch covers. */
export const KILL_SWITCH_RULE = 'kill-switch';

/** Lets one transaction at a time start bots, pull switches or lift them for an owner. */
export async function lockOwner(tx: Db, userId: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('owner ' || ${userId}, 0))`);
}

function covers(userId: string, { scope, targetId }: Target) {
  const isOwn = eq(botRuns.userId, userId);
  if (scope === 'bot') return and(isOwn, eq(botRuns.id, targetId ?? ''));
  return scope === 'account' ? and(isOwn, eq(botRuns.accountId, targetId ?? '')) : isOwn;
}

export type CoveredBot = {
  id: string;
  name: string;
  status: BotStatus;
  holds: boolean;
  workingOrders: number;
};

/**
 * Returns what a switch would find: bots that are not stopped, hold something, or have orders that are not final. A stop on
 * the exchange is no order to call back.
 */
export async function listCoveredBots(db: Db, userId: string, target: Target): Promise<CoveredBot[]> {
  const statusList = sql.raw(WORKING_STATUSES.map((status) => `'${status}'`).join(', '));
  const rows = await db
    .select({
      id: botRuns.id,
      name: botRuns.name,
      status: botRuns.status,
      holds: sql<boolean>`${botRuns.positionOpenedAt} is not null`,
      workingOrders: sql<number>`(select count(*)::int from ${orders} o
        where o.bot_run_id = "bot_runs"."id" and o.slot is distinct from ${STOP_SLOT} and o.status in (${statusList}))`,
    })
    .from(botRuns)
    .where(covers(userId, target))
    .orderBy(botRuns.createdAt, botRuns.id);
  return rows.filter((bot) => bot.status !== 'STOPPED' || bot.holds || bot.workingOrders > 0);
}

/**
 * Stores a pull and halts the running bots among those it covers; a bot on its way to a stop sells on the way, where the
 * switch closes positions.
 */
export async function pullKillSwitch(tx: Db, pull: Omit<KillSwitch, 'id' | 'liftedAt'>): Promise<KillSwitch> {
  const [row] = await tx.insert(killSwitches).values(pull).returning();
  if (!row) throw new Error('The insert of a kill switch returned no row.');
  const reason = 'The kill switch was pulled.';
  const halts = pull.botRunIds.map((botRunId) => ({ botRunId, rule: KILL_SWITCH_RULE, reason }));
  await haltBots(tx, halts, pull.pulledAt.getTime());
  if (pull.level === 'positions' && pull.botRunIds.length > 0)
    await tx
      .update(botRuns)
      .set({ closeOnStop: true })
      .where(and(inArray(botRuns.id, pull.botRunIds), eq(botRuns.status, 'STOPPING')));
  return row;
}

/** Returns one pull, whoever owns it: for the engine. */
export async function findKillSwitch(db: Db, id: string): Promise<KillSwitch | undefined> {
  const [row] = await db.select().from(killSwitches).where(eq(killSwitches.id, id));
  return row;
}

/** Returns an owner's switches that are not lifted, newest first, then the newest lifted ones up to `limit` in all. */
export async function listKillSwitches(db: Db, userId: string, limit: number): Promise<KillSwitch[]> {
  return db
    .select()
    .from(killSwitches)
    .where(eq(killSwitches.userId, userId))
    .orderBy(sql`${killSwitches.liftedAt} is not null`, desc(killSwitches.pulledAt))
    .limit(limit);
}

/** Returns an owner's switches that are not lifted. */
export async function listActiveKillSwitches(db: Db, userId: string): Promise<KillSwitch[]> {
  return db
    .select()
    .from(killSwitches)
    .where(and(eq(killSwitches.userId, userId), isNull(killSwitches.liftedAt)));
}

/** Lifts switches of an owner. Returns those that were not lifted before. */
export async function liftKillSwitches(
  tx: Db,
  userId: string,
  { ids, atMs }: { ids: string[]; atMs: number },
): Promise<KillSwitch[]> {
  if (ids.length === 0) return [];
  return tx
    .update(killSwitches)
    .set({ liftedAt: new Date(atMs) })
    .where(and(inArray(killSwitches.id, ids), eq(killSwitches.userId, userId), isNull(killSwitches.liftedAt)))
    .returning();
}

/** Lets bots that a kill switch halted trade again, from what they own now. */
export async function resumeKilledBots(tx: Db, botRunIds: string[], atMs: number): Promise<void> {
  if (botRunIds.length === 0) return;
  await tx
    .update(botRuns)
    .set({
      status: 'RUNNING',
      startedAt: new Date(atMs),
      haltedAt: null,
      haltRule: null,
      haltReason: null,
      equityPeak: equityNow,
    })
    .where(
      and(
        inArray(botRuns.id, botRunIds),
        eq(botRuns.status, 'HALTED'),
        eq(botRuns.haltRule, KILL_SWITCH_RULE),
      ),
    );
}

export type KilledOrder = typeof orders.$inferSelect;

/** Returns the orders of these bots that are not final, or became so, or were made, since `sinceMs`; oldest first. */
export async function listOrdersSince(db: Db, botRunIds: string[], sinceMs: number): Promise<KilledOrder[]> {
  if (botRunIds.length === 0) return [];
  const since = new Date(sinceMs);
  return db
    .select()
    .from(orders)
    .where(
      and(
        inArray(orders.botRunId, botRunIds),
        or(
          inArray(orders.status, [...WORKING_STATUSES]),
          gte(orders.closedAt, since),
          gte(orders.createdAt, since),
        ),
      ),
    )
    .orderBy(orders.createdAt, orders.id);
}
