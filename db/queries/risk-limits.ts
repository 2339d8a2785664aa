import { and, eq, inArray, sql } from 'drizzle-orm';
import { money, ZERO, type Money } from '../../jobs/trading/decimal.ts';
import { STOP_SLOT } from '../../jobs/trading/portfolio/wanted-stop.ts';
import { WORKING_STATUSES } from '../../jobs/trading/order-life.ts';
import type { RiskLimits } from '../../jobs/trading/risk/owner-rule.ts';
import type { BotMode } from '../../jobs/trading/types.ts';
import type { Db } from '../client.ts';
import { botRuns } from '../schema/bots.ts';
import { orders } from '../schema/orders.ts';
import { riskLimits } from '../schema/risk.ts';

type Row = typeof riskLimits.$inferSelect;

const NAMES = [
  'maxExposureSymbolQuote',
  'maxExposureAccountQuote',
  'maxExposureTotalQuote',
  'maxOpenOrders',
  'maxOrdersPerMinute',
] as const;

function toLimits(row: Row): RiskLimits {
  return Object.fromEntries(NAMES.flatMap((name) => (row[name] === null ? [] : [[name, row[name]]])));
}

/** Returns an owner's limits; none before they were set. */
export async function findRiskLimits(db: Db, userId: string): Promise<RiskLimits> {
  const [row] = await db.select().from(riskLimits).where(eq(riskLimits.userId, userId));
  return row ? toLimits(row) : {};
}

/** Sets an owner's limits; what is left out is off. */
export async function saveRiskLimits(
  db: Db,
  userId: string,
  { limits, atMs }: { limits: RiskLimits; atMs: number },
): Promise<void> {
  const set = {
    maxExposureSymbolQuote: limits.maxExposureSymbolQuote ?? null,
    maxExposureAccountQuote: limits.maxExposureAccountQuote ?? null,
    maxExposureTotalQuote: limits.maxExposureTotalQuote ?? null,
    maxOpenOrders: limits.maxOpenOrders ?? null,
    maxOrdersPerMinute: limits.maxOrdersPerMinute ?? null,
    updatedAt: new Date(atMs),
  };
  await db
    .insert(riskLimits)
    .values({ userId, ...set })
    .onConflictDoUpdate({ target: riskLimits.userId, set });
}

/**
 * Returns the limits of those of the owners that set any, and keeps them locked until the transaction ends: entries of
 * one owner are let in one batch after another, whichever process they come from.
 */
export async function lockRiskLimits(tx: Db, userIds: string[]): Promise<Map<string, RiskLimits>> {
  if (userIds.length === 0) return new Map();
  const rows = await tx
    .select()
    .from(riskLimits)
    .where(inArray(riskLimits.userId, userIds))
    .orderBy(riskLimits.userId)
    .for('update');
  return new Map(rows.map((row) => [row.userId, toLimits(row)]));
}

/**
 * What bots have in the market, in quote: their open trades at the latest price, and buys that still work. A rest too
 * small to sell counts as nothing.
 */
export type Exposure = {
  userId: string;
  mode: BotMode;
  quote: string;
  symbol: string;
  accountId: string;
  amount: Money;
};

const statusList = sql.raw(WORKING_STATUSES.map((status) => `'${status}'`).join(', '));

/** Returns the exposure of these owners' bots by mode, quote currency, symbol and account. */
export async function listExposures(db: Db, userIds: string[]): Promise<Exposure[]> {
  if (userIds.length === 0) return [];
  const price = sql`coalesce(b.last_price, nullif(b.position_entry_price, 0), 0)`;
  const rows = await db.execute<{
    user_id: string;
    mode: BotMode;
    quote: string;
    symbol: string;
    account_id: string;
    amount: string;
  }>(sql`
    select b.user_id, b.mode, b.quote, b.symbol, b.account_id, sum(
      case when b.position_opened_at is null then 0 else b.position_quantity * ${price} end + coalesce((
        select sum((o.quantity - o.filled_quantity) * coalesce(o.limit_price, ${price})) from ${orders} o
        where o.bot_run_id = b.id and o.side = 'BUY' and o.status in (${statusList})), 0)) as amount
    from ${botRuns} b
    where b.user_id = any(${sql.param(`{${userIds.join(',')}}`)}::uuid[])
    group by 1, 2, 3, 4, 5`);
  return rows.map((row) => ({
    userId: row.user_id,
    mode: row.mode,
    quote: row.quote,
    symbol: row.symbol,
    accountId: row.account_id,
    amount: money(row.amount),
  }));
}

export type OrderCounts = { open: number; lastMinute: number };

const MINUTE_MS = 60_000;

/**
 * Returns how many orders of these owners are not final, and how many were wished in the last minute, by owner and mode.
 * Stops that rest on an exchange do not count: no protection may keep an entry out.
 */
export async function countOwnerOrders(
  db: Db,
  userIds: string[],
  nowMs: number,
): Promise<Map<string, OrderCounts>> {
  if (userIds.length === 0) return new Map();
  const since = new Date(nowMs - MINUTE_MS).toISOString();
  const isOpen = inArray(orders.status, [...WORKING_STATUSES]);
  const isRecent = sql`${orders.createdAt} > ${since}`;
  const rows = await db
    .select({
      userId: orders.userId,
      mode: botRuns.mode,
      open: sql<number>`(count(*) filter (where ${isOpen}))::int`,
      lastMinute: sql<number>`(count(*) filter (where ${isRecent}))::int`,
    })
    .from(orders)
    .innerJoin(botRuns, eq(botRuns.id, orders.botRunId))
    .where(
      and(
        inArray(orders.userId, userIds),
        sql`${orders.slot} is distinct from ${STOP_SLOT} and (${isOpen} or ${isRecent})`,
      ),
    )
    .groupBy(orders.userId, botRuns.mode);
  return new Map(
    rows.map(({ userId, mode, open, lastMinute }) => [`${userId} ${mode}`, { open, lastMinute }]),
  );
}

/** Returns the sum of exposures that `keep` names. */
export function sumExposure(exposures: readonly Exposure[], keep: (each: Exposure) => boolean): Money {
  return exposures.reduce((total, each) => (keep(each) ? total.plus(each.amount) : total), ZERO);
}
