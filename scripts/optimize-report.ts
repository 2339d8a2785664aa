import type { BenchData, ReadyBench } from '../jobs/research/bench.ts';
import { findObjective } from '../jobs/trading/research/objectives.ts';
import type { OptimizationOutcome } from '../jobs/trading/research/outcome.ts';
import { toOutcomeReport, toTrialReport } from '../jobs/trading/research/report.ts';
import type { BiasReport } from '../jobs/trading/research/bias-check.ts';
import type { MonteCarloResult } from '../jobs/trading/research/monte-carlo.ts';
import type { Verdict } from '../jobs/trading/research/verdict.ts';
import type { TrialResult } from '../jobs/trading/research/trial.ts';

/** An optimisation that has ended. */
export type Searched = {
  data: BenchData;
  ready: ReadyBench;
  trials: TrialResult[];
  outcome: OptimizationOutcome;
  threads: number;
};
type Elapsed = { elapsedMs: number; loadMs: number };

/** Returns an optimisation as JSON: what was asked, what was found, what it is worth, and every set that was tried. */
export function toJson({ data, ready, trials, outcome, threads }: Searched, elapsed: Elapsed): string {
  const { request, plan, candles } = data;
  const { space } = ready.bench;
  const { train, test } = ready.prepared.split;
  const timeAt = (index: number) => new Date(candles.openTimeMs[index] ?? NaN).toISOString();
  return JSON.stringify({
    strategy: request.strategy,
    symbol: request.symbol,
    timeframe: request.timeframe,
    candles: candles.close.length,
    elapsed_ms: elapsed.elapsedMs,
    load_ms: elapsed.loadMs,
    threads,
    sampler: plan.sampler,
    objective: plan.objective,
    seed: plan.seed,
    min_trades: plan.minTrades,
    fixed: space.fixed,
    ranges: Object.fromEntries(space.dimensions.map(({ name, values }) => [name, values])),
    sets: space.size,
    searched: { from: timeAt(train.from), candles: train.to - train.from },
    held_out: { from: timeAt(test.from), candles: test.to - test.from },
    ...toOutcomeReport(outcome),
    trials: trials.map((trial) => toTrialReport(space, trial)),
  });
}

/** Returns an optimisation for people. */
export function toText(searched: Searched, { elapsedMs }: Elapsed): string {
  const { data, ready, outcome, threads } = searched;
  const { tried, best, walk } = outcome;
  const rate = Math.round((tried * 1_000) / elapsedMs).toLocaleString('en');
  return [
    ...(best.length === 0 ? [sayNone(searched)] : listBest(searched)),
    ...listVerdict(outcome),
    ...(walk
      ? [
          '',
          `Walking forward in ${walk.summary.steps} steps: ${share(walk.summary.testReturn)}; ${share(walk.summary.gainingShare)} of them gained.`,
        ]
      : []),
    '',
    `${tried.toLocaleString('en')} of ${ready.bench.space.size.toLocaleString('en')} sets on ${data.candles.close.length.toLocaleString('en')} candles in ${(elapsedMs / 1_000).toFixed(1)} s on ${threads} threads (${rate} a second).`,
  ].join('\n');
}

const share = (value: number | null): string => (value === null ? '-' : `${(100 * value).toFixed(2)} %`);
const figure = (value: number | null): string => (value === null ? '-' : value.toFixed(3));

function sayNone({ data, trials }: Searched): string {
  const reason = trials.find(({ fault }) => fault !== null)?.fault ?? '';
  return `None of ${trials.length} sets has a score (at least ${data.plan.minTrades} trades count). ${reason}`;
}

function listBest({ data, outcome }: Searched): string[] {
  const { title = '', direction = 'highest' } = findObjective(data.plan.objective) ?? {};
  const valueOf = (score: number | null) => (score !== null && direction === 'lowest' ? -score : score);
  const rows = outcome.best.map((set) => [
    figure(valueOf(set.score)),
    figure(valueOf(set.outOfSampleScore)),
    share(set.inSample.totalReturn),
    share(set.outOfSample?.totalReturn ?? null),
    String(set.inSample.trades),
    Object.entries(set.values)
      .map(([name, value]) => `${name}=${String(value)}`)
      .join(' ') || 'as given',
  ]);
  const table = [[title, 'held out', 'return', 'held out', 'trades', 'set'], ...rows];
  const widths = table[0]?.map((_, at) => Math.max(...table.map((row) => row[at]?.length ?? 0))) ?? [];
  const isText = (at: number) => at === widths.length - 1;
  return table.map((row) =>
    row.map((cell, at) => (isText(at) ? cell : cell.padStart(widths[at] ?? 0))).join('  '),
  );
}

function listVerdict({ tried, verdict }: OptimizationOutcome): string[] {
  if (!verdict) return [];
  const { deflated, tradeOrder, dayBlocks } = verdict;
  const probability = deflated?.probability ?? null;
  const luck =
    probability === null
      ? 'Too few days to tell it from luck.'
      : `${sayTried(tried)} would look this good by luck in ${share(1 - probability)} of cases (deflated Sharpe ratio ${figure(probability)}).`;
  return [
    '',
    luck,
    ...listBias(verdict),
    ...(tradeOrder ? [`Its trades in another order: ${sayCarlo(tradeOrder)}`] : []),
    ...(dayBlocks ? [`Its days drawn anew in blocks: ${sayCarlo(dayBlocks)}`] : []),
  ];
}

/** Returns whether a result could be had live, for people. */
export function listBias({ lookAhead, warmUp }: Pick<Verdict, 'lookAhead' | 'warmUp'>): string[] {
  const needsNone = warmUp.by === 'orders' && warmUp.checked === 0;
  return [
    `Look-ahead: ${sayBias(lookAhead, lookAhead.by === 'orders' ? 'backtests cut short' : 'candles')}`,
    `Warm-up: ${needsNone ? 'none is needed.' : sayBias(warmUp, 'candles')}`,
  ];
}

const sayTried = (tried: number) =>
  tried === 1 ? 'A set without any edge' : `Of ${tried.toLocaleString('en')} tried sets the best`;

function sayBias({ checked, differing }: BiasReport, what: string): string {
  if (checked === 0) return 'too few candles to check it.';
  return differing === 0
    ? `passed, ${checked} ${what} examined.`
    : `FAILED at ${differing} of ${checked} ${what}: do not trust this result.`;
}

function sayCarlo({ finalReturn, maxDrawdown, runs }: MonteCarloResult): string {
  const hasSpread = finalReturn.p95 - finalReturn.p5 > 1e-9;
  const ends = `nine tenths of ${runs} end between ${share(finalReturn.p5)} and ${share(finalReturn.p95)}; `;
  return `${hasSpread ? ends : ''}deepest fall ${share(maxDrawdown.p50)} in the middle, ${share(maxDrawdown.p95)} in the worst twentieth.`;
}
