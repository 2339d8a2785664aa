/**
 * An optimisation on two threads beside the same on one, turn about, on candles that are in memory. A machine that is busy, or
 * whose two processors share one core, shows in two further figures of the same run: the processor time of each side, which must
 * not grow with the threads, and what two threads give to a loop that shares nothing at all.
 */
import { setUpBench, type BenchData, type OptimizationRequest } from '../../jobs/research/bench.ts';
import { optimize } from '../../jobs/research/optimize.ts';
import { shareCandles } from '../../jobs/research/share-candles.ts';
import { openPool, type ThreadPool } from '../../jobs/research/thread-pool.ts';
import type { TrialResult } from '../../jobs/trading/research/trial.ts';
import { walkCandles } from '../bench-candles.ts';
import { percentile, type Benchmark } from '../measure.ts';
import { keepInMemory } from '../optimization-memory.ts';
import { openLoop, type PlainLoop } from '../spin-threads.ts';

const POINTS = 1_000;
const CANDLES = 50_000;
const ROUNDS = 5;

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

/** `idle`: of the threads' time, the share in which they had nothing to do. */
type Timed = { searchMs: number; allMs: number; cpuMs: number; idle: number; trials: TrialResult[] };

/** The whole run: the search, the best out of sample, the verdict. */
async function time(pool: ThreadPool): Promise<Timed> {
  const ready = setUpBench(DATA);
  if ('faults' in ready) throw new Error(JSON.stringify(ready.faults));
  const trials: TrialResult[] = [];
  const memory = keepInMemory(trials);
  const before = pool.load();
  const began = performance.now();
  const cpu = process.cpuUsage();
  let searchMs = NaN;
  let idle = NaN;
  const listTrials = () => {
    searchMs = performance.now() - began;
    idle = idleBetween(before, pool.load());
    return memory.listTrials();
  };
  await optimize(pool, { plan: DATA.plan, prepared: ready.prepared }, { ...memory, listTrials });
  const { user, system } = process.cpuUsage(cpu);
  return { searchMs, allMs: performance.now() - began, cpuMs: (user + system) / 1_000, idle, trials };
}

type Load = ReturnType<ThreadPool['load']>;

function idleBetween(before: Load, after: Load): number {
  const idleMs = after.idleMs - before.idleMs;
  const activeMs = after.activeMs - before.activeMs;
  return idleMs / (idleMs + activeMs);
}

const median = (values: number[]) => percentile(values, 0.5);
const medianOf = (runs: Timed[], figure: Exclude<keyof Timed, 'trials'>) =>
  median(runs.map((run) => run[figure]));
const ratiosOf = (one: number[], two: number[]) => one.map((ms, round) => ms / (two[round] ?? NaN));
const shown = (ratios: number[]) => ratios.map((ratio) => ratio.toFixed(2)).join(', ');

type Sides = { one: Timed[]; two: Timed[]; loops: { one: number[]; two: number[] }; cold: [number, number] };

/** One thread and two, turn about, so that what else the machine does hits both alike; the plain loop between them. */
async function timeInTurns(): Promise<Sides> {
  const [one, two] = [1, 2].map((threads) => openPool(DATA, { threads, isBackground: false }));
  const [oneLoop, twoLoops] = [1, 2].map(openLoop);
  if (!one || !two || !oneLoop || !twoLoops) throw new Error('There are no threads.');
  const cold: Sides['cold'] = [(await time(one)).allMs, (await time(two)).allMs];
  const sides: Sides = { one: [], two: [], loops: { one: [], two: [] }, cold };
  await warmUp([oneLoop, twoLoops]);
  for (let round = 0; round < ROUNDS; round += 1) {
    sides.one.push(await time(one));
    sides.two.push(await time(two));
    sides.loops.one.push(await oneLoop.time());
    sides.loops.two.push(await twoLoops.time());
  }
  await Promise.all([one.close(), two.close(), oneLoop.close(), twoLoops.close()]);
  return sides;
}

async function warmUp(loops: PlainLoop[]): Promise<void> {
  for (const loop of loops) await loop.time();
}

function describe({ one, two, loops, cold }: Sides): string[] {
  const ratios = ratiosOf(
    one.map(({ allMs }) => allMs),
    two.map(({ allMs }) => allMs),
  );
  const searches = ratiosOf(
    one.map(({ searchMs }) => searchMs),
    two.map(({ searchMs }) => searchMs),
  );
  const spins = ratiosOf(loops.one, loops.two);
  const perSecond = (runs: Timed[]) => `${((POINTS * 1_000) / medianOf(runs, 'searchMs')).toFixed(0)} sets/s`;
  const [oneCpu, twoCpu] = [medianOf(one, 'cpuMs'), medianOf(two, 'cpuMs')];
  const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
  return [
    `two threads are ${median(ratios).toFixed(2)} times as fast, with the verdict (rounds: ${shown(ratios)}); the same results`,
    `the search alone ${median(searches).toFixed(2)} times: ${perSecond(two)}, one ${perSecond(one)}`,
    `a loop that shares nothing ${median(spins).toFixed(2)} times (rounds: ${shown(spins)}): more than that this machine does not give`,
    `processor time of a run: one ${oneCpu.toFixed(0)} ms in ${medianOf(one, 'allMs').toFixed(0)} ms, two ${twoCpu.toFixed(0)} ms in ${medianOf(two, 'allMs').toFixed(0)} ms (${(twoCpu / oneCpu).toFixed(2)} times)`,
    `threads without work while searching: one ${percent(medianOf(one, 'idle'))}, two ${percent(medianOf(two, 'idle'))}`,
    `threads started for it: one ${cold[0].toFixed(0)} ms, two ${cold[1].toFixed(0)} ms (${(cold[0] / cold[1]).toFixed(2)} times)`,
  ];
}

export const benchmark: Benchmark = {
  title: `Optimisation: ${POINTS.toLocaleString('en')} sets on ${CANDLES.toLocaleString('en')} candles, two threads beside one`,
  run: async () => {
    const sides = await timeInTurns();
    const [one, two] = [sides.one[0]?.trials, sides.two[0]?.trials];
    if (JSON.stringify(one) !== JSON.stringify(two) || one?.length !== POINTS)
      throw new Error('Two threads found something else than one.');
    const [oneMs, twoMs] = [medianOf(sides.one, 'allMs'), medianOf(sides.two, 'allMs')];
    return { unit: 'ms', ours: twoMs, yardstick: oneMs, notes: describe(sides) };
  },
};
