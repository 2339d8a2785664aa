import {
  finishOptimization,
  isOptimizationHeld,
  listTrials,
  noteOptimizationError,
  saveCandleCount,
  saveTrials,
  saveWalk,
  takeUpOptimization,
  type Optimization,
} from '../../db/queries/optimizations.ts';
import type { BestSoFar } from '../../db/schema/optimizations.ts';
import type { Deps } from '../deps.ts';
import type { Payload } from '../queues.ts';
import { setUpBench, type ReadyBench } from '../research/bench.ts';
import { loadSharedCandles } from '../research/load-candles.ts';
import { optimize, type OptimizationMemory } from '../research/optimize.ts';
import { backgroundThreads, openPool, type ThreadPool } from '../research/thread-pool.ts';
import { valuesAt, type ParamSpace } from '../trading/research/param-space.ts';
import type { TrialResult } from '../trading/research/trial.ts';

/** So long a job works before it hands on to the next: others' optimisations come forward, too. */
const SLICE_MS = 60_000;
const LOOK_EVERY_MS = 1_000;
/** Errors in a row that end an optimisation. */
const MOST_FAILURES = 3;

/**
 * Works on an optimisation for a slice of time and hands it on. What was tried is kept batch by batch: whoever takes it up
 * after a death begins with the batch that was lost, and comes to the same.
 */
export async function runOptimization(deps: Deps, job: Payload<'run-optimization'>): Promise<void> {
  const now = new Date(deps.clock.now());
  const row = await takeUpOptimization(deps.db, job.optimizationId, now);
  if (!row) return;
  try {
    const isDone = await work(deps, row);
    if (!isDone && (await isOptimizationHeld(deps.db, row))) await handOn(deps, row);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    const failure = { problem, most: MOST_FAILURES, now: new Date(deps.clock.now()) };
    if (await noteOptimizationError(deps.db, row, failure)) throw error;
  }
}

async function handOn(deps: Deps, { id, revision }: Optimization): Promise<void> {
  const payload = { optimizationId: id };
  await deps.boss.enqueue(deps.db, 'run-optimization', [{ payload, key: `${id}:${revision}` }]);
}

/** Returns whether it came to an end; else the slice is over, or nobody wants it any more. */
async function work(deps: Deps, row: Optimization): Promise<boolean> {
  const { request, plan } = row;
  const candles = await loadSharedCandles(deps.db, request);
  const ready = setUpBench({ request, plan, candles });
  if ('faults' in ready) throw new Error(ready.faults.map(({ message }) => message).join(' '));
  if (!(await saveCandleCount(deps.db, row, candles.close.length))) return false;
  const pool = openPool({ request, plan, candles }, { threads: backgroundThreads() });
  const stopWatching = watch(deps, row, pool);
  try {
    const outcome = await optimize(pool, { plan, ...ready }, remember(deps, row, ready));
    if (outcome) {
      const finishedAt = new Date(deps.clock.now());
      await finishOptimization(deps.db, row, { outcome, finishedAt });
    }
    return outcome !== null;
  } finally {
    stopWatching();
    await pool.close();
  }
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
