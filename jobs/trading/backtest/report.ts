/**
 * A backtest as it leaves the house: snake_case, times ISO 8601 in UTC, figures as numbers that are not rounded. Fractions
 * are 0..1, `pnl_pct` alone is 0..100.
 */
import { drawdownCurve } from './metrics/drawdown.ts';
import type { SymbolFigures } from './metrics/by-symbol.ts';
import type { Metrics } from './metrics/metrics.ts';
import type { BacktestTrade } from './run.ts';
import type { Backtest } from './run-backtest.ts';
import { thinCurve } from './thin-curve.ts';

export type TradeReport = {
  symbol: string;
  entry_time: string;
  entry_price: number;
  exit_time: string;
  exit_price: number;
  quantity: number;
  fees: number;
  pnl: number;
  pnl_pct: number;
  exit_reason: BacktestTrade['exitReason'];
};

export type MetricsReport = {
  initial_balance: number;
  final_balance: number;
  net_profit: number;
  total_return: number | null;
  cagr: number | null;
  sharpe: number | null;
  sortino: number | null;
  calmar: number | null;
  max_drawdown: number;
  max_drawdown_amount: number;
  max_drawdown_from: string | null;
  max_drawdown_to: string | null;
  max_drawdown_recovered: string | null;
  max_drawdown_days: number;
  trades: number;
  wins: number;
  losses: number;
  win_rate: number | null;
  average_win: number | null;
  average_loss: number | null;
  largest_win: number | null;
  largest_loss: number | null;
  profit_factor: number | null;
  expectancy: number | null;
  sqn: number | null;
  fees: number;
  exposure: number | null;
  buy_and_hold: number | null;
  versus_buy_and_hold: number | null;
  days: number;
  monthly_returns: { month: string; return: number }[];
};

/** What one pair made of the whole; `detail` says which finer candles there were, `covered` in what share of its own. */
export type SymbolReport = {
  symbol: string;
  candles: number;
  trades: number;
  wins: number;
  losses: number;
  win_rate: number | null;
  net_profit: number;
  fees: number;
  buy_and_hold: number | null;
  detail: {
    candles: number;
    step_ms: number;
    from: string | null;
    to: string | null;
    covered: number;
  } | null;
};

/** `drawdown` is how far equity lies below its highest so far, a fraction. */
export type EquityPoint = { time: string; equity: number; drawdown: number };

export type BacktestReport = {
  candles: number;
  trades: TradeReport[];
  metrics: MetricsReport;
  by_symbol: SymbolReport[];
  equity_curve: EquityPoint[];
};

/** Points of an equity curve unless told otherwise. */
export const CURVE_POINTS = 2_000;

/** Returns a backtest as others read it; of its equity curve about `points` (see `thinCurve`). */
export function toReport(backtest: Backtest, points = CURVE_POINTS): BacktestReport {
  const { simulation, metrics, symbols } = backtest;
  return {
    candles: simulation.candles,
    trades: simulation.trades.map(toTradeReport),
    metrics: toMetricsReport(metrics),
    by_symbol: symbols.map(toSymbolReport),
    equity_curve: toEquityPoints(backtest, points),
  };
}

const iso = (timeMs: number): string => new Date(timeMs).toISOString();
const isoOrNull = (timeMs: number | null): string | null => (timeMs === null ? null : iso(timeMs));

function toTradeReport(trade: BacktestTrade): TradeReport {
  return {
    symbol: trade.symbol,
    entry_time: iso(trade.entryTimeMs),
    entry_price: trade.entryPrice,
    exit_time: iso(trade.exitTimeMs),
    exit_price: trade.exitPrice,
    quantity: trade.quantity,
    fees: trade.fees,
    pnl: trade.pnl,
    pnl_pct: trade.pnlPct,
    exit_reason: trade.exitReason,
  };
}

function toSymbolReport({ winRate, netProfit, buyAndHold, detail, ...rest }: SymbolFigures): SymbolReport {
  return {
    ...rest,
    win_rate: winRate,
    net_profit: netProfit,
    buy_and_hold: buyAndHold,
    detail: detail && {
      candles: detail.candles,
      step_ms: detail.stepMs,
      from: isoOrNull(detail.fromMs),
      to: isoOrNull(detail.toMs),
      covered: detail.covered,
    },
  };
}

const DAY_MS = 86_400_000;

/** Returns figures under the names that the command, REST and the optimiser use. */
export function toMetricsReport(metrics: Metrics): MetricsReport {
  const { maxDrawdown } = metrics;
  return {
    initial_balance: metrics.initialBalance,
    final_balance: metrics.finalBalance,
    net_profit: metrics.netProfit,
    total_return: metrics.totalReturn,
    cagr: metrics.cagr,
    sharpe: metrics.sharpe,
    sortino: metrics.sortino,
    calmar: metrics.calmar,
    max_drawdown: maxDrawdown.depth,
    max_drawdown_amount: maxDrawdown.amount,
    max_drawdown_from: isoOrNull(maxDrawdown.peakMs),
    max_drawdown_to: isoOrNull(maxDrawdown.troughMs),
    max_drawdown_recovered: isoOrNull(maxDrawdown.recoveredMs),
    max_drawdown_days: maxDrawdown.durationMs / DAY_MS,
    trades: metrics.trades,
    wins: metrics.wins,
    losses: metrics.losses,
    win_rate: metrics.winRate,
    average_win: metrics.averageWin,
    average_loss: metrics.averageLoss,
    largest_win: metrics.largestWin,
    largest_loss: metrics.largestLoss,
    profit_factor: metrics.profitFactor,
    expectancy: metrics.expectancy,
    sqn: metrics.sqn,
    fees: metrics.fees,
    exposure: metrics.exposure,
    buy_and_hold: metrics.buyAndHold,
    versus_buy_and_hold: metrics.versusBuyAndHold,
    days: metrics.days,
    monthly_returns: metrics.monthlyReturns,
  };
}

function toEquityPoints(
  { simulation: { curve }, metrics }: Pick<Backtest, 'simulation' | 'metrics'>,
  points: number,
): EquityPoint[] {
  const drawdowns = drawdownCurve(curve, metrics.initialBalance);
  return thinCurve(curve.equity, points).map((index) => ({
    time: iso(curve.timeMs[index] ?? NaN),
    equity: curve.equity[index] ?? NaN,
    drawdown: drawdowns[index] ?? NaN,
  }));
}
