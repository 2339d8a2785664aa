import type { OptimizationOutcome } from '../../jobs/trading/research/outcome.ts';
import { toMetricsJson, toOutcomeReport } from '../../jobs/trading/research/report.ts';
import type { OptimizationView } from '../schemas/optimizations.ts';

/** What a list shows. Fees, slippage and `hold_out` are fractions; `to` is exclusive; `best` is the best set so far. */
export function toOptimizationJson(view: OptimizationView) {
  const { plan, best } = view;
  return {
    optimization_id: view.id,
    name: view.name,
    status: view.status,
    tried: view.tried,
    total: view.total,
    error: view.problem,
    notice: view.notice,
    strategy: view.strategy,
    exchange: view.venue,
    symbol: view.symbol,
    timeframe: view.timeframe,
    from: view.fromTime,
    to: view.toTime,
    initial_balance: view.initialBalance,
    stake: view.stake,
    sizing: view.sizing,
    fee: view.fee,
    maker_fee: view.makerFee,
    slippage: view.slippage,
    risk: view.risk,
    ranges: plan.vary,
    sampler: plan.sampler,
    objective: plan.objective,
    tries: plan.tries,
    min_trades: plan.minTrades,
    hold_out: plan.holdOut,
    walk_steps: plan.walkSteps,
    seed: plan.seed,
    candles: view.candles,
    candle_source: view.source,
    fetched: view.fetched,
    best: best && { params: best.values, score: best.score, metrics: toMetricsJson(best.metrics) },
    created_at: view.createdAt,
    moved_at: view.movedAt,
    finished_at: view.finishedAt,
  };
}

/** `result` is null until `status` is "done". */
export function toOptimizationResultJson(view: OptimizationView, outcome: OptimizationOutcome | null) {
  return { ...toOptimizationJson(view), result: outcome && toOutcomeReport(outcome) };
}
