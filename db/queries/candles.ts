import { and, desc, eq, lte, sql, type SQL } from 'drizzle-orm';
import type { Candle } from '../../jobs/trading/types.ts';
import type { Db } from '../client.ts';
import { candles, candleSeries } from '../schema/market.ts';

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

/** The rows as a table of the shape of `candles`, without the series. */
function asTable(rows: readonly Candle[]): SQL {
  const column = (pick: (candle: Candle) => number) => sql.param(`{${rows.map(pick).join(',')}}`);
  const times = sql.param(`{${rows.map((row) => `"${new Date(row.openTimeMs).toISOString()}"`).join(',')}}`);
  return sql`unnest(
      ${times}::timestamptz[], ${column((row) => row.open)}::numeric[], ${column((row) => row.high)}::numeric[],
      ${column((row) => row.low)}::numeric[], ${column((row) => row.close)}::numeric[], ${column((row) => row.volume)}::numeric[]
    ) as given (open_time, open, high, low, close, volume)`;
}

/**
 * Stores closed candles; one that is there already stays as it was, unless `replaces`. `keeps`: the clean-up leaves the series
 * alone from now on. Returns how many were added, and how many were changed.
 */
export async function storeCandles(
  db: Db,
  series: Series,
  { rows, keeps = false, replaces = false }: { rows: readonly Candle[]; keeps?: boolean; replaces?: boolean },
): Promise<{ added: number; changed: number }> {
  if (rows.length === 0) return { added: 0, changed: 0 };
  const { venue, symbol, timeframe } = series;
  const onConflict = replaces
    ? sql`on conflict (venue, symbol, timeframe, open_time) do update
        set open = excluded.open, high = excluded.high, low = excluded.low, close = excluded.close, volume = excluded.volume
        where (candles.open, candles.high, candles.low, candles.close, candles.volume)
          is distinct from (excluded.open, excluded.high, excluded.low, excluded.close, excluded.volume)`
    : sql`on conflict do nothing`;
  // A row that was inserted and not updated has no xmax.
  const [told] = await db.execute<{ added: number; changed: number }>(sql`
    with written as (
      insert into candles (venue, symbol, timeframe, open_time, open, high, low, close, volume)
      select ${venue}::text, ${symbol}::text, ${timeframe}::text, given.* from ${asTable(rows)}
      ${onConflict}
      returning open_time, xmax = 0 as is_new
    ), counted as (
      insert into candle_series (venue, symbol, timeframe, first_open_time, last_open_time, count, is_kept)
      select ${venue}, ${symbol}, ${timeframe}, min(open_time), max(open_time), count(*), ${keeps}
      from written where is_new having count(*) > 0
      on conflict (venue, symbol, timeframe) do update set
        first_open_time = least(candle_series.first_open_time, excluded.first_open_time),
        last_open_time = greatest(candle_series.last_open_time, excluded.last_open_time),
        count = candle_series.count + excluded.count,
        is_kept = candle_series.is_kept or excluded.is_kept
    )
    select count(*) filter (where is_new)::int as added, count(*) filter (where not is_new)::int as changed from written`);
  return { added: told?.added ?? 0, changed: told?.changed ?? 0 };
}

/** How stored candles differ from the rows of the same time: how many do, and the first. */
export type Differences = { count: number; firstTimeMs: number | undefined };

/** Returns how many stored candles differ from these rows. */
export async function findDifferences(
  db: Db,
  { venue, symbol, timeframe }: Series,
  rows: readonly Candle[],
): Promise<Differences> {
  const [told] = await db.execute<{ count: number; first_ms: string | null }>(sql`
    select count(*)::int as count, (extract(epoch from min(candles.open_time)) * 1000)::bigint::text as first_ms
    from ${asTable(rows)} join candles using (open_time)
    where candles.venue = ${venue} and candles.symbol = ${symbol} and candles.timeframe = ${timeframe}
      and (candles.open, candles.high, candles.low, candles.close, candles.volume)
        is distinct from (given.open, given.high, given.low, given.close, given.volume)`);
  const firstMs = told?.first_ms ?? undefined;
  return { count: told?.count ?? 0, firstTimeMs: firstMs === undefined ? undefined : Number(firstMs) };
}

/** Has the clean-up leave a series alone, if something of it is stored already. */
export async function keepSeries(db: Db, { venue, symbol, timeframe }: Series): Promise<void> {
  await db
    .update(candleSeries)
    .set({ isKept: true })
    .where(
      and(
        eq(candleSeries.venue, venue),
        eq(candleSeries.symbol, symbol),
        eq(candleSeries.timeframe, timeframe),
      ),
    );
}

/** Removes stored candles of one timeframe that opened before `beforeMs`, except those of series that are kept. */
export async function deleteCandlesBefore(db: Db, timeframe: string, beforeMs: number): Promise<void> {
  const before = new Date(beforeMs).toISOString();
  await db.execute(sql`
    with gone as (
      delete from candles using candle_series kept
      where candles.timeframe = ${timeframe} and candles.open_time < ${before}::timestamptz
        and kept.venue = candles.venue and kept.symbol = candles.symbol and kept.timeframe = candles.timeframe
        and not kept.is_kept
      returning candles.venue, candles.symbol
    ), sums as (select venue, symbol, count(*) as count from gone group by 1, 2)
    update candle_series set
      count = candle_series.count - sums.count,
      first_open_time = coalesce(
        (select min(open_time) from candles left_over
         where left_over.venue = candle_series.venue and left_over.symbol = candle_series.symbol
           and left_over.timeframe = candle_series.timeframe and left_over.open_time >= ${before}::timestamptz),
        candle_series.last_open_time)
    from sums
    where candle_series.venue = sums.venue and candle_series.symbol = sums.symbol
      and candle_series.timeframe = ${timeframe}`);
  await db.execute(sql`delete from candle_series where count <= 0 and not is_kept`);
}
