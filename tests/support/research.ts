import type { BenchData, OptimizationRequest } from '../../jobs/research/bench.ts';
import { setUpBench, type ReadyBench } from '../../jobs/research/bench.ts';
import { shareCandles } from '../../jobs/research/share-candles.ts';
import { toCandles } from '../../jobs/trading/candles.ts';
import type { OptimizationPlan } from '../../jobs/trading/research/optimization.ts';
import { createRandom } from '../../jobs/trading/research/random.ts';
import type { Candles } from '../../jobs/trading/types.ts';

const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2024, 0, 1);

/** Hourly candles without any drift or memory: nothing can be learned from them. */
export function noiseCandles(count: number, seed = 1): Candles {
  const random = createRandom(seed, 'noise');
  let price = 100;
  const rows = Array.from({ length: count }, (_, index) => {
    const open = price;
    price *= Math.exp((random.fraction() - 0.5) / 30);
    const [high, low] = [Math.max(open, price), Math.min(open, price)];
    return { openTimeMs: START_MS + index * HOUR_MS, open, high, low, close: price, volume: 1 };
  });
  return toCandles(rows);
}

export const REQUEST: OptimizationRequest = {
  strategy: 'RSI_CROSS',
  venue: 'binance',
  symbol: 'BTC/USDT',
  timeframe: '1h',
  fromMs: START_MS,
  toMs: START_MS + 3_000 * HOUR_MS,
  initialBalance: '1000',
  stake: 'all',
  fee: '0.001',
  slippage: '0',
  risk: {},
};

export const PLAN: OptimizationPlan = {
  vary: ['rsi_period=4..14:2', 'oversold=25..40:5', 'overbought=60..75:5'],
  sampler: 'random',
  objective: 'sharpe',
  tries: 40,
  seed: '7',
  holdOut: 0.3,
  minTrades: 5,
  walkSteps: 0,
};

/** An optimisation on noise, ready to run. */
export function benchData(plan: Partial<OptimizationPlan> = {}, count = 3_000): BenchData & ReadyBench {
  const data = { request: REQUEST, plan: { ...PLAN, ...plan }, candles: shareCandles(noiseCandles(count)) };
  const ready = setUpBench(data);
  if ('faults' in ready) throw new Error(JSON.stringify(ready.faults));
  return { ...data, ...ready };
}
