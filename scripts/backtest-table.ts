import type { BacktestReport, MetricsReport, SymbolReport } from '../jobs/trading/backtest/report.ts';

/** Trades that are listed; the rest is in the JSON. */
const TRADES_SHOWN = 20;

type Row = [label: string, value: string];

/** Returns a backtest for people. Amounts are in the quote currency. */
export function toTable({ trades, metrics, by_symbol, candles }: BacktestReport, elapsedMs: number): string {
  const shown = trades.slice(-TRADES_SHOWN);
  const rate = Math.round(candles / (elapsedMs / 1_000)).toLocaleString('en-US');
  return [
    ...alignRows(figures(metrics)),
    ...alignRows(by_symbol.flatMap(toDetailRow)),
    '',
    ...(by_symbol.length > 1 ? [...toSymbolLines(by_symbol), ''] : []),
    'Month       return',
    ...metrics.monthly_returns.map((each) => `${each.month}  ${fraction(each.return).padStart(9)}`),
    '',
    trades.length > shown.length ? `The last ${shown.length} of ${trades.length} trades` : 'Trades',
    ...alignColumns([
      ['symbol', 'entry', 'price', 'exit', 'price', 'profit', '%', 'why'],
      ...shown.map((trade) => [
        trade.symbol,
        minute(trade.entry_time),
        amount(trade.entry_price),
        minute(trade.exit_time),
        amount(trade.exit_price),
        amount(trade.pnl),
        trade.pnl_pct.toFixed(2),
        trade.exit_reason,
      ]),
    ]),
    '',
    `${candles.toLocaleString('en-US')} candles in ${elapsedMs.toFixed(0)} ms (${rate} a second).`,
  ].join('\n');
}

function figures(metrics: MetricsReport): Row[] {
  const fall =
    metrics.max_drawdown_from && ` (${day(metrics.max_drawdown_from)} to ${day(metrics.max_drawdown_to)})`;
  return [
    ['Balance', `${amount(metrics.initial_balance)} -> ${amount(metrics.final_balance)}`],
    ['Total return', fraction(metrics.total_return)],
    ['Buy and hold', fraction(metrics.buy_and_hold)],
    ['Yearly growth', fraction(metrics.cagr)],
    ['Maximum drawdown', fraction(metrics.max_drawdown) + (fall ?? '')],
    ['Drawdown lasted', `${metrics.max_drawdown_days.toFixed(1)} days`],
    ['Sharpe, Sortino', `${amount(metrics.sharpe)}, ${amount(metrics.sortino)}`],
    ['Calmar', amount(metrics.calmar)],
    ['Trades', `${metrics.trades} (${metrics.wins} won, ${metrics.losses} lost)`],
    ['Win rate', fraction(metrics.win_rate)],
    ['Average win, loss', `${amount(metrics.average_win)}, ${amount(metrics.average_loss)}`],
    ['Largest win, loss', `${amount(metrics.largest_win)}, ${amount(metrics.largest_loss)}`],
    ['Profit factor', amount(metrics.profit_factor)],
    ['Expectancy', amount(metrics.expectancy)],
    ['SQN', amount(metrics.sqn)],
    ['Time in the market', fraction(metrics.exposure)],
    ['Fees paid', amount(metrics.fees)],
  ];
}

function toDetailRow({ symbol, detail }: SymbolReport): Row[] {
  if (!detail) return [];
  const span = detail.from && detail.to ? `, ${minute(detail.from)} to ${minute(detail.to)}` : '';
  const count = detail.candles.toLocaleString('en-US');
  return [['Finer candles', `${symbol}: ${count}, in ${fraction(detail.covered)} of its candles${span}`]];
}

const toSymbolLines = (rows: SymbolReport[]): string[] =>
  alignColumns([
    ['symbol', 'trades', 'won', 'profit', 'fees', 'holding'],
    ...rows.map((row) => [
      row.symbol,
      String(row.trades),
      fraction(row.win_rate),
      amount(row.net_profit),
      amount(row.fees),
      fraction(row.buy_and_hold),
    ]),
  ]);

const amount = (value: number | null): string =>
  value === null
    ? '-'
    : Number(value.toPrecision(8)).toLocaleString('en-US', { maximumSignificantDigits: 6 });

const fraction = (value: number | null): string => (value === null ? '-' : `${(100 * value).toFixed(2)} %`);

const minute = (time: string): string => time.slice(0, 16).replace('T', ' ');
const day = (time: string | null): string => time?.slice(0, 10) ?? '';

const alignRows = (rows: Row[]): string[] => rows.map(([label, value]) => `${label.padEnd(20)}${value}`);

function alignColumns(rows: string[][]): string[] {
  const widths = rows.reduce<number[]>(
    (all, row) => row.map((cell, at) => Math.max(cell.length, all[at] ?? 0)),
    [],
  );
  return rows.map((row) => row.map((cell, at) => cell.padStart(widths[at] ?? 0)).join('  '));
}
