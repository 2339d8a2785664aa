import type { BacktestOutcome } from '../../db/queries/backtests.ts';
import type { BacktestChart, BacktestCurve } from '../../db/schema/backtests.ts';
import { drawdownCurve } from '../trading/backtest/metrics/drawdown.ts';
import { CURVE_POINTS, toReport } from '../trading/backtest/report.ts';
import type { Backtest } from '../trading/backtest/run-backtest.ts';
import type { PairCandles } from '../trading/backtest/settings.ts';
import { thinCurve } from '../trading/backtest/thin-curve.ts';
import { findFrom } from '../trading/candles.ts';

/** Candles of a chart that spans the whole run. */
const CHART_CANDLES = 1_500;

/** Returns a backtest in the shapes that are stored. */
export function toOutcome(
  backtest: Backtest,
  pairs: readonly PairCandles[],
  elapsedMs: number,
): BacktestOutcome {
  const { metrics, trades, candles } = toReport(backtest, 2);
  return {
    metrics,
    trades,
    candles,
    elapsedMs,
    curve: toCurve(backtest, pairs),
    charts: pairs.map(toChart),
  };
}

function toCurve({ simulation, metrics }: Backtest, pairs: readonly PairCandles[]): BacktestCurve {
  const { timeMs, equity } = simulation.curve;
  const drawdowns = drawdownCurve(simulation.curve, metrics.initialBalance);
  const shown = thinCurve(equity, CURVE_POINTS);
  const pick = (column: Float64Array) => shown.map((index) => column[index] ?? 0);
  const times = pick(timeMs);
  const hold = times.map((time) => metrics.initialBalance * heldWorth(pairs, time));
  return { timeMs: times, equity: pick(equity), drawdown: pick(drawdowns), hold };
}

/** What one unit of money, parted equally at the first opens, is worth at the close of the candle of that time. */
function heldWorth(pairs: readonly PairCandles[], timeMs: number): number {
  const worths = pairs.map(({ candles }) => {
    const index = findFrom(candles.openTimeMs, timeMs + 1) - 1;
    return index < 0 ? 1 : (candles.close[index] ?? NaN) / (candles.open[0] ?? NaN);
  });
  return worths.reduce((total, worth) => total + worth, 0) / worths.length;
}

function toChart({ symbol, candles }: PairCandles): BacktestChart {
  const count = candles.close.length;
  const size = Math.max(1, Math.ceil(count / CHART_CANDLES));
  const chart: BacktestChart = { symbol, timeMs: [], open: [], high: [], low: [], close: [] };
  for (let from = 0; from < count; from += size) {
    const to = Math.min(count, from + size);
    chart.timeMs.push(candles.openTimeMs[from] ?? 0);
    chart.open.push(candles.open[from] ?? 0);
    chart.high.push(candles.high.subarray(from, to).reduce((one, other) => Math.max(one, other)));
    chart.low.push(candles.low.subarray(from, to).reduce((one, other) => Math.min(one, other)));
    chart.close.push(candles.close[to - 1] ?? 0);
  }
  return chart;
}
