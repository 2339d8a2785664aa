import { and, desc, eq, sql } from 'drizzle-orm';
import type { Db } from '../client.ts';
import { candleDownloads } from '../schema/market.ts';

export type CandleDownload = typeof candleDownloads.$inferSelect;
type NewDownload = Pick<
  CandleDownload,
  'userId' | 'venue' | 'symbol' | 'timeframe' | 'fromTime' | 'toTime' | 'createdAt'
>;

/** Stores a wish for candles; `undefined` where a download of that series is under way. */
export async function insertDownload(tx: Db, wish: NewDownload): Promise<CandleDownload | undefined> {
  const [row] = await tx
    .insert(candleDownloads)
    .values({ ...wish, reachedTime: wish.fromTime })
    .onConflictDoNothing()
    .returning();
  return row;
}

export async function findDownload(db: Db, id: string): Promise<CandleDownload | undefined> {
  const [row] = await db.select().from(candleDownloads).where(eq(candleDownloads.id, id));
  return row;
}

/** Returns a user's newest downloads. */
export async function listDownloads(db: Db, userId: string, count: number): Promise<CandleDownload[]> {
  return db
    .select()
    .from(candleDownloads)
    .where(eq(candleDownloads.userId, userId))
    .orderBy(desc(candleDownloads.createdAt), desc(candleDownloads.id))
    .limit(count);
}

const isRunning = (id: string) => and(eq(candleDownloads.id, id), eq(candleDownloads.status, 'running'));

/** Notes how far a download has come; one that was called off meanwhile has its last page counted too. Returns whether it runs. */
export async function advanceDownload(
  db: Db,
  id: string,
  step: { reachedMs: number; added: number },
): Promise<boolean> {
  const reached = new Date(step.reachedMs).toISOString();
  const rows = await db
    .update(candleDownloads)
    .set({
      reachedTime: sql`greatest(${candleDownloads.reachedTime}, ${reached}::timestamptz)`,
      stored: sql`${candleDownloads.stored} + ${step.added}`,
      problem: null,
    })
    .where(eq(candleDownloads.id, id))
    .returning({ status: candleDownloads.status });
  return rows[0]?.status === 'running';
}

/** Notes what a running download waits for, without ending it. */
export async function noteDownloadProblem(db: Db, id: string, problem: string): Promise<void> {
  await db.update(candleDownloads).set({ problem }).where(isRunning(id));
}

/** Ends a running download; one that has ended stays as it is. */
export async function finishDownload(
  db: Db,
  id: string,
  end: { status: 'done' | 'failed'; problem?: string; atMs: number },
): Promise<void> {
  const { status, problem = null, atMs } = end;
  await db
    .update(candleDownloads)
    .set({ status, problem, finishedAt: new Date(atMs) })
    .where(isRunning(id));
}

/** Ends a user's own running download. Returns whether there was one. */
export async function cancelDownload(
  db: Db,
  own: { userId: string; id: string },
  atMs: number,
): Promise<boolean> {
  const rows = await db
    .update(candleDownloads)
    .set({ status: 'canceled', finishedAt: new Date(atMs) })
    .where(and(isRunning(own.id), eq(candleDownloads.userId, own.userId)))
    .returning({ id: candleDownloads.id });
  return rows.length > 0;
}
