/** Long stretches of candles: what is stored of a series, what is missing, and reading it all. */
import { asc, sql, type SQL } from 'drizzle-orm';
import type { Db } from '../client.ts';
import { candleSeries } from '../schema/market.ts';
import type { Series } from './candles.ts';

/** A stretch of time from `fromMs` up to `toMs`, exclusive; both open times of candles. */
export type Stretch = { fromMs: number; toMs: number };

/** What the store holds of one series. Times are open times. */
export type StoredSeries = Series & { firstMs: number; lastMs: number; count: number; isKept: boolean };

/** Returns what the store holds, by venue, symbol and timeframe. Reads no candle. */
export async function listSeries(db: Db): Promise<StoredSeries[]> {
  const { venue, symbol, timeframe } = candleSeries;
  const rows = await db.select().from(candleSeries).orderBy(asc(venue), asc(symbol), asc(timeframe));
  return rows.map(({ firstOpenTime, lastOpenTime, ...row }) => ({
    ...row,
    firstMs: firstOpenTime.getTime(),
    lastMs: lastOpenTime.getTime(),
  }));
}

const at = (timeMs: number) => sql`${new Date(timeMs).toISOString()}::timestamptz`;
const msOf = (time: SQL) => sql`(extract(epoch from ${time}) * 1000)::bigint::text`;
const within = ({ venue, symbol, timeframe }: Series, { fromMs, toMs }: Stretch) => sql`
  venue = ${venue} and symbol = ${symbol} and timeframe = ${timeframe}
  and open_time >= ${at(fromMs)} and open_time < ${at(toMs)}`;

/** Returns the stretches without a candle in between, oldest first. Candles lie `stepMs` apart. */
export async function listHoles(
  db: Db,
  series: Series,
  { fromMs, toMs, stepMs }: Stretch & { stepMs: number },
): Promise<Stretch[]> {
  const step = sql`make_interval(secs => ${stepMs / 1_000})`;
  const rows = await db.execute<{ hole_from: string; hole_to: string }>(sql`
    select ${msOf(sql`open_time + ${step}`)} as hole_from, ${msOf(sql`next_time`)} as hole_to
    from (
      select open_time, lead(open_time, 1, ${at(toMs)}) over (order by open_time) as next_time
      from (
        select ${at(fromMs - stepMs)} as open_time
        union all
        select open_time from candles where ${within(series, { fromMs, toMs })}
      ) known
    ) steps
    where next_time > open_time + ${step}
    order by open_time`);
  return rows.map((row) => ({ fromMs: Number(row.hole_from), toMs: Number(row.hole_to) }));
}

/** Stored candles as lines of CSV, and the open time of the last. */
export type CsvPage = { lines: string[]; lastMs: number };

/**
 * Returns stored candles as lines of `timestamp,open,high,low,close,volume`, in the shortest decimal form, oldest first;
 * `undefined` where there are none.
 */
export async function readCsvPage(
  db: Db,
  series: Series,
  { limit, ...stretch }: Stretch & { limit: number },
): Promise<CsvPage | undefined> {
  const rows = await db.execute<{ time: string; figures: string }>(sql`
    select ${msOf(sql`open_time`)} as time,
      concat_ws(',', trim_scale(open), trim_scale(high), trim_scale(low), trim_scale(close), trim_scale(volume)) as figures
    from candles where ${within(series, stretch)}
    order by open_time limit ${limit}`);
  const last = rows.at(-1);
  return last && { lines: rows.map((row) => `${row.time},${row.figures}`), lastMs: Number(last.time) };
}
