import { sql, type SQL } from 'drizzle-orm';
import type { SharedBooks } from '../../jobs/trading/basket/books.ts';
import { money } from '../../jobs/trading/decimal.ts';
import { WORKING_STATUSES } from '../../jobs/trading/order-life.ts';
import { toRiskSettings } from '../../jobs/trading/risk/stored-risk.ts';
import { utcDayStart } from '../../jobs/trading/timeframe.ts';
import type { RiskSettings, StoredRisk } from '../../jobs/trading/types.ts';
import type { Db } from '../client.ts';
import { baskets, botRuns } from '../schema/bots.ts';
import { fills, orders } from '../schema/orders.ts';

const idList = (ids: readonly string[]): SQL => sql`${sql.param(`{${ids.join(',')}}`)}::uuid[]`;
const statusList = sql.raw(WORKING_STATUSES.map((status) => `'${status}'`).join(', '));

/**
 * Locks baskets, then all their legs and these bots, until the transaction ends. Whoever lets an entry of a leg in calls
 * this before it touches any bot, and everybody takes locks in this order: the owner (for what a person does), baskets by
 * id, bots by id, the owner's limits, orders. Legs alone may be locked without their basket by whoever does not need it.
 */
export async function lockBaskets(
  tx: Db,
  basketIds: readonly string[],
  botIds: readonly string[] = [],
): Promise<void> {
  if (basketIds.length === 0) return;
  await tx.execute(
    sql`select 1 from ${baskets} where id = any(${idList(basketIds)}) order by id for no key update`,
  );
  await tx.execute(sql`
    select 1 from ${botRuns} where basket_id = any(${idList(basketIds)}) or id = any(${idList(botIds)})
    order by id for no key update`);
}

/** Returns the ids of all legs of these baskets, by place. */
export async function listLegIds(db: Db, basketIds: readonly string[]): Promise<string[]> {
  if (basketIds.length === 0) return [];
  const rows = await db.execute<{ id: string }>(
    sql`select id from ${botRuns} where basket_id = any(${idList(basketIds)}) order by basket_id, basket_place`,
  );
  return rows.map(({ id }) => id);
}

/** Which books are wanted: sales that executed at or after `settledBeforeMs` do not count as settled. */
export type BooksQuery = { basketId: string; settledBeforeMs: number };

export type StoredBooks = SharedBooks & { basketId: string; name: string; quote: string; risk: RiskSettings };

type Row = {
  id: string;
  name: string;
  quote: string;
  risk: StoredRisk;
  initial_balance: string;
  max_open: number;
  equity_peak: string | null;
  realized: string;
  cost: string;
  worth: string;
  taken: string[];
  spoken: string;
  trades: number;
  pnl_today: string;
  proceeds: string;
  pnl_unsettled: string;
};

/**
 * Returns what the legs of baskets share, by basket. One statement, so that a fill is seen in what is held and in what is
 * spoken for at once, or in neither.
 */
export async function readBasketBooks(
  db: Db,
  queries: readonly BooksQuery[],
  nowMs: number,
): Promise<Map<string, StoredBooks>> {
  if (queries.length === 0) return new Map();
  const asked = queries.map(({ basketId, settledBeforeMs }) => ({
    id: basketId,
    settled: new Date(settledBeforeMs).toISOString(),
  }));
  const day = new Date(utcDayStart(nowMs)).toISOString();
  const rows = await db.execute<Row>(sql`
    select k.id, k.name, k.quote, k.risk, k.initial_balance, k.max_open, k.equity_peak, legs.*, entries.*, sales.*
    from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) as q(id uuid, settled timestamptz)
    join ${baskets} k on k.id = q.id
    cross join lateral (${OF_LEGS}) legs
    cross join lateral (${ofEntries(day)}) entries
    cross join lateral (${ofSales(day)}) sales`);
  return new Map(rows.map((row) => [row.id, toBooks(row)]));
}

const isWorkingBuy = sql`o.side = 'BUY' and o.status in (${statusList})`;

const OF_LEGS = sql`
  select sum(b.realized_pnl) as realized, sum(b.position_cost) as cost,
    sum(b.position_quantity * coalesce(b.last_price, b.position_entry_price)) as worth,
    coalesce(jsonb_agg(b.id) filter (where b.position_opened_at is not null or b.last_exit_at >= q.settled
      or exists (select 1 from ${orders} o where o.bot_run_id = b.id and ${isWorkingBuy})), '[]') as taken
  from ${botRuns} b where b.basket_id = k.id`;

/** An order that no entry of the basket's made (one that a person adopted, say) is reckoned at its price. */
const ofEntries = (day: string) => sql`
  select coalesce(sum((o.quantity - o.filled_quantity) / o.quantity
      * coalesce(o.expected_cost, o.quantity * coalesce(o.limit_price, b.last_price, 0)))
      filter (where ${isWorkingBuy}), 0) as spoken,
    (count(*) filter (where o.side = 'BUY' and o.created_at >= ${day}
      and o.status not in ('rejected', 'expired', 'canceled')))::int as trades
  from ${botRuns} b join ${orders} o on o.bot_run_id = b.id
  where b.basket_id = k.id and (o.status in (${statusList}) or o.created_at >= ${day})`;

const ofSales = (day: string) => sql`
  select coalesce(sum(f.pnl) filter (where f.executed_at >= ${day} and f.executed_at < q.settled), 0) as pnl_today,
    coalesce(sum(f.quantity * f.price - case when f.fee_currency = b.base then 0 else coalesce(f.fee_quote, 0) end)
      filter (where f.executed_at >= q.settled), 0) as proceeds,
    coalesce(sum(f.pnl) filter (where f.executed_at >= q.settled), 0) as pnl_unsettled
  from ${botRuns} b join ${fills} f on f.bot_run_id = b.id
  where b.basket_id = k.id and f.side = 'SELL' and f.executed_at >= least(${day}::timestamptz, q.settled)`;

function toBooks(row: Row): StoredBooks {
  const initialBalance = money(row.initial_balance);
  return {
    basketId: row.id,
    name: row.name,
    quote: row.quote,
    risk: toRiskSettings(row.risk),
    initialBalance,
    maxOpen: row.max_open,
    realizedPnl: money(row.realized),
    cost: money(row.cost),
    worth: money(row.worth),
    unsettled: { proceeds: money(row.proceeds), pnl: money(row.pnl_unsettled) },
    spokenFor: money(row.spoken),
    taken: new Set(row.taken),
    tradesToday: row.trades,
    realizedPnlToday: money(row.pnl_today),
    equityPeak: row.equity_peak === null ? initialBalance : money(row.equity_peak),
  };
}

/** Raises what a basket owned at most to what it owns now, where that is more. */
export async function raiseBasketPeak(db: Db, basketId: string, equity: string): Promise<void> {
  await db.execute(sql`
    update ${baskets} set equity_peak = greatest(coalesce(equity_peak, initial_balance), ${equity}::numeric)
    where id = ${basketId}`);
}

/** Returns the baskets whose fall is limited and of which a leg runs. */
export async function listWatchedBaskets(db: Db): Promise<string[]> {
  const rows = await db.execute<{ id: string }>(sql`
    select k.id from ${baskets} k
    where k.risk ? 'max_drawdown_pct'
      and exists (select 1 from ${botRuns} b where b.basket_id = k.id and b.status = 'RUNNING')`);
  return rows.map(({ id }) => id);
}
