import { and, desc, eq, gte, inArray, lt, lte, sql } from 'drizzle-orm';
import { money, ZERO, type Money } from '../../jobs/trading/decimal.ts';
import type { Db } from '../client.ts';
import { fills } from '../schema/orders.ts';
import { equitySnapshots } from '../schema/reports.ts';

/** What a bot was worth at a moment, in its quote currency. */
export type EquityPoint = { botRunId: string; timeMs: number; equity: Money };

export type FillSums = { realizedPnl: Money; fees: Money; trades: number };

type Range = { from?: Date | undefined; to?: Date | undefined };

/** Returns profit, fees (both in quote) and number of a user's fills in a span of time, by bot; a bot without any is left out. */
export async function sumFillsByBot(db: Db, userId: string, range: Range): Promise<Map<string, FillSums>> {
  const rows = await db
    .select({
      botRunId: fills.botRunId,
      pnl: sql<string | null>`sum(${fills.pnl})`,
      fees: sql<string | null>`sum(${fills.feeQuote})`,
      trades: sql<number>`count(*)::int`,
    })
    .from(fills)
    .where(
      and(
        eq(fills.userId, userId),
        range.from === undefined ? undefined : gte(fills.executedAt, range.from),
        range.to === undefined ? undefined : lt(fills.executedAt, range.to),
      ),
    )
    .groupBy(fills.botRunId);
  const toMoney = (text: string | null) => (text === null ? ZERO : money(text));
  return new Map(
    rows.map((row) => [
      row.botRunId,
      { realizedPnl: toMoney(row.pnl), fees: toMoney(row.fees), trades: row.trades },
    ]),
  );
}

/** Returns what each bot of a user was worth at `at`, by its newest snapshot until then; a bot without one is left out. */
export async function findEquityAt(db: Db, userId: string, at: Date): Promise<Map<string, Money>> {
  const rows = await db
    .selectDistinctOn([equitySnapshots.botRunId], {
      botRunId: equitySnapshots.botRunId,
      equity: equitySnapshots.equity,
    })
    .from(equitySnapshots)
    .where(and(eq(equitySnapshots.userId, userId), lte(equitySnapshots.takenAt, at)))
    .orderBy(equitySnapshots.botRunId, desc(equitySnapshots.takenAt));
  return new Map(rows.map((row) => [row.botRunId, row.equity]));
}

/**
 * Returns the last snapshot of each bot in each of `slots` equal parts of the time from `from` to `to`, oldest first.
 * Of some bots alone where those are given.
 */
export async function listEquityPoints(
  db: Db,
  userId: string,
  query: { from: Date; to: Date; slots: number; botRunIds?: readonly string[] | undefined },
): Promise<EquityPoint[]> {
  const slotS = Math.max(1, (query.to.getTime() - query.from.getTime()) / 1_000 / query.slots);
  /** Numbers of ours, written out: as parameters the two uses of this expression would not be taken for the same. */
  const inline = (value: number) => sql.raw(String(value));
  const slot = sql`floor((extract(epoch from ${equitySnapshots.takenAt}) - ${inline(query.from.getTime() / 1_000)}) / ${inline(slotS)})`;
  const rows = await db
    .selectDistinctOn([equitySnapshots.botRunId, slot as never], {
      botRunId: equitySnapshots.botRunId,
      takenAt: equitySnapshots.takenAt,
      equity: equitySnapshots.equity,
    })
    .from(equitySnapshots)
    .where(
      and(
        eq(equitySnapshots.userId, userId),
        gte(equitySnapshots.takenAt, query.from),
        lte(equitySnapshots.takenAt, query.to),
        query.botRunIds && inArray(equitySnapshots.botRunId, [...query.botRunIds]),
      ),
    )
    .orderBy(equitySnapshots.botRunId, slot, desc(equitySnapshots.takenAt));
  return rows
    .map((row) => ({ botRunId: row.botRunId, timeMs: row.takenAt.getTime(), equity: row.equity }))
    .sort((a, b) => a.timeMs - b.timeMs);
}
