/** A thread that computes candles of the demo market, so that nothing else in the process waits for them. */
import { parentPort, workerData } from 'node:worker_threads';
import { computeDemoCandles, type DemoStretch } from '../backtests/demo-candles.ts';
import type { Candles } from '../trading/types.ts';
import { shareCandles } from './share-candles.ts';

parentPort?.postMessage(shareCandles(await computeDemoCandles(workerData as DemoStretch)) satisfies Candles);
