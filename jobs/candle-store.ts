import { listCandles, storeCandles, type Series } from '../db/queries/candles.ts';
import type { Db } from '../db/client.ts';
import type { Clock } from './deps.ts';
import type { MarketDataGateway } from './exchange/gateway.ts';
import { findGaps, toCandles, type CandleGap } from './trading/candles.ts';
import { lastClosedOpenTime, timeframeMs, type Timeframe } from './trading/timeframe.ts';
import type { Candle, Candles } from './trading/types.ts';

export type CandleSeries = { venue: string; symbol: string; timeframe: Timeframe };

export type CandleStore = {
  /**
   * Returns the newest closed candles, oldest first, at most `count`; fewer where the venue has fewer. The newest may be
   * older than the clock suggests where the venue has not published it yet. Throws `ExchangeError`.
   */
  latest(query: CandleSeries & { count: number }): Promise<Candles>;
};

/** Candles kept in memory per series, and series kept: about 100 bytes a candle, so 100 MB at the very most. */
const ROWS_PER_SERIES = 1_000;
const SERIES_IN_MEMORY = 1_000;
/** A gap that the venue could not fill twice is taken for real: no trades, or a halt. */
const GAP_TRIES = 2;

type Entry = {
  rows: Candle[];
  /** The venue has been asked for everything from here on; what is absent after it, the venue does not have. */
  askedFromMs: number;
  isLoaded: boolean;
  gapTries: Map<number, number>;
  loading: Promise<void> | null;
};

type Parts = { db: Db; clock: Clock; marketData(venue: string): MarketDataGateway };

/**
 * Makes the one way to candles: memory, then the `candles` table, then the venue. One fetch per series at a time,
 * whatever the number of callers; holes are asked for again.
 */
export function createCandleStore(parts: Parts): CandleStore {
  const entries = new Map<string, Entry>();
  const loadOnce = (entry: Entry, series: CandleSeries, count: number) =>
    (entry.loading ??= load(parts, entry, series, count).finally(() => (entry.loading = null)));

  return {
    async latest({ count, ...series }) {
      const entry = touch(entries, `${series.venue} ${series.symbol} ${series.timeframe}`);
      const wanted = Math.min(count, ROWS_PER_SERIES);
      const nowMs = parts.clock.now();
      if (needsMore(entry, series.timeframe, wanted, nowMs)) await loadOnce(entry, series, wanted);
      // The fetch that was under way may have been for fewer candles.
      if (!reachesBack(entry, series.timeframe, wanted, nowMs)) await loadOnce(entry, series, wanted);
      return toCandles(entry.rows.slice(-wanted));
    },
  };
}

/** Returns the series' entry and makes it the newest used; the least recently used one goes when there are too many. */
function touch(entries: Map<string, Entry>, key: string): Entry {
  const entry = entries.get(key) ?? {
    rows: [],
    askedFromMs: Infinity,
    isLoaded: false,
    gapTries: new Map<number, number>(),
    loading: null,
  };
  entries.delete(key);
  entries.set(key, entry);
  const oldest = entries.keys().next();
  if (entries.size > SERIES_IN_MEMORY && !oldest.done) entries.delete(oldest.value);
  return entry;
}

function needsMore(entry: Entry, timeframe: Timeframe, count: number, nowMs: number): boolean {
  const newestMs = entry.rows.at(-1)?.openTimeMs ?? -Infinity;
  if (newestMs < lastClosedOpenTime(timeframe, nowMs)) return true;
  return !reachesBack(entry, timeframe, count, nowMs) || findOpenGap(entry, timeframe, count) !== undefined;
}

function reachesBack(entry: Entry, timeframe: Timeframe, count: number, nowMs: number): boolean {
  return entry.askedFromMs <= lastClosedOpenTime(timeframe, nowMs) - (count - 1) * timeframeMs(timeframe);
}

/** Returns the first hole among the newest `count` candles that is still worth asking for. */
function findOpenGap(entry: Entry, timeframe: Timeframe, count: number): CandleGap | undefined {
  const times = entry.rows.slice(-count).map((row) => row.openTimeMs);
  return findGaps(times, timeframe).find((gap) => (entry.gapTries.get(gap.fromMs) ?? 0) < GAP_TRIES);
}

async function load(parts: Parts, entry: Entry, series: CandleSeries, count: number): Promise<void> {
  if (!entry.isLoaded) await loadStored(parts, entry, series);
  await fetchNewest(parts, entry, series, count);
  const gap = findOpenGap(entry, series.timeframe, count);
  if (!gap) return;
  entry.gapTries.set(gap.fromMs, (entry.gapTries.get(gap.fromMs) ?? 0) + 1);
  await fetchFrom(parts, entry, series, {
    sinceMs: gap.fromMs,
    limit: Math.min(gap.missing, ROWS_PER_SERIES),
  });
}

/** Fetches from the newest known candle on; or, where memory does not reach back far enough, the whole stretch. */
async function fetchNewest(parts: Parts, entry: Entry, series: CandleSeries, count: number): Promise<void> {
  const length = timeframeMs(series.timeframe);
  const wantedMs = lastClosedOpenTime(series.timeframe, parts.clock.now());
  const startMs = wantedMs - (count - 1) * length;
  const newestMs = entry.rows.at(-1)?.openTimeMs ?? -Infinity;
  const sinceMs = entry.askedFromMs <= startMs ? Math.max(newestMs + length, startMs) : startMs;
  if (sinceMs > wantedMs) return;
  await fetchFrom(parts, entry, series, { sinceMs, limit: (wantedMs - sinceMs) / length + 1 });
  entry.askedFromMs = Math.min(entry.askedFromMs, startMs);
}

async function fetchFrom(
  parts: Parts,
  entry: Entry,
  series: CandleSeries,
  range: { sinceMs: number; limit: number },
): Promise<void> {
  const { venue, symbol, timeframe } = series;
  const fetched = await parts.marketData(venue).fetchCandles({ symbol, timeframe, ...range });
  const known = new Set(entry.rows.map((row) => row.openTimeMs));
  const added = fetched.filter((row) => !known.has(row.openTimeMs));
  if (added.length === 0) return;
  if (isStored(series)) await storeCandles(parts.db, series, added);
  const merged = [...entry.rows, ...added].sort((a, b) => a.openTimeMs - b.openTimeMs);
  entry.rows = merged.slice(-ROWS_PER_SERIES);
}

/** The demo market computes its candles, so they are not worth a table. */
const isStored = (series: Series) => series.venue !== 'demo';

/** Reads what is stored and unbroken up to its newest candle: it saves asking the venue for it again after a start. */
async function loadStored(parts: Parts, entry: Entry, series: CandleSeries): Promise<void> {
  if (isStored(series)) {
    const stored = await listCandles(parts.db, series, {
      untilMs: parts.clock.now(),
      count: ROWS_PER_SERIES,
    });
    const lastGap = findGaps(
      stored.map((row) => row.openTimeMs),
      series.timeframe,
    ).at(-1);
    entry.rows = lastGap ? stored.filter((row) => row.openTimeMs > lastGap.toMs) : stored;
    entry.askedFromMs = entry.rows[0]?.openTimeMs ?? Infinity;
  }
  entry.isLoaded = true;
}
