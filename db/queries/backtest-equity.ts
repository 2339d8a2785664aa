/** The whole equity curve of a backtest: too long for JSON, so as packed columns, many points a row. */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { and, eq } from 'drizzle-orm';
import type { Db } from '../client.ts';
import { backtestEquity, backtests } from '../schema/backtests.ts';

/** Columns of equal length, one value a close; `hold` is what holding would be worth. */
export type EquityColumns = { timeMs: Float64Array; equity: Float64Array; hold: Float64Array };

/** Points of one row of the table. */
export const POINTS_A_CHUNK = 20_000;

const FASTEST = 1;

/** Returns a curve as rows of the table: each column of a chunk after the other, as doubles, deflated. */
export function packEquity({ timeMs, equity, hold }: EquityColumns): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let from = 0; from < timeMs.length; from += POINTS_A_CHUNK) {
    const to = Math.min(timeMs.length, from + POINTS_A_CHUNK);
    const values = new Float64Array(3 * (to - from));
    for (const [at, column] of [timeMs, equity, hold].entries())
      values.set(column.subarray(from, to), at * (to - from));
    chunks.push(deflateRawSync(values, { level: FASTEST }));
  }
  return chunks;
}

function unpack(points: Uint8Array): EquityColumns {
  const bytes = inflateRawSync(points);
  const values = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  const count = values.length / 3;
  const column = (at: number) => values.subarray(at * count, (at + 1) * count);
  return { timeMs: column(0), equity: column(1), hold: column(2) };
}

export async function insertEquity(tx: Db, backtestId: string, chunks: readonly Uint8Array[]): Promise<void> {
  for (const [chunk, points] of chunks.entries())
    await tx.insert(backtestEquity).values({ backtestId, chunk, points });
}

/** Returns one chunk of the curve of a user's own backtest, oldest first; `undefined` beyond the last. */
export async function findEquityChunk(
  db: Db,
  { id, userId }: { id: string; userId: string },
  chunk: number,
): Promise<EquityColumns | undefined> {
  const [row] = await db
    .select({ points: backtestEquity.points })
    .from(backtestEquity)
    .innerJoin(backtests, eq(backtests.id, backtestEquity.backtestId))
    .where(and(eq(backtests.id, id), eq(backtests.userId, userId), eq(backtestEquity.chunk, chunk)));
  return row && unpack(row.points);
}
