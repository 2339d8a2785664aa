import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Db } from '../../db/client.ts';
import { loadStoredCandles } from '../candle-files/load-stored-candles.ts';
import { DEMO_VENUE } from '../exchange/demo-market.ts';
import { unreadable } from '../trading/candle-problems.ts';
import type { Candles } from '../trading/types.ts';
import type { OptimizationRequest } from './bench.ts';
import { shareCandles } from './share-candles.ts';

/**
 * Returns the candles of an optimisation, in memory that threads can share: from the store, or computed for the demo market.
 * Throws `CandleFileError` where nothing is stored.
 */
export async function loadSharedCandles(db: Db, request: OptimizationRequest): Promise<Candles> {
  const { venue, symbol, timeframe, fromMs, toMs } = request;
  if (venue === DEMO_VENUE) return computeInThread({ symbol, timeframe, fromMs, toMs });
  const { candles } = await loadStoredCandles(db, { venue, symbol, timeframe }, { fromMs, toMs });
  if (candles.close.length === 0)
    throw unreadable(`There are no ${timeframe} candles of ${symbol} in this period.`);
  return shareCandles(candles);
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
