import type { Db } from '../../db/client.ts';
import { findDifferences, keepSeries, storeCandles, type Differences } from '../../db/queries/candles.ts';
import { sliceCandles, toRows } from '../trading/candles.ts';
import { timeframeMs, type Timeframe } from '../trading/timeframe.ts';
import type { Candles } from '../trading/types.ts';

export type ImportSeries = { venue: string; symbol: string; timeframe: Timeframe };

export type ImportResult = {
  /** Candles gone through: all, unless it was stopped. */
  done: number;
  added: number;
  /** Stored candles whose figures were replaced. */
  changed: number;
  /** Stored candles that have other figures and were left as they were. */
  differing: Differences;
};

/** Why candles do not fit into a series of the store, in words that say what to do; `undefined` where they do. */
export function findMisfit(candles: Candles, timeframe: Timeframe, nowMs: number): string | undefined {
  const stepMs = timeframeMs(timeframe);
  const times = candles.openTimeMs;
  const offGrid = times.find((time) => time % stepMs !== 0);
  if (offGrid !== undefined) {
    return `The candle at ${toIso(offGrid)} does not open at a multiple of ${timeframe}. Give the timeframe that the candles have.`;
  }
  const gapless = times.findIndex((time, index) => time - (times[index - 1] ?? NaN) === stepMs);
  if (times.length > 1 && gapless < 0) {
    return `No two candles lie ${timeframe} apart. Give the timeframe that the candles have.`;
  }
  const lastMs = times.at(-1) ?? 0;
  if (lastMs + stepMs > nowMs) {
    return `The last candle, at ${toIso(lastMs)}, is not over yet. Leave out what is not closed.`;
  }
  return undefined;
}

const toIso = (timeMs: number) => new Date(timeMs).toISOString();

const BATCH = 20_000;

/**
 * Stores candles that fit (see `findMisfit`), a batch a transaction, and has the clean-up leave the series alone. Equal ones
 * are passed over; ones with other figures are counted, and replaced only if `replaces`. A `false` of
 * `onProgress` ends it after a batch; run again, it stores the rest.
 */
export async function importCandles(
  db: Db,
  series: ImportSeries,
  work: { candles: Candles; replaces: boolean; onProgress: (done: number) => boolean },
): Promise<ImportResult> {
  const result: ImportResult = {
    done: 0,
    added: 0,
    changed: 0,
    differing: { count: 0, firstTimeMs: undefined },
  };
  await keepSeries(db, series);
  const total = work.candles.openTimeMs.length;
  for (let from = 0; from < total; from += BATCH) {
    const rows = toRows(sliceCandles(work.candles, from, from + BATCH));
    const stored = await storeCandles(db, series, { rows, keeps: true, replaces: work.replaces });
    result.added += stored.added;
    result.changed += stored.changed;
    if (stored.added < rows.length && !work.replaces) {
      const differing = await findDifferences(db, series, rows);
      result.differing.count += differing.count;
      result.differing.firstTimeMs ??= differing.firstTimeMs;
    }
    result.done = Math.min(total, from + BATCH);
    if (!work.onProgress(result.done)) break;
  }
  return result;
}
