import { distributionOf, quantilesOf, type Distribution, type Quantiles } from './distribution.ts';
import type { Random } from './random.ts';
import { createResampler, type ResampleMethod } from './resample.ts';

/**
 * What alternative histories are made of. `steps` are trades or periods, oldest first, as fractions: of the equity before the
 * step if gains are reinvested (`compound`), of the initial balance if every stake is alike (`fixed`).
 */
export type MonteCarloOptions = {
  steps: Float64Array;
  growth: 'compound' | 'fixed';
  method: ResampleMethod;
  runs: number;
  random: Random;
  /** Mean length of a block, in steps; the cube root of their number unless given. */
  blockLength?: number;
  /** Ruin: equity at or below this fraction of the initial balance, at any step. */
  ruinLevel?: number;
};

/** Equity is a multiple of the initial balance; returns and drawdowns are fractions; a drawdown is measured from the peak. */
export type MonteCarloResult = {
  runs: number;
  steps: number;
  /** Equity after `step` steps, at up to 101 places from the first to the last. */
  bands: ({ step: number } & Quantiles)[];
  finalReturn: Distribution;
  maxDrawdown: Distribution;
  /** Runs that end below the initial balance, as a fraction of all. */
  lossProbability: number;
  /** Runs that are ruined on their way, as a fraction of all. */
  ruinProbability: number;
  /** What the steps make in their own order. */
  observed: { finalReturn: number; maxDrawdown: number };
};

const MARKS = 100;
const DEFAULT_RUIN_LEVEL = 0.5;
/** What the order of adding up may change: a run that breaks even is no loss. */
const NOISE = 1e-12;

/** One number of each run, and the equity of all runs at each mark, mark by mark. */
type Runs = { marks: number[]; equity: Float64Array[]; drawdowns: Float64Array; ruined: number };

/**
 * Returns what could as well have happened: the steps resampled many times. The same seed gives the same result. Throws a
 * RangeError on no steps, no runs, or a step that is not finite.
 */
export function runMonteCarlo(options: MonteCarloOptions): MonteCarloResult {
  const { steps, runs: count } = options;
  if (!Number.isSafeInteger(count) || count < 1) throw new RangeError(`Runs must be 1 or more, not ${count}`);
  if (!steps.every(Number.isFinite)) throw new RangeError('A step is not a finite number');
  const runs = simulate(options);
  const final = runs.equity.at(-1) ?? new Float64Array(0);
  const losses = final.reduce((total, equity) => total + (equity < 1 - NOISE ? 1 : 0), 0);
  return {
    runs: count,
    steps: steps.length,
    bands: runs.marks.map((step, mark) => ({ step, ...quantilesOf(runs.equity[mark] ?? final) })),
    finalReturn: distributionOf(final.map((equity) => equity - 1)),
    maxDrawdown: distributionOf(runs.drawdowns),
    lossProbability: losses / count,
    ruinProbability: runs.ruined / count,
    observed: observe(options),
  };
}

function simulate(options: MonteCarloOptions): Runs {
  const { steps, runs: count, growth, ruinLevel = DEFAULT_RUIN_LEVEL } = options;
  const resample = createResampler(options);
  const marks = listMarks(steps.length);
  const equity = marks.map(() => new Float64Array(count));
  const drawdowns = new Float64Array(count);
  const path = new Float64Array(steps.length);
  let ruined = 0;
  for (let run = 0; run < count; run += 1) {
    resample(path);
    const { maxDrawdown, lowest } = walk(path, growth);
    drawdowns[run] = maxDrawdown;
    if (lowest <= ruinLevel) ruined += 1;
    for (let mark = 0; mark < marks.length; mark += 1) {
      const column = equity[mark];
      if (column) column[run] = equityAfter(path, marks[mark] ?? 0);
    }
  }
  return { marks, equity, drawdowns, ruined };
}

/** The initial balance is the peak before the first step. */
function equityAfter(path: Float64Array, step: number): number {
  return step === 0 ? 1 : (path[step - 1] ?? NaN);
}

/** Replaces each step by the equity after it. Equity that is lost stays lost: a step cannot be taken with nothing. */
function walk(path: Float64Array, growth: 'compound' | 'fixed'): { maxDrawdown: number; lowest: number } {
  let [equity, peak, lowest, maxDrawdown] = [1, 1, 1, 0];
  for (let index = 0; index < path.length; index += 1) {
    const step = path[index] ?? NaN;
    if (equity > 0) equity = Math.max(0, growth === 'compound' ? equity * (1 + step) : equity + step);
    path[index] = equity;
    if (equity > peak) peak = equity;
    else if (peak - equity > maxDrawdown * peak) maxDrawdown = (peak - equity) / peak;
    if (equity < lowest) lowest = equity;
  }
  return { maxDrawdown, lowest };
}

function observe({ steps, growth }: MonteCarloOptions): MonteCarloResult['observed'] {
  const path = steps.slice();
  const { maxDrawdown } = walk(path, growth);
  return { finalReturn: equityAfter(path, path.length) - 1, maxDrawdown };
}

/** The first step, the last, and as many evenly between as there are places for. */
function listMarks(steps: number): number[] {
  const places = Math.min(MARKS, steps);
  return Array.from({ length: places + 1 }, (_, place) => Math.round((place * steps) / places));
}

/**
 * Returns trades' profits as steps: of the equity before each trade (`compound`) or of the initial balance (`fixed`).
 * Profits and balance in quote units. After a loss of everything the remaining steps are 0.
 */
export function toSteps(
  pnl: ArrayLike<number>,
  initialBalance: number,
  growth: 'compound' | 'fixed',
): Float64Array {
  if (!(initialBalance > 0))
    throw new RangeError(`The initial balance must be above 0, not ${initialBalance}`);
  let equity = initialBalance;
  return Float64Array.from(pnl, (profit) => {
    const base = growth === 'fixed' ? initialBalance : equity;
    equity += profit;
    return base > 0 ? profit / base : 0;
  });
}
