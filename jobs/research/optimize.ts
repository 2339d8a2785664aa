import type { OptimizationPlan, PreparedOptimization } from '../trading/research/optimization.ts';
import { valuesAt } from '../trading/research/param-space.ts';
import type { ComparedSet, OptimizationOutcome, WalkStep } from '../trading/research/outcome.ts';
import type { SearchState } from '../trading/research/search.ts';
import { compareTrials, type TrialResult } from '../trading/research/trial.ts';
import type { Verdict } from '../trading/research/verdict.ts';
import {
  summarizeWalkForward,
  type TrainTest,
  type WalkForwardSummary,
} from '../trading/research/windows.ts';
import { runSearch, tryAll, type Batch } from './run-search.ts';
import type { ThreadPool } from './thread-pool.ts';

/** Where an optimisation was left. */
export type SavedOptimization = { search: { state: SearchState; tried: number } | null; walk: WalkStep[] };

/** Who remembers an optimisation under way. A `false` says that it is not wanted any more. */
export type OptimizationMemory = {
  saved: SavedOptimization;
  saveBatch: (batch: Batch) => Promise<boolean>;
  saveStep: (step: WalkStep) => Promise<boolean>;
  /** Every result of the search. */
  listTrials: () => Promise<TrialResult[]>;
};

type Optimization = { plan: OptimizationPlan; prepared: PreparedOptimization };

/** Sets whose out-of-sample result is shown. */
const BEST = 10;
/** Sets tried in each step of a walk-forward run, at most. */
const WALK_TRIES = 100;

/**
 * Searches, holds the best against candles that were not searched, judges the winner, and walks forward; goes on where it was
 * left. Returns `null` where it was called off. The same plan and candles come to the same, whatever the threads do.
 */
export async function optimize(
  pool: ThreadPool,
  optimization: Optimization,
  memory: OptimizationMemory,
): Promise<OptimizationOutcome | null> {
  const { plan, prepared } = optimization;
  const { sampler, seed, tries } = plan;
  const end = await runSearch(pool, {
    sampler,
    seed,
    tries,
    window: prepared.split.train,
    saved: memory.saved.search,
    onBatch: memory.saveBatch,
  });
  if (end === 'stopped') return null;
  const steps = await walkOn(pool, optimization, memory);
  if (!steps) return null;
  const trials = (await memory.listTrials()).sort(compareTrials);
  const judging = judge(pool, optimization, trials);
  // Both share the threads; an error of the one is heard while the other is waited for.
  const [best, verdict] = await Promise.all([compare(pool, prepared, trials), judging]);
  if (!best) return null;
  const walk = steps.length === 0 ? null : { steps, summary: summarize(steps) };
  return { tried: trials.length, best, verdict, walk };
}

async function compare(
  pool: ThreadPool,
  { space, split }: PreparedOptimization,
  trials: readonly TrialResult[],
): Promise<ComparedSet[] | null> {
  const chosen = trials.filter(({ score }) => score !== null).slice(0, BEST);
  const points = chosen.map(({ point }) => point);
  // They are chosen already, so that few trades do not hide what they made.
  const tested = await tryAll(pool, { window: split.test, points, minTrades: 0 });
  if (tested.length < chosen.length) return null;
  return chosen.flatMap(({ point, score, metrics }, index): ComparedSet[] => {
    if (score === null || metrics === null) return [];
    const outside = tested[index];
    return [
      {
        point,
        values: valuesAt(space, point),
        score,
        inSample: metrics,
        outOfSample: outside?.metrics ?? null,
        outOfSampleScore: outside?.score ?? null,
      },
    ];
  });
}

async function judge(
  pool: ThreadPool,
  { plan, prepared }: Optimization,
  trials: readonly TrialResult[],
): Promise<Verdict | null> {
  const [winner] = trials;
  if (winner?.score == null) return null;
  const sharpes = trials.flatMap(({ metrics }) => (metrics?.sharpe == null ? [] : [metrics.sharpe]));
  const question = {
    point: winner.point,
    window: prepared.split.train,
    sharpes,
    tried: trials.length,
    seed: plan.seed,
  };
  const [luck, lookAhead, warmUp] = await Promise.all([
    pool.run({ kind: 'judge', question }),
    pool.run({ kind: 'examine', check: 'lookAhead', question }),
    pool.run({ kind: 'examine', check: 'warmUp', question }),
  ]);
  return { ...luck, lookAhead, warmUp };
}

/** Returns the steps of the walk-forward run, those that were kept and the rest; `null` where it was called off. */
async function walkOn(
  pool: ThreadPool,
  optimization: Optimization,
  memory: OptimizationMemory,
): Promise<WalkStep[] | null> {
  const steps = [...memory.saved.walk];
  const windows = optimization.prepared.walk.slice(steps.length);
  const start = (at: number) => {
    const walking = windows[at] && walkStep(pool, optimization, windows[at]);
    walking?.catch(() => undefined);
    return walking;
  };
  // While the last sets of one step are tried, threads that are free go on with the next.
  let coming = start(0);
  for (let at = 0; at < windows.length; at += 1) {
    const walking = coming;
    coming = start(at + 1);
    const step = await walking;
    if (!step || !(await memory.saveStep(step))) return null;
    steps.push(step);
  }
  return steps;
}

async function walkStep(
  pool: ThreadPool,
  { plan, prepared }: Optimization,
  { train, test }: TrainTest,
): Promise<WalkStep | null> {
  const trials: TrialResult[] = [];
  const end = await runSearch(pool, {
    sampler: plan.sampler === 'grid' ? 'random' : plan.sampler,
    seed: `${plan.seed}/walk/${train.from}`,
    tries: Math.min(plan.tries, WALK_TRIES),
    window: train,
    saved: null,
    onBatch: async (batch) => {
      trials.push(...batch.trials);
      return true;
    },
  });
  if (end === 'stopped') return null;
  const [best] = trials.sort(compareTrials);
  const step = { train, test, tried: trials.length };
  if (best?.score == null) return { ...step, values: null, trainMetrics: null, testMetrics: null };
  const [tested] = await tryAll(pool, { window: test, points: [best.point], minTrades: 0 });
  if (!tested) return null;
  const values = valuesAt(prepared.space, best.point);
  return { ...step, values, trainMetrics: best.metrics, testMetrics: tested.metrics };
}

/** A step that found no set to trade earned nothing. */
function summarize(steps: readonly WalkStep[]): WalkForwardSummary {
  return summarizeWalkForward(
    steps.map(({ train, test, trainMetrics, testMetrics }) => ({
      trainReturn: trainMetrics?.totalReturn ?? 0,
      trainCandles: train.to - train.from,
      testReturn: testMetrics?.totalReturn ?? 0,
      testCandles: test.to - test.from,
    })),
  );
}
