import { gt, inArray, sql } from 'drizzle-orm';
import type { HealthFacts, HealthStore, Subject } from '../../jobs/exchange/ban-guard.ts';
import type { Db } from '../client.ts';
import { accountHealth } from '../schema/account-health.ts';
import { exchangeKeys } from '../schema/exchange-keys.ts';
import { alerts } from '../schema/reports.ts';

type Row = typeof accountHealth.$inferSelect;
type NewRow = typeof accountHealth.$inferInsert;

/** Keeps what is known of accounts and venues in Postgres, for all processes. */
export function createHealthStore(db: Db): HealthStore {
  return {
    async listBans(nowMs) {
      const rows = await db
        .select({ key: accountHealth.key, bannedUntil: accountHealth.bannedUntil })
        .from(accountHealth)
        .where(gt(accountHealth.bannedUntil, new Date(nowMs)));
      return new Map(rows.flatMap((row) => (row.bannedUntil ? [[row.key, row.bannedUntil.getTime()]] : [])));
    },
    async ban({ key, venue }, { untilMs, reason, atMs }) {
      const told = { bannedUntil: new Date(untilMs), banReason: reason, updatedAt: new Date(atMs) };
      await db
        .insert(accountHealth)
        .values({ key, venue, ...told })
        .onConflictDoUpdate({
          target: accountHealth.key,
          set: {
            ...told,
            banReason: sql`case when ${accountHealth.bannedUntil} > excluded.banned_until
              then ${accountHealth.banReason} else excluded.ban_reason end`,
            bannedUntil: sql`greatest(${accountHealth.bannedUntil}, excluded.banned_until)`,
          },
        });
    },
    async note(subject, facts) {
      const row = toRow(subject, facts);
      await db.insert(accountHealth).values(row).onConflictDoUpdate({ target: accountHealth.key, set: row });
    },
  };
}

function toRow({ key, venue }: Subject, facts: HealthFacts): NewRow {
  const { latencyMs, weight, clockOffsetMs, okAtMs, error } = facts;
  return {
    key,
    venue,
    ...(latencyMs === undefined ? {} : { latencyMs }),
    ...(weight
      ? { weightUsed: weight.used, weightLimit: weight.limit, weightAt: new Date(weight.atMs) }
      : {}),
    ...(clockOffsetMs === undefined ? {} : { clockOffsetMs: Math.round(clockOffsetMs) }),
    ...(okAtMs === undefined ? {} : { lastOkAt: new Date(okAtMs) }),
    ...(error ? { lastErrorAt: new Date(error.atMs), lastError: error.message } : {}),
    updatedAt: new Date(),
  };
}

export type AccountHealth = {
  latencyMs: number | null;
  weight: { used: number; limit: number; atMs: number } | null;
  clockOffsetMs: number | null;
  lastOkAtMs: number | null;
  lastError: { atMs: number; message: string } | null;
  ban: { untilMs: number; reason: string } | null;
};

/** Returns what is known of these accounts or venues, by key; a ban that has passed is left out. */
export async function listHealth(db: Db, keys: string[], nowMs: number): Promise<Map<string, AccountHealth>> {
  if (keys.length === 0) return new Map();
  const rows = await db.select().from(accountHealth).where(inArray(accountHealth.key, keys));
  return new Map(rows.map((row) => [row.key, toHealth(row, nowMs)]));
}

function toHealth(row: Row, nowMs: number): AccountHealth {
  return {
    latencyMs: row.latencyMs,
    weight: toWeight(row),
    clockOffsetMs: row.clockOffsetMs,
    lastOkAtMs: row.lastOkAt?.getTime() ?? null,
    lastError: row.lastErrorAt && { atMs: row.lastErrorAt.getTime(), message: row.lastError ?? '' },
    ban: toBan(row, nowMs),
  };
}

function toWeight({ weightUsed, weightLimit, weightAt }: Row): AccountHealth['weight'] {
  if (weightUsed === null || weightLimit === null || weightAt === null) return null;
  return { used: weightUsed, limit: weightLimit, atMs: weightAt.getTime() };
}

function toBan({ bannedUntil, banReason }: Row, nowMs: number): AccountHealth['ban'] {
  if (bannedUntil === null || bannedUntil.getTime() <= nowMs) return null;
  return { untilMs: bannedUntil.getTime(), reason: banReason ?? '' };
}

/** A pause that is over sooner is part of a busy day, and wants nobody's attention. */
const WORTH_AN_ALERT_MS = 20_000;

/** Opens an alert for each account that its exchange shuts out for long, and resolves those whose pause is over. */
export async function syncBanAlerts(db: Db, nowMs: number): Promise<void> {
  const now = new Date(nowMs).toISOString();
  const soon = new Date(nowMs + WORTH_AN_ALERT_MS).toISOString();
  await db.execute(sql`
    update ${alerts} a set resolved_at = ${now}
    where a.code like 'account-ban:%' and a.resolved_at is null and not exists (
      select 1 from ${accountHealth} h where a.code = 'account-ban:' || h.key and h.banned_until > ${now})`);
  await db.execute(sql`
    insert into ${alerts} (user_id, code, title, detail, created_at)
    select k.user_id, 'account-ban:' || h.key, k.label || ' is shut out by its exchange',
      h.ban_reason || ' No bot calls it before ' || to_char(h.banned_until at time zone 'UTC', 'HH24:MI:SS') || ' UTC.', ${now}
    from ${accountHealth} h join ${exchangeKeys} k on k.id::text = h.key
    where h.banned_until > ${soon} and not exists (
      select 1 from ${alerts} a where a.user_id = k.user_id and a.code = 'account-ban:' || h.key and a.resolved_at is null)`);
}

/** Removes what was known of accounts whose key has been deleted. */
export async function deleteHealthOfNobody(db: Db): Promise<void> {
  await db.execute(sql`
    delete from ${accountHealth} h
    where h.key not like 'venue:%' and not exists (select 1 from ${exchangeKeys} k where k.id::text = h.key)`);
}
