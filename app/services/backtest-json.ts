import { toBiasJson } from '../../jobs/trading/research/report.ts';
import type { BacktestView } from '../schemas/backtests.ts';

/** `metrics`, `by_symbol`, `candles` and `elapsed_ms` are null until `status` is "done". Fees and slippage are fractions; `to` is exclusive. What decides for several symbols at once has `look_ahead` and `warm_up` when done. */
export function toBacktestJson(backtest: BacktestView) {
  return {
    backtest_id: backtest.id,
    name: backtest.name,
    status: backtest.status,
    progress: backtest.progress,
    error: backtest.problem,
    strategy: backtest.strategy,
    params: backtest.params,
    exchange: backtest.venue,
    symbols: backtest.symbols,
    timeframe: backtest.timeframe,
    detail_timeframe: backtest.detailTimeframe,
    from: backtest.fromTime,
    to: backtest.toTime,
    initial_balance: backtest.initialBalance,
    stake: backtest.stake,
    sizing: backtest.sizing,
    max_open_positions: backtest.maxOpen,
    fee: backtest.fee,
    maker_fee: backtest.makerFee,
    slippage: backtest.slippage,
    risk: backtest.risk,
    lot_size: backtest.lotSize,
    tick_size: backtest.tickSize,
    min_notional: backtest.minNotional,
    fetch_missing: backtest.fetchesMissing,
    candle_source: backtest.source,
    created_at: backtest.createdAt,
    started_at: backtest.startedAt,
    finished_at: backtest.finishedAt,
    candles: backtest.candles,
    elapsed_ms: backtest.elapsedMs,
    metrics: backtest.metrics,
    by_symbol: backtest.bySymbol,
    ...(backtest.bias && toBiasJson(backtest.bias)),
  };
}
