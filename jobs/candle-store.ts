import { listCandles, storeCandles, type Series } from '../db/queries/candles.ts';
import type { Db } from '../db/client.ts';
import type { Clock } from './clock.ts';
import type { MarketDataGateway } from './exchange/gateway.ts';
import { findGaps, toCandles, type CandleGap } from './trading/candles.ts';
import { MOST_CANDLES } from './trading/strategies/scan.ts';
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

/**
 * Candles kept in memory per series, and series kept: about 100 bytes a candle, so 100 MB. A series of which a strategy asks
 * for more keeps as many as that, up to `MOST_CANDLES`.
 */
const ROWS_PER_SERIES = 1_000;
const SERIES_IN_MEMORY = 1_000;
/** A gap that the venue could not fill twice is taken for real: no trades, or a halt. */
const GAP_TRIES = 2;

type Entry = {
  rows: Candle[];
  /** How many rows are kept: as many as anybody has asked for. */
  kept: number;
  /** The venue has been asked for everything from here on; what is absent after it, the venue does not have. */
  askedFromMs: number;
  isLoaded: boolean;
  gapTries: Map<number, number>;
  loading: Promise<void> | null;
};

type Parts = { db: Db; clock: Clock; marketData: (venue: string) => MarketDataGateway };

/** One series, its memory, and where more of it comes from. */
type Shelf = { parts: Parts; series: CandleSeries; entry: Entry };

/** The newest `count` candles of a timeframe, as of a moment. */
type Want = { timeframe: Timeframe; count: number; nowMs: number };

/**
 * Makes the one way to candles: memory, then the `candles` table, then the venue. One fetch per series at a time,
 * whatever the number of callers; holes are asked for again.
 */
export function createCandleStore(parts: Parts): CandleStore {
  const entries = new Map<string, Entry>();
  const loadOnce = (shelf: Shelf, count: number) =>
    (shelf.entry.loading ??= load(shelf, count).finally(() => (shelf.entry.loading = null)));

  return {
    async latest({ count, ...series }) {
      const entry = touch(entries, `${series.venue} ${series.symbol} ${series.timeframe}`);
      const shelf = { parts, series, entry };
      const want = {
        timeframe: series.timeframe,
        count: Math.min(count, MOST_CANDLES),
        nowMs: parts.clock.now(),
      };
      entry.kept = Math.max(entry.kept, want.count);
      if (needsMore(entry, want)) await loadOnce(shelf, want.count);
      // The fetch that was under way may have been for fewer candles.
      if (!reachesBack(entry, want)) await loadOnce(shelf, want.count);
      return toCandles(entry.rows.slice(-want.count));
    },
  };
}

/** Returns the series' entry and makes it the newest used; the least recently used one goes when there are too many. */
function touch(entries: Map<string, Entry>, key: string): Entry {
  const entry = entries.get(key) ?? {
    rows: [],
    kept: ROWS_PER_SERIES,
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

function needsMore(entry: Entry, want: Want): boolean {
  const newestMs = entry.rows.at(-1)?.openTimeMs ?? -Infinity;
  if (newestMs < lastClosedOpenTime(want.timeframe, want.nowMs)) return true;
  return !reachesBack(entry, want) || findOpenGap(entry, want.timeframe, want.count) !== undefined;
}

const firstOpenTime = ({ timeframe, count, nowMs }: Want) =>
  lastClosedOpenTime(timeframe, nowMs) - (count - 1) * timeframeMs(timeframe);

function reachesBack(entry: Entry, want: Want): boolean {
  return entry.askedFromMs <= firstOpenTime(want);
}

/** Returns the first hole among the newest `count` candles that is still worth asking for. */
function findOpenGap(entry: Entry, timeframe: Timeframe, count: number): CandleGap | undefined {
  const times = entry.rows.slice(-count).map((row) => row.openTimeMs);
  return findGaps(times, timeframe).find((gap) => (entry.gapTries.get(gap.fromMs) ?? 0) < GAP_TRIES);
}

async function load(shelf: Shelf, count: number): Promise<void> {
  const { entry, series } = shelf;
  if (!entry.isLoaded) await loadStored(shelf);
  await fetchNewest(shelf, count);
  const gap = findOpenGap(entry, series.timeframe, count);
  if (!gap) return;
  entry.gapTries.set(gap.fromMs, (entry.gapTries.get(gap.fromMs) ?? 0) + 1);
  await fetchFrom(shelf, gap.fromMs, Math.min(gap.missing, entry.kept));
}

/** Fetches from the newest known candle on; or, where memory does not reach back far enough, the whole stretch. */
async function fetchNewest(shelf: Shelf, count: number): Promise<void> {
  const { entry, parts } = shelf;
  const { timeframe } = shelf.series;
  const length = timeframeMs(timeframe);
  const nowMs = parts.clock.now();
  const wantedMs = lastClosedOpenTime(timeframe, nowMs);
  const startMs = firstOpenTime({ timeframe, count, nowMs });
  const newestMs = entry.rows.at(-1)?.openTimeMs ?? -Infinity;
  const sinceMs = entry.askedFromMs <= startMs ? Math.max(newestMs + length, startMs) : startMs;
  if (sinceMs > wantedMs) return;
  await fetchFrom(shelf, sinceMs, (wantedMs - sinceMs) / length + 1);
  entry.askedFromMs = Math.min(entry.askedFromMs, startMs);
}

async function fetchFrom({ parts, series, entry }: Shelf, sinceMs: number, limit: number): Promise<void> {
  const { venue, symbol, timeframe } = series;
  const fetched = await parts.marketData(venue).fetchCandles({ symbol, timeframe, sinceMs, limit });
  const known = new Set(entry.rows.map((row) => row.openTimeMs));
  const added = fetched.filter((row) => !known.has(row.openTimeMs));
  if (added.length === 0) return;
  if (isStored(series)) await storeCandles(parts.db, series, { rows: added });
  const merged = [...entry.rows, ...added].sort((a, b) => a.openTimeMs - b.openTimeMs);
  entry.rows = merged.slice(-entry.kept);
  // What is let go would have to be asked for again.
  const oldestMs = entry.rows[0]?.openTimeMs ?? -Infinity;
  if (merged.length > entry.kept) entry.askedFromMs = Math.max(entry.askedFromMs, oldestMs);
}

/** The demo market computes its candles, so they are not worth a table. */
const isStored = (series: Series) => series.venue !== 'demo';

/** Reads what is stored and unbroken up to its newest candle: it saves asking the venue for it again after a start. */
async function loadStored({ parts, entry, series }: Shelf): Promise<void> {
  if (isStored(series)) {
    const stored = await listCandles(parts.db, series, {
      untilMs: parts.clock.now(),
      count: entry.kept,
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
