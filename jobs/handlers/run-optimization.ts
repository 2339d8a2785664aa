import {
  finishOptimization,
  isOptimizationHeld,
  listTrials,
  noteCandles,
  noteOptimizationError,
  saveTrials,
  saveWalk,
  takeUpOptimization,
  type Optimization,
} from '../../db/queries/optimizations.ts';
import type { BestSoFar } from '../../db/schema/optimizations.ts';
import type { Deps } from '../deps.ts';
import { DEMO_VENUE } from '../exchange/demo-market.ts';
import type { Payload } from '../queues.ts';
import { setUpBench, type ReadyBench } from '../research/bench.ts';
import { fetchCandles, lacksCandles, type FetchStep } from '../research/fetch-candles.ts';
import { loadSharedCandles } from '../research/load-candles.ts';
import { OptimizationFault } from '../research/optimization-fault.ts';
import { optimize, type OptimizationMemory } from '../research/optimize.ts';
import { backgroundThreads, openPool, type ThreadPool } from '../research/thread-pool.ts';
import { valuesAt, type ParamSpace } from '../trading/research/param-space.ts';
import type { TrialResult } from '../trading/research/trial.ts';
import type { Candles } from '../trading/types.ts';

/** So long a job works before it hands on to the next: others' optimisations come forward, too. */
const SLICE_MS = 60_000;
const LOOK_EVERY_MS = 1_000;
/** Errors in a row that end an optimisation. */
const MOST_FAILURES = 3;

/**
 * Works on an optimisation for a slice of time and hands it on: first its candles are fetched, then it searches. What was tried
 * is kept batch by batch: whoever takes it up after a death begins with the batch that was lost, and comes to the same.
 */
export async function runOptimization(deps: Deps, job: Payload<'run-optimization'>): Promise<void> {
  const now = new Date(deps.clock.now());
  const row = await takeUpOptimization(deps.db, job.optimizationId, now);
  if (!row) return;
  try {
    const next = lacksCandles(row) ? await fetchCandles(deps, row, job) : await search(deps, row);
    if (next !== 'unwanted' && (await isOptimizationHeld(deps.db, row))) await handOn(deps, row, next);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    const most = error instanceof OptimizationFault ? 1 : MOST_FAILURES;
    const failure = { problem, most, now: new Date(deps.clock.now()) };
    if (await noteOptimizationError(deps.db, row, failure)) throw error;
  }
}

async function handOn(deps: Deps, { id, revision }: Optimization, step: FetchStep): Promise<void> {
  const payload = { optimizationId: id, ...step };
  const delayS = step.failures === undefined ? 0 : 2 ** step.failures;
  await deps.boss.enqueue(deps.db, 'run-optimization', [{ payload, key: `${id}:${revision}`, delayS }]);
}

/** Searches for a slice. `unwanted`: it came to an end, or nobody wants it any more. */
async function search(deps: Deps, row: Optimization): Promise<FetchStep | 'unwanted'> {
  const { request, plan } = row;
  const candles = await takeCandles(deps, row);
  if (!candles) return 'unwanted';
  const ready = setUpBench({ request, plan, candles });
  if ('faults' in ready) throw new OptimizationFault(ready.faults.map(({ message }) => message).join(' '));
  const pool = openPool({ request, plan, candles }, { threads: backgroundThreads() });
  const stopWatching = watch(deps, row, pool);
  try {
    const outcome = await optimize(pool, { plan, ...ready }, remember(deps, row, ready));
    if (!outcome) return {};
    const finishedAt = new Date(deps.clock.now());
    await finishOptimization(deps.db, row, { outcome, finishedAt });
    return 'unwanted';
  } finally {
    stopWatching();
    await pool.close();
  }
}

/** Returns the candles, the same at each slice; `null` where nobody wants them any more. */
async function takeCandles(deps: Deps, row: Optimization): Promise<Candles | null> {
  const { candles, missing } = await loadSharedCandles(deps.db, row.request);
  const count = candles.close.length;
  if (row.candles !== null && row.candles !== count)
    throw new OptimizationFault(
      `Its period holds ${count} candles now, ${row.candles} when it began: what was tried cannot be compared. Run it again.`,
    );
  const fetched = row.source?.fetched ?? 0;
  const isDemo = row.request.venue === DEMO_VENUE;
  const source = { stored: isDemo ? 0 : count - fetched, fetched, computed: isDemo ? count : 0, missing };
  return (await noteCandles(deps.db, row, { candles: count, source })) ? candles : null;
}

function remember(deps: Deps, row: Optimization, { prepared }: ReadyBench): OptimizationMemory {
  const { db, clock } = deps;
  const walk = [...row.walk];
  const untilMs = clock.now() + SLICE_MS;
  let { best } = row;
  return {
    saved: { search: row.search && { state: row.search, tried: row.tried }, walk },
    async saveBatch({ state, trials, tried }) {
      best = trials.reduce((one, other) => betterOf(prepared.space, one, other), best);
      const now = new Date(clock.now());
      return (await saveTrials(db, row, { state, trials, tried, best, now })) && clock.now() < untilMs;
    },
    async saveStep(step) {
      walk.push(step);
      return (await saveWalk(db, row, { walk, movedAt: new Date(clock.now()) })) && clock.now() < untilMs;
    },
    listTrials: () => listTrials(db, row.id),
  };
}

function betterOf(space: ParamSpace, best: BestSoFar | null, trial: TrialResult): BestSoFar | null {
  const { point, score, metrics } = trial;
  if (score === null || metrics === null || (best && best.score >= score)) return best;
  return { point, values: valuesAt(space, point), score, metrics };
}

/** Calls the threads off once nobody wants the optimisation any more, or somebody else has taken it up. */
function watch(deps: Deps, row: Optimization, pool: ThreadPool): () => void {
  const look = async () => {
    // A database that does not answer says nothing about what is wanted.
    if (!(await isOptimizationHeld(deps.db, row).catch(() => true))) pool.callOff();
  };
  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  return () => clearInterval(timer);
}
