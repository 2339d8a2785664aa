import { and, desc, eq, lt, lte, sql } from 'drizzle-orm';
import type { Candle } from '../../jobs/trading/types.ts';
import type { Db } from '../client.ts';
import { candles } from '../schema/market.ts';

export type Series = { venue: string; symbol: string; timeframe: string };

/** Returns the newest stored candles that opened at or before `untilMs`, oldest first, at most `count`. */
export async function listCandles(
  db: Db,
  series: Series,
  range: { untilMs: number; count: number },
): Promise<Candle[]> {
  const rows = await db
    .select()
    .from(candles)
    .where(
      and(
        eq(candles.venue, series.venue),
        eq(candles.symbol, series.symbol),
        eq(candles.timeframe, series.timeframe),
        lte(candles.openTime, new Date(range.untilMs)),
      ),
    )
    .orderBy(desc(candles.openTime))
    .limit(range.count);
  return rows.reverse().map((row) => ({
    openTimeMs: row.openTime.getTime(),
    open: row.open.toNumber(),
    high: row.high.toNumber(),
    low: row.low.toNumber(),
    close: row.close.toNumber(),
    volume: row.volume.toNumber(),
  }));
}

/** Stores closed candles; one that is there already stays as it was. */
export async function storeCandles(db: Db, series: Series, rows: readonly Candle[]): Promise<void> {
  if (rows.length === 0) return;
  const column = (pick: (candle: Candle) => number) => sql.param(`{${rows.map(pick).join(',')}}`);
  const times = sql.param(`{${rows.map((row) => `"${new Date(row.openTimeMs).toISOString()}"`).join(',')}}`);
  await db.execute(sql`
    insert into candles (venue, symbol, timeframe, open_time, open, high, low, close, volume)
    select ${series.venue}, ${series.symbol}, ${series.timeframe}, *
    from unnest(
      ${times}::timestamptz[], ${column((row) => row.open)}::numeric[], ${column((row) => row.high)}::numeric[],
      ${column((row) => row.low)}::numeric[], ${column((row) => row.close)}::numeric[], ${column((row) => row.volume)}::numeric[]
    )
    on conflict do nothing`);
}

/** Removes stored candles of one timeframe that opened before `beforeMs`. */
export async function deleteCandlesBefore(db: Db, timeframe: string, beforeMs: number): Promise<void> {
  await db
    .delete(candles)
    .where(and(eq(candles.timeframe, timeframe), lt(candles.openTime, new Date(beforeMs))));
}
