import {
  findBacktestCurves,
  findTradeChunk,
  TRADES_A_CHUNK,
  type OwnBacktest,
} from '../../db/queries/backtests.ts';
import type { BacktestChart } from '../../db/schema/backtests.ts';
import type { Deps } from '../../jobs/deps.ts';
import type { TradeReport } from '../../jobs/trading/backtest/report.ts';
import type { BacktestReportView, BacktestTradePage } from '../schemas/backtests.ts';
import type { ChartView } from '../schemas/chart-views.ts';

const TRADES_A_PAGE = 25;
const CHART_CANDLES = 180;

export type ReportQuery = { own: OwnBacktest; total: number; page: number; isWhole: boolean; symbol: string };

/** Returns what the page of a finished backtest shows beside its figures; `null` while there is no result. */
export async function getBacktestReport(deps: Deps, query: ReportQuery): Promise<BacktestReportView | null> {
  const { own, page, total } = query;
  const curves = await findBacktestCurves(deps.db, own);
  const shown = curves?.charts.find(({ symbol }) => symbol === query.symbol) ?? curves?.charts[0];
  if (!curves || !shown) return null;
  const trades = await readTradePage(deps, own, { page, total });
  const ofSymbol = trades.trades.filter(({ symbol }) => symbol === shown.symbol);
  return {
    curve: curves.curve,
    trades,
    chart: toChart(shown, ofSymbol, query.isWhole),
    chartSymbol: shown.symbol,
  };
}

/** Page 1 holds the newest; chunks hold the oldest first. */
async function readTradePage(
  deps: Deps,
  own: OwnBacktest,
  { page, total }: { page: number; total: number },
): Promise<BacktestTradePage> {
  const pages = Math.max(1, Math.ceil(total / TRADES_A_PAGE));
  const shown = Math.min(Math.max(1, page), pages);
  const to = total - (shown - 1) * TRADES_A_PAGE;
  const from = Math.max(0, to - TRADES_A_PAGE);
  const chunks = new Set([from, Math.max(from, to - 1)].map((index) => Math.floor(index / TRADES_A_CHUNK)));
  const trades: BacktestTradePage['trades'] = [];
  for (const chunk of chunks) {
    const found = await findTradeChunk(deps.db, own, chunk);
    trades.push(...found.map((trade, index) => ({ ...trade, number: chunk * TRADES_A_CHUNK + index + 1 })));
  }
  const wanted = trades.filter(({ number }) => number > from && number <= to);
  return { trades: wanted.reverse(), page: shown, pages, total };
}

/** The candles around trades, a few of them put together as one where there are too many, and the trades as fills. */
function toChart(chart: BacktestChart, trades: readonly TradeReport[], isWhole: boolean): ChartView {
  const times = trades.flatMap((trade) => [Date.parse(trade.entry_time), Date.parse(trade.exit_time)]);
  const [fromMs, toMs] = [Math.min(...times), Math.max(...times)];
  const first = chart.timeMs.findLastIndex((time) => time <= fromMs);
  const last = chart.timeMs.findLastIndex((time) => time <= toMs);
  const margin = Math.max(8, Math.round((last - first) * 0.06));
  const isSpan = !isWhole && trades.length > 0;
  const from = isSpan ? Math.max(0, first - margin) : 0;
  const to = isSpan ? Math.min(chart.timeMs.length, last + 1 + margin) : chart.timeMs.length;
  return {
    candles: joinCandles(chart, from, to),
    indicators: [],
    markers: trades.flatMap(toMarkers).sort((one, other) => one.timeMs - other.timeMs),
    lines: [],
    problem: null,
  };
}

function joinCandles(chart: BacktestChart, from: number, to: number): ChartView['candles'] {
  const size = Math.max(1, Math.ceil((to - from) / CHART_CANDLES));
  const candles: ChartView['candles'] = [];
  for (let at = from; at < to; at += size) {
    const end = Math.min(to, at + size);
    candles.push({
      timeMs: chart.timeMs[at] ?? 0,
      open: chart.open[at] ?? 0,
      high: Math.max(...chart.high.slice(at, end)),
      low: Math.min(...chart.low.slice(at, end)),
      close: chart.close[end - 1] ?? 0,
      volume: 0,
    });
  }
  return candles;
}

function toMarkers(trade: TradeReport): ChartView['markers'] {
  const quantity = String(trade.quantity);
  const { entry_time, entry_price, exit_time, exit_price, exit_reason, pnl_pct } = trade;
  return [
    {
      timeMs: Date.parse(entry_time),
      side: 'BUY',
      price: entry_price,
      quantity,
      label: `Bought at ${entry_price.toPrecision(8)}`,
    },
    {
      timeMs: Date.parse(exit_time),
      side: 'SELL',
      price: exit_price,
      quantity,
      label: `Sold at ${exit_price.toPrecision(8)}: ${pnl_pct.toFixed(2)} % (${exit_reason.replaceAll('_', ' ')})`,
    },
  ];
}
