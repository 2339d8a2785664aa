import type { Metrics } from '../backtest/metrics/metrics.ts';
import { runBacktest, type Backtest } from '../backtest/run-backtest.ts';
import type { BacktestSettings } from '../backtest/settings.ts';
import type { Strategy } from '../strategies/strategy.ts';
import type { Candles } from '../types.ts';
import { scoreOf, type Objective, type ObjectiveMetrics } from './objectives.ts';
import { readPoint, type ParamSpace } from './param-space.ts';
import { candlesOf, type Window } from './windows.ts';

/** What all tries of an optimisation share. */
export type TestBench = {
  strategy: Strategy;
  space: ParamSpace;
  symbol: string;
  candles: Candles;
  settings: Omit<BacktestSettings, 'strategy' | 'params'>;
  objective: Objective;
  minTrades: number;
};

/** The figures that are kept of each parameter set; all are defined at `Metrics`, `maxDrawdown` is the depth alone. */
export type TrialMetrics = Omit<ObjectiveMetrics, 'maxDrawdown'> &
  Pick<Metrics, 'exposure' | 'buyAndHold'> & { maxDrawdown: number };

/** What one parameter set came to. `fault` says why there is no score: parameters refused, too few trades, an error. */
export type TrialResult = {
  point: number;
  score: number | null;
  metrics: TrialMetrics | null;
  fault: string | null;
};

/** Tries one parameter set on a window. Never throws: an error of one set is that set's result. */
export function tryPoint(bench: TestBench, window: Window, point: number): TrialResult {
  try {
    const { metrics } = runPoint(bench, window, point);
    const { score, reason } = scoreOf(bench.objective, metrics, bench.minTrades);
    return { point, score, metrics: toTrialMetrics(metrics), fault: reason };
  } catch (error) {
    const fault = error instanceof Error ? error.message : String(error);
    return { point, score: null, metrics: null, fault };
  }
}

/** Returns the whole backtest of one parameter set on a window. Throws a RangeError where its parameters are refused. */
export function runPoint(bench: TestBench, window: Window, point: number): Backtest {
  const { space, strategy, symbol, settings } = bench;
  const read = readPoint(space, { strategy, timeframe: settings.timeframe }, point);
  if ('fault' in read) throw new RangeError(read.fault);
  const candles = candlesOf(bench.candles, window);
  const pair = { symbol, candles, warmUp: window.from - window.warmFrom };
  return runBacktest([pair], { ...settings, strategy: strategy.name, params: read.params });
}

/** Orders results best first, those without a score last, equals by point: for `sort`. */
export function compareTrials(a: TrialResult, b: TrialResult): number {
  if (a.score === b.score) return a.point - b.point;
  if (a.score === null || b.score === null) return a.score === null ? 1 : -1;
  return b.score - a.score;
}

function toTrialMetrics(metrics: Metrics): TrialMetrics {
  const { totalReturn, cagr, sharpe, sortino, calmar, profitFactor, expectancy, sqn } = metrics;
  const { winRate, trades, exposure, buyAndHold } = metrics;
  return {
    totalReturn,
    cagr,
    sharpe,
    sortino,
    calmar,
    profitFactor,
    expectancy,
    sqn,
    winRate,
    trades,
    exposure,
    buyAndHold,
    maxDrawdown: metrics.maxDrawdown.depth,
  };
}
