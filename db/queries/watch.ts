import { and, lt, sql } from 'drizzle-orm';
import { utcDayStart } from '../../jobs/trading/timeframe.ts';
import type { Db } from '../client.ts';
import { alerts, equitySnapshots } from '../schema/reports.ts';
import { sessions } from '../schema/users.ts';
import { baskets, botRuns } from '../schema/bots.ts';

/** Writes what every bot that is not stopped is worth, once per slot; a second call for the slot adds nothing. */
export async function insertSnapshots(db: Db, slotMs: number): Promise<void> {
  await db.execute(sql`
    insert into ${equitySnapshots} (bot_run_id, user_id, taken_at, equity, realized_pnl, unrealized_pnl, price)
    select id, user_id, ${new Date(slotMs).toISOString()}::timestamptz,
      initial_balance + realized_pnl + position_quantity * last_price - position_cost,
      realized_pnl, position_quantity * last_price - position_cost, last_price
    from ${botRuns}
    where status <> 'STOPPED' and last_price is not null
    on conflict do nothing`);
}

/** Opens an alert for each bot that says what is wrong, keeps its words current, and resolves those that are over. */
export async function syncBotAlerts(db: Db, atMs: number): Promise<void> {
  const at = new Date(atMs).toISOString();
  await db.execute(sql`
    update ${alerts} a set resolved_at = ${at}
    from ${botRuns} b
    where a.bot_run_id = b.id and a.code = 'bot-error' and a.resolved_at is null
      and (b.error is null or b.status = 'STOPPED')`);
  await db.execute(sql`
    update ${alerts} a set detail = b.error
    from ${botRuns} b
    where a.bot_run_id = b.id and a.code = 'bot-error' and a.resolved_at is null and b.error is not null and a.detail <> b.error`);
  await db.execute(sql`
    insert into ${alerts} (user_id, bot_run_id, code, title, detail, created_at)
    select b.user_id, b.id, 'bot-error', b.name || ' needs a look', b.error, ${at}
    from ${botRuns} b
    where b.error is not null and b.status <> 'STOPPED' and not exists (
      select 1 from ${alerts} a where a.bot_run_id = b.id and a.code = 'bot-error' and a.resolved_at is null)`);
}

/** Opens an alert for each bot whose loss of the day ended its buying, once a day; for a basket one, at one of its legs. */
export async function openDailyLossAlerts(
  db: Db,
  denials: { botRunId: string; detail: string }[],
  atMs: number,
): Promise<void> {
  if (denials.length === 0) return;
  const rows = denials.map(({ botRunId, detail }) => ({ id: botRunId, detail }));
  await db.execute(sql`
    insert into ${alerts} (user_id, bot_run_id, code, title, detail, created_at)
    select distinct on (coalesce(b.basket_id, b.id)) b.user_id, b.id, 'daily-loss',
      coalesce(k.name, b.name) || ' buys no more today', m.detail, ${new Date(atMs).toISOString()}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as m(id uuid, detail text)
    join ${botRuns} b on b.id = m.id left join ${baskets} k on k.id = b.basket_id
    where not exists (
      select 1 from ${alerts} a join ${botRuns} s on s.id = a.bot_run_id
      where (s.id = b.id or s.basket_id = b.basket_id) and a.code = 'daily-loss' and a.resolved_at is null)`);
}

/**
 * Opens an alert for each bot that halted itself, and resolves those of bots that are not halted any more. A basket that
 * halted itself is told of once, at the first of its legs.
 */
export async function syncHaltAlerts(db: Db, atMs: number): Promise<void> {
  const at = new Date(atMs).toISOString();
  await db.execute(sql`
    update ${alerts} a set resolved_at = ${at}
    from ${botRuns} b
    where a.bot_run_id = b.id and a.code = 'bot-halted' and a.resolved_at is null and b.status <> 'HALTED'`);
  const midnight = new Date(utcDayStart(atMs)).toISOString();
  await db.execute(sql`
    update ${alerts} set resolved_at = ${at}
    where code = 'daily-loss' and resolved_at is null and created_at < ${midnight}`);
  await db.execute(sql`
    insert into ${alerts} (user_id, bot_run_id, code, title, detail, created_at)
    select b.user_id, b.id, 'bot-halted', coalesce(k.name, b.name) || ' stopped itself',
      b.halt_reason || ' It makes no entries until you let it trade again.'
        || case when b.position_quantity > 0 then ' It keeps what it holds; its stops are still watched.' else '' end, ${at}
    from ${botRuns} b left join ${baskets} k on k.id = b.basket_id
    where b.status = 'HALTED' and b.halt_rule <> 'kill-switch' and not exists (
      select 1 from ${botRuns} s where s.basket_id = b.basket_id and s.status = 'HALTED'
        and s.halt_rule = b.halt_rule and s.basket_place < b.basket_place) and not exists (
      select 1 from ${alerts} a where a.bot_run_id = b.id and a.code = 'bot-halted' and a.resolved_at is null)`);
}

/** Removes sessions that have expired. */
export async function deleteExpiredSessions(db: Db, nowMs: number): Promise<void> {
  await db.delete(sessions).where(lt(sessions.expiresAt, new Date(nowMs)));
}

/** Keeps one snapshot an hour of those older than `beforeMs`. */
export async function thinSnapshots(db: Db, beforeMs: number): Promise<void> {
  await db
    .delete(equitySnapshots)
    .where(
      and(
        lt(equitySnapshots.takenAt, new Date(beforeMs)),
        sql`date_trunc('hour', ${equitySnapshots.takenAt}) <> ${equitySnapshots.takenAt}`,
      ),
    );
}
