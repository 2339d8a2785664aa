import { and, eq, isNull, lt, max, or, sql } from 'drizzle-orm';
import type { Db } from '../client.ts';
import { botRuns } from '../schema/bots.ts';
import { tickSchedule } from '../schema/market.ts';

/**
 * Claims a candle close for the caller: true exactly once per timeframe and close, in whichever process asks first.
 * The row stays locked until the caller's transaction ends, and the claim is void if that rolls back.
 */
export async function claimClose(db: Db, timeframe: string, openTimeMs: number): Promise<boolean> {
  const lastOpenTime = new Date(openTimeMs);
  const claimed = await db
    .insert(tickSchedule)
    .values({ timeframe, lastOpenTime })
    .onConflictDoUpdate({
      target: tickSchedule.timeframe,
      set: { lastOpenTime },
      setWhere: lt(tickSchedule.lastOpenTime, lastOpenTime),
    })
    .returning({ timeframe: tickSchedule.timeframe });
  return claimed.length > 0;
}

/** Returns the running bots of a timeframe that have not decided on the candle yet. */
export async function listDueBots(
  db: Db,
  timeframe: string,
  openTimeMs: number,
): Promise<{ id: string; mode: 'paper' | 'live' }[]> {
  return db
    .select({ id: botRuns.id, mode: botRuns.mode })
    .from(botRuns)
    .where(
      and(
        eq(botRuns.status, 'RUNNING'),
        eq(botRuns.timeframe, timeframe),
        or(isNull(botRuns.lastCandleTime), lt(botRuns.lastCandleTime, new Date(openTimeMs))),
      ),
    )
    .orderBy(botRuns.id);
}

/** Returns when a candle close was last handed out (ms UTC), or `undefined` before the first. */
export async function findLastClose(db: Db): Promise<number | undefined> {
  const [row] = await db
    .select({ at: max(tickSchedule.lastOpenTime) })
    .from(tickSchedule)
    .where(sql`${tickSchedule.timeframe} = '1s'`);
  return row?.at ? row.at.getTime() + 1_000 : undefined;
}
