import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Db } from '../../db/client.ts';
import { listHoles } from '../../db/queries/candle-history.ts';
import { loadStoredCandles } from '../candle-files/load-stored-candles.ts';
import { DEMO_VENUE } from '../exchange/demo-market.ts';
import { timeframeMs } from '../trading/timeframe.ts';
import type { Candles } from '../trading/types.ts';
import type { OptimizationRequest } from './bench.ts';
import { OptimizationFault } from './optimization-fault.ts';
import { shareCandles } from './share-candles.ts';

export type LoadedCandles = {
  candles: Candles;
  /** Candles of the period that nobody has. */
  missing: number;
};

/**
 * Returns the candles of an optimisation, in memory that threads can share: from the store, or computed for the demo market.
 * Throws `OptimizationFault` where nothing is stored.
 */
export async function loadSharedCandles(db: Db, request: OptimizationRequest): Promise<LoadedCandles> {
  const { venue, symbol, timeframe, fromMs, toMs } = request;
  if (venue === DEMO_VENUE)
    return { candles: await computeInThread({ symbol, timeframe, fromMs, toMs }), missing: 0 };
  const series = { venue, symbol, timeframe };
  const stepMs = timeframeMs(timeframe);
  const holes = await listHoles(db, series, { fromMs, toMs, stepMs });
  const missing = holes.reduce((total, hole) => total + (hole.toMs - hole.fromMs) / stepMs, 0);
  if (missing >= (toMs - fromMs) / stepMs)
    throw new OptimizationFault(`There are no ${timeframe} candles of ${symbol} in this period.`);
  const { candles } = await loadStoredCandles(db, series, { fromMs, toMs });
  return { candles: shareCandles(candles), missing };
}

async function computeInThread(
  stretch: Pick<OptimizationRequest, 'symbol' | 'timeframe' | 'fromMs' | 'toMs'>,
): Promise<Candles> {
  const worker = new Worker(new URL('./demo-thread.ts', import.meta.url), { workerData: stretch });
  try {
    const [candles] = (await once(worker, 'message')) as [Candles];
    return candles;
  } finally {
    await worker.terminate();
  }
}
