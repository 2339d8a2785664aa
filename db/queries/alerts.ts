import { and, desc, eq, inArray, isNotNull, isNull, lt, or, sql } from 'drizzle-orm';
import type { Db } from '../client.ts';
import { alertChannels } from '../schema/alert-channels.ts';
import { botRuns } from '../schema/bots.ts';
import { orders } from '../schema/orders.ts';
import { alerts } from '../schema/reports.ts';

export type Alert = {
  id: number;
  botRunId: string | null;
  botName: string | null;
  code: string;
  title: string;
  detail: string;
  createdAtMs: number;
  resolvedAtMs: number | null;
  acknowledgedAtMs: number | null;
};

const isOpen = and(isNull(alerts.resolvedAt), isNull(alerts.acknowledgedAt));
const isPast = or(isNotNull(alerts.resolvedAt), isNotNull(alerts.acknowledgedAt));

/** Returns a user's alerts that are neither over nor acknowledged, newest first. */
export async function listOpenAlerts(db: Db, userId: string, limit: number): Promise<Alert[]> {
  return listAlerts(db, and(eq(alerts.userId, userId), isOpen), limit);
}

/** Returns a user's alerts that are over or acknowledged, newest first. */
export async function listPastAlerts(db: Db, userId: string, limit: number): Promise<Alert[]> {
  return listAlerts(db, and(eq(alerts.userId, userId), isPast), limit);
}

async function listAlerts(db: Db, where: ReturnType<typeof and>, limit: number): Promise<Alert[]> {
  const rows = await db
    .select({ alert: alerts, botName: botRuns.name })
    .from(alerts)
    .leftJoin(botRuns, eq(botRuns.id, alerts.botRunId))
    .where(where)
    .orderBy(desc(alerts.createdAt), desc(alerts.id))
    .limit(limit);
  return rows.map(({ alert, botName }) => ({
    id: alert.id,
    botRunId: alert.botRunId,
    botName,
    code: alert.code,
    title: alert.title,
    detail: alert.detail,
    createdAtMs: alert.createdAt.getTime(),
    resolvedAtMs: alert.resolvedAt?.getTime() ?? null,
    acknowledgedAtMs: alert.acknowledgedAt?.getTime() ?? null,
  }));
}

/** Marks a user's open alerts as seen: one, or all of them. Returns how many. */
export async function acknowledgeAlerts(
  db: Db,
  userId: string,
  { alertId, atMs }: { alertId?: number; atMs: number },
): Promise<number> {
  const mine = and(eq(alerts.userId, userId), isOpen);
  const rows = await db
    .update(alerts)
    .set({ acknowledgedAt: new Date(atMs) })
    .where(alertId === undefined ? mine : and(mine, eq(alerts.id, alertId)))
    .returning({ id: alerts.id });
  return rows.length;
}

/** Writes one past alert for each order filled since `sinceMs` whose owner wants to hear of fills. */
export async function insertFillAlerts(db: Db, sinceMs: number, atMs: number): Promise<void> {
  const [since, at] = [new Date(sinceMs).toISOString(), new Date(atMs).toISOString()];
  await db.execute(sql`
    insert into ${alerts} (user_id, bot_run_id, order_id, code, title, detail, created_at, resolved_at)
    select o.user_id, o.bot_run_id, o.id, 'order-filled',
      b.name || case o.side when 'BUY' then ' bought ' else ' sold ' end || trim_scale(o.filled_quantity) || ' ' || b.base,
      case o.side when 'BUY' then 'Bought ' else 'Sold ' end || trim_scale(o.filled_quantity) || ' ' || b.base || ' on '
        || o.symbol || case b.mode when 'paper' then ' (paper money).' else '.' end,
      o.closed_at, ${at}
    from ${orders} o join ${botRuns} b on b.id = o.bot_run_id
    where o.user_id in (select c.user_id from ${alertChannels} c where c.is_on and 'fill' = any(c.topics))
      and o.status = 'filled' and o.closed_at >= ${since} and o.created_at >= ${since}::timestamptz - interval '7 days'
      and o.closed_at >= (select min(c.created_at) from ${alertChannels} c
        where c.user_id = o.user_id and c.is_on and 'fill' = any(c.topics))
    on conflict do nothing`);
}

/** Claims alerts that no channel was told of yet; another process's are passed over. */
export async function announceAlerts(
  db: Db,
  { limit, atMs }: { limit: number; atMs: number },
): Promise<{ id: number; userId: string; code: string }[]> {
  const fresh = db
    .select({ id: alerts.id })
    .from(alerts)
    .where(isNull(alerts.announcedAt))
    .orderBy(alerts.id)
    .limit(limit)
    .for('update', { skipLocked: true });
  return db
    .update(alerts)
    .set({ announcedAt: new Date(atMs) })
    .where(inArray(alerts.id, fresh))
    .returning({ id: alerts.id, userId: alerts.userId, code: alerts.code });
}

/** Removes alerts that were over before `beforeMs`, with what is known of their messages. */
export async function deleteOldAlerts(db: Db, beforeMs: number): Promise<void> {
  await db.delete(alerts).where(lt(alerts.resolvedAt, new Date(beforeMs)));
}
