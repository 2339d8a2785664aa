import { describe, expect, it } from 'vitest';
import type { Batch } from '../../../jobs/research/run-search.ts';
import { optimize, type OptimizationMemory } from '../../../jobs/research/optimize.ts';
import type { OptimizationOutcome, WalkStep } from '../../../jobs/trading/research/outcome.ts';
import { openPool } from '../../../jobs/research/thread-pool.ts';
import type { OptimizationPlan } from '../../../jobs/trading/research/optimization.ts';
import { runPoint, type TrialResult } from '../../../jobs/trading/research/trial.ts';
import { benchData } from '../../support/research.ts';

type Notes = { trials: TrialResult[]; batches: Batch[]; steps: WalkStep[] };
const noNotes = (): Notes => ({ trials: [], batches: [], steps: [] });

function memoryOf(notes: Notes, isWanted: () => boolean = () => true): OptimizationMemory {
  const last = notes.batches.at(-1);
  return {
    saved: { search: last ? { state: last.state, tried: last.tried } : null, walk: [...notes.steps] },
    saveBatch: async (batch) => {
      notes.batches.push(structuredClone(batch));
      notes.trials.push(...batch.trials);
      return isWanted();
    },
    saveStep: async (step) => {
      notes.steps.push(step);
      return isWanted();
    },
    listTrials: async () => [...notes.trials],
  };
}

type Run = { threads?: number; notes?: Notes; isWanted?: () => boolean };

async function run(
  plan: Partial<OptimizationPlan>,
  { threads = 1, notes = noNotes(), isWanted }: Run = {},
): Promise<{ outcome: OptimizationOutcome | null; notes: Notes; bench: ReturnType<typeof benchData> }> {
  const bench = benchData(plan);
  const { request, candles, prepared } = bench;
  const pool = openPool({ request, candles, plan: bench.plan }, { threads, isBackground: false });
  try {
    const outcome = await optimize(pool, { plan: bench.plan, prepared }, memoryOf(notes, isWanted));
    return { outcome, notes, bench };
  } finally {
    await pool.close();
  }
}

describe('an optimisation on threads', () => {
  it('comes to the same on one thread and on two, set by set, for the sampler that learns', async () => {
    const plan: Partial<OptimizationPlan> = { sampler: 'tpe', tries: 60, walkSteps: 2 };
    const one = await run(plan, { threads: 1 });
    const two = await run(plan, { threads: 2 });
    expect(two.notes.trials).toEqual(one.notes.trials);
    expect(two.outcome).toEqual(one.outcome);
    expect(one.notes.trials).toHaveLength(60);
    const other = await run({ ...plan, seed: '8' });
    expect(other.notes.trials.map(({ point }) => point)).not.toEqual(
      one.notes.trials.map(({ point }) => point),
    );
  }, 60_000);

  it('puts the best of the search beside what they made on candles that it never saw', async () => {
    const { outcome, notes, bench } = await run({ sampler: 'grid', tries: 5_000 });
    expect(notes.trials).toHaveLength(96);
    expect(outcome?.tried).toBe(96);
    const scores = notes.trials.flatMap(({ score }) => (score === null ? [] : [score]));
    const [winner] = outcome?.best ?? [];
    expect(winner?.score).toBe(Math.max(...scores));
    expect(outcome?.best.map(({ score }) => score)).toEqual(scores.sort((a, b) => b - a).slice(0, 10));
    const outside = runPoint(bench.bench, bench.prepared.split.test, winner!.point).metrics;
    expect(winner?.outOfSample).toMatchObject({ sharpe: outside.sharpe, trades: outside.trades });
    expect(outside.days).toBeCloseTo(900 / 24, 9);
  }, 60_000);

  it('tells the winner from luck and finds no strategy that knows the future', async () => {
    const { outcome } = await run({ tries: 96 });
    const { verdict, best } = outcome!;
    expect(verdict!.deflated).toMatchObject({ trials: 96 });
    expect(verdict!.deflated!.probability).toBeLessThan(0.95);
    expect(verdict!.lookAhead).toMatchObject({ differing: 0, checked: 150 });
    expect(verdict!.warmUp).toMatchObject({ differing: 0, checked: 150 });
    const earned = best[0]!.inSample.totalReturn!;
    expect(verdict!.tradeOrder!.finalReturn.p50).toBeCloseTo(earned, 9);
    expect(verdict!.dayBlocks!.observed.finalReturn).toBeCloseTo(earned, 9);
    // It is stored as JSON, which has no figures without an end.
    expect(JSON.parse(JSON.stringify(outcome))).toEqual(outcome);
  }, 60_000);

  it('goes on where it was left, and comes to what it would have come to without a break', async () => {
    const plan: Partial<OptimizationPlan> = { sampler: 'tpe', tries: 60, walkSteps: 2 };
    const whole = await run(plan);
    const notes = noNotes();
    const isOver = () => notes.batches.length >= 2;
    const broken = await run(plan, { notes, isWanted: () => !isOver() });
    expect(broken.outcome).toBeNull();
    expect(notes.trials).toHaveLength(32);
    const inWalk = await run(plan, { notes, isWanted: () => notes.steps.length < 1 });
    expect(inWalk.outcome).toBeNull();
    expect(notes.trials).toHaveLength(60);
    const end = await run(plan, { notes });
    expect(notes.trials).toEqual(whole.notes.trials);
    expect(end.outcome).toEqual(whole.outcome);
  }, 60_000);

  it('walks forward: chosen on each training, judged on what follows, without gap or overlap', async () => {
    const { outcome } = await run({ tries: 30, walkSteps: 3 });
    const steps = outcome?.walk?.steps ?? [];
    expect(steps.map(({ train, test }) => [train.from, train.to, test.from, test.to])).toEqual([
      [0, 1_500, 1_500, 2_000],
      [500, 2_000, 2_000, 2_500],
      [1_000, 2_500, 2_500, 3_000],
    ]);
    expect(steps.every(({ tried, testMetrics }) => tried === 30 && testMetrics !== null)).toBe(true);
    const growth = steps.reduce((total, step) => total * (1 + step.testMetrics!.totalReturn!), 1);
    expect(outcome?.walk?.summary.testReturn).toBeCloseTo(growth - 1, 12);
  }, 60_000);

  it('has no winner where no set trades often enough, and judges none', async () => {
    const { outcome } = await run({ tries: 20, minTrades: 10_000 });
    expect(outcome).toMatchObject({ tried: 20, best: [], verdict: null });
  }, 60_000);

  it('passes on an error of who remembers it', async () => {
    const bench = benchData({ tries: 300 });
    const { request, candles, prepared, plan } = bench;
    const pool = openPool({ request, candles, plan }, { threads: 1, isBackground: false });
    const memory = { ...memoryOf(noNotes()), saveBatch: () => Promise.reject(new Error('no room')) };
    await expect(optimize(pool, { plan, prepared }, memory)).rejects.toThrow('no room');
    await pool.close();
  }, 60_000);
});
