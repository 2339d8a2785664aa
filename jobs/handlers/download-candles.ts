import {
  advanceDownload,
  findDownload,
  finishDownload,
  noteDownloadProblem,
  type CandleDownload,
} from '../../db/queries/candle-downloads.ts';
import { downloadCandles } from '../candle-files/download-candles.ts';
import type { Deps } from '../deps.ts';
import { ExchangeError } from '../exchange/errors.ts';
import type { Payload } from '../queues.ts';
import { isTimeframe } from '../trading/timeframe.ts';

/** So long a job works before it hands on to the next: a worker that stops loses no more than a page. */
const SLICE_MS = 30_000;

/** Fetches the next stretch of a download, and enqueues the one after it. What is stored is never asked for again. */
export async function workOnDownload(deps: Deps, payload: Payload<'download-candles'>): Promise<void> {
  const download = await findDownload(deps.db, payload.downloadId);
  if (download?.status !== 'running') return;
  try {
    await fetchSlice(deps, download);
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error;
    if (['transient', 'rate-limited'].includes(error.kind)) {
      await noteDownloadProblem(deps.db, download.id, error.message);
      throw error;
    }
    const atMs = deps.clock.now();
    await finishDownload(deps.db, download.id, { status: 'failed', problem: error.message, atMs });
    return;
  }
  await handOn(deps, payload);
}

async function fetchSlice(deps: Deps, download: CandleDownload): Promise<void> {
  const { id, venue, symbol, timeframe } = download;
  if (!isTimeframe(timeframe)) throw new ExchangeError('rejected', `There is no timeframe ${timeframe}.`);
  const untilMs = deps.clock.now() + SLICE_MS;
  await downloadCandles(
    {
      db: deps.db,
      market: deps.marketData(venue),
      onStep: async (step) => (await advanceDownload(deps.db, id, step)) && deps.clock.now() < untilMs,
    },
    { symbol, timeframe, fromMs: download.reachedTime.getTime(), toMs: download.toTime.getTime() },
  );
}

async function handOn(deps: Deps, { downloadId, step }: Payload<'download-candles'>): Promise<void> {
  const download = await findDownload(deps.db, downloadId);
  if (download?.status !== 'running') return;
  if (download.reachedTime >= download.toTime) {
    await finishDownload(deps.db, downloadId, { status: 'done', atMs: deps.clock.now() });
    return;
  }
  const next = { downloadId, step: step + 1 };
  await deps.boss.enqueue(deps.db, 'download-candles', [
    { payload: next, key: `${downloadId}:${next.step}` },
  ]);
}
