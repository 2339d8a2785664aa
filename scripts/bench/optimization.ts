/** An optimisation on two threads beside the same on one, turn about, on candles that are in memory. */
import { setUpBench, type BenchData, type OptimizationRequest } from '../../jobs/research/bench.ts';
import { optimize, type OptimizationMemory } from '../../jobs/research/optimize.ts';
import { shareCandles } from '../../jobs/research/share-candles.ts';
import { openPool, type ThreadPool } from '../../jobs/research/thread-pool.ts';
import type { TrialResult } from '../../jobs/trading/research/trial.ts';
import { walkCandles } from '../bench-candles.ts';
import type { Benchmark } from '../measure.ts';

const POINTS = 1_000;
const CANDLES = 50_000;
const ROUNDS = 3;

const REQUEST: OptimizationRequest = {
  strategy: 'RSI_CROSS',
  venue: 'demo',
  symbol: 'BTC/USDT',
  timeframe: '1m',
  fromMs: 0,
  toMs: CANDLES * 60_000,
  initialBalance: '1000',
  stake: 'all',
  fee: '0.001',
  slippage: '0',
  risk: {},
};

/** A thousand points: 10 x 10 x 10. */
const DATA: BenchData = {
  request: REQUEST,
  plan: {
    vary: ['rsi_period=5..14', 'oversold=20..38:2', 'overbought=62..80:2'],
    sampler: 'grid',
    objective: 'sharpe',
    tries: POINTS,
    seed: '1',
    holdOut: 0.3,
    minTrades: 10,
    walkSteps: 0,
  },
  candles: shareCandles(walkCandles(CANDLES, 1)),
};

/** Results as they come, and nothing to go on from. */
function createMemory(trials: TrialResult[]): OptimizationMemory {
  return {
    saved: { search: null, walk: [] },
    saveBatch: async (batch) => trials.push(...batch.trials) > 0,
    saveStep: async () => true,
    listTrials: async () => [...trials],
  };
}

type Timed = { searchMs: number; allMs: number; cpuMs: number; trials: TrialResult[] };

/** The whole run: the search, the best out of sample, the verdict. The search alone is what can be divided. */
async function time(pool: ThreadPool): Promise<Timed> {
  const ready = setUpBench(DATA);
  if ('faults' in ready) throw new Error(JSON.stringify(ready.faults));
  const trials: TrialResult[] = [];
  const memory = createMemory(trials);
  const began = performance.now();
  const cpu = process.cpuUsage();
  let searchMs = NaN;
  await optimize(
    pool,
    { plan: DATA.plan, prepared: ready.prepared },
    {
      ...memory,
      listTrials: () => {
        searchMs = performance.now() - began;
        return memory.listTrials();
      },
    },
  );
  const { user, system } = process.cpuUsage(cpu);
  return { searchMs, allMs: performance.now() - began, cpuMs: (user + system) / 1_000, trials };
}

const least = (runs: Timed[], figure: 'searchMs' | 'allMs' | 'cpuMs') =>
  Math.min(...runs.map((run) => run[figure]));

function describe(one: Timed[], two: Timed[]): string[] {
  const ratios = one.map(({ searchMs }, round) => searchMs / (two[round]?.searchMs ?? NaN));
  const [oneMs, twoMs] = [least(one, 'searchMs'), least(two, 'searchMs')];
  const perSecond = (ms: number) => `${((POINTS * 1_000) / ms).toFixed(0)} sets/s`;
  return [
    `two threads are ${(oneMs / twoMs).toFixed(2)} times as fast: ${perSecond(twoMs)}, one ${perSecond(oneMs)}; the same results`,
    `round by round: ${ratios.map((ratio) => ratio.toFixed(2)).join(', ')}`,
    `with the best out of sample and the verdict: ${least(two, 'allMs').toFixed(0)} ms, one ${least(one, 'allMs').toFixed(0)} ms`,
    `processor time of two: ${(least(two, 'cpuMs') / least(one, 'cpuMs')).toFixed(2)} of that of one`,
  ];
}

/** One thread and two, turn about, so that a busy machine hits both alike. */
async function timeInTurns(): Promise<[one: Timed[], two: Timed[]]> {
  const [one, two] = [1, 2].map((threads) => openPool(DATA, { threads, isBackground: false }));
  if (!one || !two) throw new Error('There are no threads.');
  const runs: [Timed[], Timed[]] = [[], []];
  // The first round starts the threads and has the code compiled.
  for (let round = 0; round <= ROUNDS; round += 1) {
    const timed = [await time(one), await time(two)] as const;
    if (round > 0) runs.forEach((side, index) => side.push(timed[index] ?? timed[0]));
  }
  await Promise.all([one.close(), two.close()]);
  return runs;
}

export const benchmark: Benchmark = {
  title: `Optimisation: ${POINTS.toLocaleString('en')} sets on ${CANDLES.toLocaleString('en')} candles, two threads beside one`,
  run: async () => {
    const [one, two] = await timeInTurns();
    const isSame = JSON.stringify(one[0]?.trials) === JSON.stringify(two[0]?.trials);
    if (!isSame || one[0]?.trials.length !== POINTS)
      throw new Error('Two threads found something else than one.');
    const [oneMs, twoMs] = [least(one, 'searchMs'), least(two, 'searchMs')];
    return { unit: 'ms', ours: twoMs, yardstick: oneMs, notes: describe(one, two) };
  },
};
