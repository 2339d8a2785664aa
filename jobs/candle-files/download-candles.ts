import type { Db } from '../../db/client.ts';
import { listHoles, type Stretch } from '../../db/queries/candle-history.ts';
import { keepSeries, storeCandles } from '../../db/queries/candles.ts';
import type { MarketDataGateway } from '../exchange/gateway.ts';
import { timeframeMs, type Timeframe } from '../trading/timeframe.ts';

export type Download = { symbol: string; timeframe: Timeframe } & Stretch;

/** How far a download has come: everything before `reachedMs` was asked for. */
export type DownloadStep = { reachedMs: number; added: number };

type Parts = {
  db: Db;
  market: MarketDataGateway;
  /** Told after each page is stored; a `false` ends the download there. */
  onStep: (step: DownloadStep) => boolean | Promise<boolean>;
};

/** What most venues give in one page. */
const PAGE = 1_000;

/** Returns the stretch of whole, closed candles within a stretch of time. */
export function closedStretch({ timeframe, fromMs, toMs }: Omit<Download, 'symbol'>, nowMs: number): Stretch {
  const stepMs = timeframeMs(timeframe);
  return {
    fromMs: Math.ceil(fromMs / stepMs) * stepMs,
    toMs: Math.floor(Math.min(toMs, nowMs) / stepMs) * stepMs,
  };
}

/**
 * Fetches what the store lacks of a stretch (see `closedStretch`), oldest first, and stores it page by page: after an end of
 * any kind the next run goes on from there. Holes that the venue has nothing for stay, and are asked for again by the next
 * run. Returns whether it came to the end. Throws `ExchangeError`.
 */
export async function downloadCandles(parts: Parts, download: Download): Promise<boolean> {
  const { symbol, timeframe, fromMs, toMs } = download;
  const series = { venue: parts.market.venue, symbol, timeframe };
  await keepSeries(parts.db, series);
  const holes = await listHoles(parts.db, series, { fromMs, toMs, stepMs: timeframeMs(timeframe) });
  for (const hole of holes) {
    if (!(await fillHole(parts, { ...download, ...hole }))) return false;
  }
  return await parts.onStep({ reachedMs: toMs, added: 0 });
}

async function fillHole(parts: Parts, { symbol, timeframe, fromMs, toMs }: Download): Promise<boolean> {
  const { db, market } = parts;
  const series = { venue: market.venue, symbol, timeframe };
  const stepMs = timeframeMs(timeframe);
  let sinceMs = fromMs;
  while (sinceMs < toMs) {
    const limit = Math.min(PAGE, (toMs - sinceMs) / stepMs);
    const page = await market.fetchCandles({ symbol, timeframe, sinceMs, limit });
    const rows = page.filter((row) => row.openTimeMs < toMs);
    const { added } = await storeCandles(db, series, { rows, keeps: true });
    const newest = page.at(-1);
    sinceMs = newest === undefined ? toMs : Math.min(toMs, newest.openTimeMs + stepMs);
    if (!(await parts.onStep({ reachedMs: sinceMs, added }))) return false;
  }
  return true;
}
