import { packEquity } from '../../db/queries/backtest-equity.ts';
import type { BacktestOutcome } from '../../db/queries/backtests.ts';
import type { BacktestChart, BacktestCurve } from '../../db/schema/backtests.ts';
import { drawdownCurve } from '../trading/backtest/metrics/drawdown.ts';
import { CURVE_POINTS, toReport } from '../trading/backtest/report.ts';
import type { Backtest } from '../trading/backtest/run-backtest.ts';
import type { PairCandles } from '../trading/backtest/settings.ts';
import { thinCurve } from '../trading/backtest/thin-curve.ts';

/** Candles of a chart that spans the whole run. */
const CHART_CANDLES = 1_500;

/** Returns a backtest in the shapes that are stored, but for what else is examined. */
export function toOutcome(
  backtest: Backtest,
  pairs: readonly PairCandles[],
  elapsedMs: number,
): Omit<BacktestOutcome, 'bias'> {
  const { metrics, trades, candles, by_symbol: bySymbol } = toReport(backtest, 2);
  const { timeMs, equity } = backtest.simulation.curve;
  const hold = holdCurve(timeMs, pairs, metrics.initial_balance);
  return {
    ...{ metrics, bySymbol, trades, candles, elapsedMs },
    equity: packEquity({ timeMs, equity, hold }),
    curve: toCurve(backtest, hold),
    charts: pairs.map(toChart),
  };
}

function toCurve({ simulation, metrics }: Backtest, hold: Float64Array): BacktestCurve {
  const { timeMs, equity } = simulation.curve;
  const drawdowns = drawdownCurve(simulation.curve, metrics.initialBalance);
  const shown = thinCurve(equity, CURVE_POINTS);
  const pick = (column: Float64Array) => shown.map((index) => column[index] ?? 0);
  return { timeMs: pick(timeMs), equity: pick(equity), drawdown: pick(drawdowns), hold: pick(hold) };
}

/** What the balance, parted equally at the first opens, is worth at the closes of the candles of those times. */
function holdCurve(
  timeMs: Float64Array,
  pairs: readonly PairCandles[],
  initialBalance: number,
): Float64Array {
  const hold = new Float64Array(timeMs.length);
  const share = initialBalance / pairs.length;
  for (const { candles } of pairs) {
    const { openTimeMs, open, close } = candles;
    let row = -1;
    for (let at = 0; at < timeMs.length; at += 1) {
      while ((openTimeMs[row + 1] ?? Infinity) <= (timeMs[at] ?? NaN)) row += 1;
      const worth = row < 0 ? 1 : (close[row] ?? NaN) / (open[0] ?? NaN);
      hold[at] = (hold[at] ?? 0) + share * worth;
    }
  }
  return hold;
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
