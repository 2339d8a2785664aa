import {
  cancelDownload as endDownload,
  insertDownload,
  listDownloads as findDownloads,
  type CandleDownload,
} from '../../db/queries/candle-downloads.ts';
import { listSeries } from '../../db/queries/candle-history.ts';
import { closedStretch } from '../../jobs/candle-files/download-candles.ts';
import { exportCandles } from '../../jobs/candle-files/export-candles.ts';
import type { Deps } from '../../jobs/deps.ts';
import { isTimeframe, timeframeMs } from '../../jobs/trading/timeframe.ts';
import type { DownloadInput, DownloadView, ExportQuery, StoredSeriesView } from '../schemas/candles.ts';
import { AppError, refuseField } from './app-error.ts';
import { notFound, requireId } from './ids.ts';
import { askExchange, requireMarketData, venueName } from './markets.server.ts';

/** Downloads that the page shows. */
const DOWNLOADS = 8;
const DAY_MS = 86_400_000;

/** Returns what the candle store holds. It is shared: candles are public facts. */
export async function listStoredSeries(deps: Deps): Promise<StoredSeriesView[]> {
  const series = await listSeries(deps.db);
  return series.map(({ venue, symbol, timeframe, firstMs, lastMs, count }) => {
    const stepMs = isTimeframe(timeframe) ? timeframeMs(timeframe) : NaN;
    const span = (lastMs - firstMs) / stepMs + 1;
    return {
      venue,
      venueName: venueName(venue),
      symbol,
      timeframe,
      firstTime: new Date(firstMs).toISOString(),
      lastTime: new Date(lastMs).toISOString(),
      count,
      missing: Number.isFinite(span) ? Math.max(0, Math.round(span) - count) : 0,
    };
  });
}

/** Returns a user's newest downloads. */
export async function listDownloads(deps: Deps, userId: string): Promise<DownloadView[]> {
  return (await findDownloads(deps.db, userId, DOWNLOADS)).map(toView);
}

function toView(row: CandleDownload): DownloadView {
  const [from, to, reached] = [row.fromTime, row.toTime, row.reachedTime].map((time) => time.getTime());
  return {
    id: row.id,
    venueName: venueName(row.venue),
    symbol: row.symbol,
    timeframe: row.timeframe,
    fromTime: row.fromTime.toISOString(),
    toTime: row.toTime.toISOString(),
    status: row.status,
    progress: ((reached ?? 0) - (from ?? 0)) / ((to ?? 1) - (from ?? 0)),
    stored: row.stored,
    problem: row.problem,
  };
}

/** Enqueues the fetching of whole days from an exchange. Refuses what the exchange does not have, and a second one of a series. */
export async function startDownload(deps: Deps, userId: string, input: DownloadInput): Promise<void> {
  const { exchange: venue, symbol, timeframe } = input;
  await requireSeries(deps, input);
  if (input.to < input.from) throw refuseField('to', 'The last day must not lie before the first.');
  const wanted = { timeframe, fromMs: input.from, toMs: input.to + DAY_MS };
  const nowMs = deps.clock.now();
  const { fromMs, toMs } = closedStretch(wanted, nowMs);
  if (toMs <= fromMs) throw refuseField('from', 'No candle of these days has closed yet.');
  await deps.db.transaction(async (tx) => {
    const times = { fromTime: new Date(fromMs), toTime: new Date(toMs), createdAt: new Date(nowMs) };
    const row = await insertDownload(tx, { userId, venue, symbol, timeframe, ...times });
    if (!row) {
      throw new AppError(
        'conflict',
        `${symbol} ${timeframe} is being downloaded from ${venueName(venue)} already. Wait for its end, or call it off.`,
      );
    }
    const payload = { downloadId: row.id, step: 0 };
    await deps.boss.enqueue(tx, 'download-candles', [{ payload, key: `${row.id}:0` }]);
  });
}

async function requireSeries(deps: Deps, { exchange, symbol, timeframe }: DownloadInput): Promise<void> {
  const market = requireMarketData(deps, exchange);
  const [markets, timeframes] = await askExchange(
    exchange,
    Promise.all([market.loadMarkets(), market.timeframes()]),
  );
  const name = venueName(exchange);
  if (!markets.has(symbol)) throw refuseField('symbol', `${name} has no spot market ${symbol}.`);
  if (!timeframes.includes(timeframe)) {
    throw refuseField('timeframe', `${name} has ${timeframes.join(', ')}, not ${timeframe}.`);
  }
}

/** Calls off a user's own download; what it brought stays. */
export async function cancelDownload(deps: Deps, userId: string, id: string): Promise<void> {
  const what = 'running download';
  const isEnded = await endDownload(deps.db, { userId, id: requireId(id, what) }, deps.clock.now());
  if (!isEnded) throw notFound(what);
}

/** Returns the CSV of a stored series, as it is read from the database. Throws 404 where nothing is stored. */
export async function exportSeries(deps: Deps, query: ExportQuery): Promise<AsyncIterable<string>> {
  const { exchange: venue, symbol, timeframe } = query;
  const stored = (await listSeries(deps.db)).find(
    (each) => each.venue === venue && each.symbol === symbol && each.timeframe === timeframe,
  );
  if (!stored) throw notFound('stored series');
  return exportCandles(
    deps.db,
    { venue, symbol, timeframe },
    { fromMs: stored.firstMs, toMs: stored.lastMs + 1 },
  );
}
