import type { BacktestRequest } from '../../db/schema/backtests.ts';
import { toBacktestSettings } from '../backtests/to-settings.ts';
import {
  prepareOptimization,
  type OptimizationPlan,
  type PlanFault,
} from '../trading/research/optimization.ts';
import type { PreparedOptimization } from '../trading/research/optimization.ts';
import type { TestBench } from '../trading/research/trial.ts';
import { findStrategy } from '../trading/strategies/registry.ts';
import type { Candles } from '../trading/types.ts';

/** What a backtest of one symbol is asked, but for its parameters. */
export type OptimizationRequest = Omit<
  BacktestRequest,
  'params' | 'symbols' | 'maxOpen' | 'fetchesMissing'
> & {
  symbol: string;
  /** What the store lacks is fetched first. */
  fetchesMissing?: boolean;
};

/** An optimisation and its candles: all that a thread needs to know. */
export type BenchData = { request: OptimizationRequest; plan: OptimizationPlan; candles: Candles };

/** A bench set up, and how its candles are divided. */
export type ReadyBench = { bench: TestBench; prepared: PreparedOptimization };

/** Sets up what an optimisation tries parameter sets on, or says what is wrong with its plan. */
export function setUpBench({ request, plan, candles }: BenchData): ReadyBench | { faults: PlanFault[] } {
  const strategy = findStrategy(request.strategy);
  if (!strategy)
    return { faults: [{ path: 'strategy', message: `There is no strategy "${request.strategy}".` }] };
  const { timeframe } = request;
  const prepared = prepareOptimization({ strategy, timeframe, plan, count: candles.close.length });
  if ('faults' in prepared) return prepared;
  const { symbol, ...rest } = request;
  const settings = toBacktestSettings({ ...rest, params: {}, symbols: [symbol], fetchesMissing: false });
  const { space, objective } = prepared;
  const { minTrades } = plan;
  return { prepared, bench: { strategy, space, symbol, candles, settings, objective, minTrades } };
}
