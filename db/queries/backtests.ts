import { and, asc, count, desc, eq, inArray, lt } from 'drizzle-orm';
import type { MetricsReport, SymbolReport, TradeReport } from '../../jobs/trading/backtest/report.ts';
import type { Db } from '../client.ts';
import {
  backtestCurves,
  backtests,
  backtestTrades,
  type BacktestChart,
  type BacktestCurve,
  type CandleSource,
} from '../schema/backtests.ts';
import { insertEquity } from './backtest-equity.ts';

export type Backtest = typeof backtests.$inferSelect;
export type NewBacktest = Pick<Backtest, 'userId' | 'name' | 'request' | 'createdAt'>;

/** Which backtest, and whose. */
export type OwnBacktest = { id: string; userId: string };

/** Trades in one row of the table. */
export const TRADES_A_CHUNK = 500;

const UNDER_WAY = ['queued', 'running'] as const;
const isOwn = ({ id, userId }: OwnBacktest) => and(eq(backtests.id, id), eq(backtests.userId, userId));
const isUnderWay = (id: string) => and(eq(backtests.id, id), inArray(backtests.status, UNDER_WAY));

export async function insertBacktest(tx: Db, wish: NewBacktest): Promise<Backtest> {
  const [row] = await tx.insert(backtests).values(wish).returning();
  if (!row) throw new Error('The insert of a backtest returned no row.');
  return row;
}

/** Returns a user's own backtest. */
export async function findBacktest(db: Db, own: OwnBacktest): Promise<Backtest | undefined> {
  const [row] = await db.select().from(backtests).where(isOwn(own));
  return row;
}

/** Returns a backtest whoever owns it, for the job that runs it. */
export async function findQueuedBacktest(db: Db, id: string): Promise<Backtest | undefined> {
  const [row] = await db.select().from(backtests).where(eq(backtests.id, id));
  return row;
}

/** Returns a user's backtests, newest first. */
export async function listBacktests(
  db: Db,
  userId: string,
  page: { offset: number; limit: number },
): Promise<Backtest[]> {
  return db
    .select()
    .from(backtests)
    .where(eq(backtests.userId, userId))
    .orderBy(desc(backtests.createdAt), desc(backtests.id))
    .offset(page.offset)
    .limit(page.limit);
}

/** Returns how many of a user's backtests wait or run. */
export async function countUnderWay(db: Db, userId: string): Promise<number> {
  const [row] = await db
    .select({ count: count() })
    .from(backtests)
    .where(and(eq(backtests.userId, userId), inArray(backtests.status, UNDER_WAY)));
  return row?.count ?? 0;
}

/** Marks a backtest as running and how far it is. Returns whether it is still wanted. */
export async function advanceBacktest(
  db: Db,
  id: string,
  step: { progress?: number; problem?: string | null; startedAt?: Date; source?: CandleSource },
): Promise<boolean> {
  const rows = await db
    .update(backtests)
    .set({ status: 'running', ...step })
    .where(isUnderWay(id))
    .returning({ id: backtests.id });
  return rows.length > 0;
}

/** Returns whether a backtest still waits or runs. */
export async function isBacktestUnderWay(db: Db, id: string): Promise<boolean> {
  const rows = await db.select({ id: backtests.id }).from(backtests).where(isUnderWay(id));
  return rows.length > 0;
}

/** What a run came to, in the shapes that are stored. */
export type BacktestOutcome = {
  metrics: MetricsReport;
  bySymbol: SymbolReport[];
  bias: Backtest['bias'];
  trades: readonly TradeReport[];
  /** The whole curve, packed (see `packEquity`). */
  equity: readonly Uint8Array[];
  curve: BacktestCurve;
  charts: BacktestChart[];
  candles: number;
  elapsedMs: number;
};

/** Stores a result and ends the backtest, once: one that has ended meanwhile stays as it is. */
export async function finishBacktest(
  db: Db,
  id: string,
  end: BacktestOutcome & { source: CandleSource; problem: string | null; finishedAt: Date },
): Promise<void> {
  const { trades, equity, curve, charts, ...rest } = end;
  await db.transaction(async (tx) => {
    const [row] = await tx
      .update(backtests)
      .set({ ...rest, status: 'done', progress: 1 })
      .where(isUnderWay(id))
      .returning({ id: backtests.id });
    if (!row) return;
    await tx.insert(backtestCurves).values({ backtestId: id, curve, charts });
    await insertEquity(tx, id, equity);
    for (let from = 0; from < trades.length; from += TRADES_A_CHUNK) {
      const part = trades.slice(from, from + TRADES_A_CHUNK);
      await tx.insert(backtestTrades).values({ backtestId: id, chunk: from / TRADES_A_CHUNK, trades: part });
    }
  });
}

/** Ends a backtest without a result; one that has ended stays as it is. */
export async function failBacktest(
  db: Db,
  id: string,
  end: { problem: string; finishedAt: Date },
): Promise<void> {
  await db
    .update(backtests)
    .set({ ...end, status: 'failed' })
    .where(isUnderWay(id));
}

/** Ends what has been under way since before `beforeMs`: its job is gone. */
export async function failStaleBacktests(db: Db, beforeMs: number, nowMs: number): Promise<void> {
  const problem = 'It did not come to an end within a day. Start it again.';
  await db
    .update(backtests)
    .set({ status: 'failed', problem, finishedAt: new Date(nowMs) })
    .where(and(inArray(backtests.status, UNDER_WAY), lt(backtests.createdAt, new Date(beforeMs))));
}

/** Ends a user's own backtest that waits or runs. Returns whether there was one. */
export async function cancelBacktest(db: Db, own: OwnBacktest, finishedAt: Date): Promise<boolean> {
  const rows = await db
    .update(backtests)
    .set({ status: 'canceled', finishedAt, problem: null })
    .where(and(isOwn(own), isUnderWay(own.id)))
    .returning({ id: backtests.id });
  return rows.length > 0;
}

/** Removes a user's own backtest with all that belongs to it. Returns whether there was one. */
export async function deleteBacktest(db: Db, own: OwnBacktest): Promise<boolean> {
  const rows = await db.delete(backtests).where(isOwn(own)).returning({ id: backtests.id });
  return rows.length > 0;
}

/** Returns the curve and the chart candles of a user's own finished backtest. */
export async function findBacktestCurves(
  db: Db,
  own: OwnBacktest,
): Promise<{ curve: BacktestCurve; charts: BacktestChart[] } | undefined> {
  const [row] = await db
    .select({ curve: backtestCurves.curve, charts: backtestCurves.charts })
    .from(backtestCurves)
    .innerJoin(backtests, eq(backtests.id, backtestCurves.backtestId))
    .where(isOwn(own));
  return row;
}

/** Returns one chunk of trades of a user's own backtest, in the order of their exits; empty beyond the last. */
export async function findTradeChunk(db: Db, own: OwnBacktest, chunk: number): Promise<TradeReport[]> {
  const [row] = await db
    .select({ trades: backtestTrades.trades })
    .from(backtestTrades)
    .innerJoin(backtests, eq(backtests.id, backtestTrades.backtestId))
    .where(and(isOwn(own), eq(backtestTrades.chunk, chunk)))
    .orderBy(asc(backtestTrades.chunk));
  return row?.trades ?? [];
}
