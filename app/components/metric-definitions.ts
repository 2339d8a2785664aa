import type { MetricsReport } from '../../jobs/trading/backtest/report.ts';
import {
  countOf,
  formatMoney,
  formatPercent,
  formatSigned,
  formatSignedPercent,
  moneyDecimals,
} from './format.ts';
import { formatMoment } from './moment.ts';

/** A figure of a backtest: its name, how it is written, and what it means in words. The files of the metrics say the same. */
export type MetricDefinition = {
  label: string;
  say: (metrics: MetricsReport, quote: string) => string | null;
  meaning: string;
  /** It has a table of its own: the figure is only its size. */
  isTable?: boolean;
  /** Which of two backtests is the better one by it; left out where neither is. */
  better?: { value: (metrics: MetricsReport) => number | null; is: 'more' | 'less'; isMoney?: boolean };
};

const text = (value: number) => value.toFixed(10);
const orNone = (value: number | null, say: (value: number) => string) => (value === null ? null : say(value));
const signedPct = (value: number | null) => orNone(value, (each) => formatSignedPercent(100 * each));
const pct = (value: number | null) => orNone(value, (each) => formatPercent(100 * each));
const ratio = (value: number | null) => orNone(value, (each) => formatSigned(text(each), 2).replace('+', ''));
const money = (value: number | null, quote: string) =>
  orNone(value, (each) => `${formatSigned(text(each), moneyDecimals(quote))} ${quote}`);
const plainMoney = (value: number, quote: string) =>
  `${formatMoney(text(value), moneyDecimals(quote))} ${quote}`;
const days = (value: number) => `${value.toFixed(value < 10 ? 1 : 0)} days`;
const more = (value: (metrics: MetricsReport) => number | null, isMoney = false) => ({
  better: { value, is: 'more' as const, isMoney },
});
const less = (value: (metrics: MetricsReport) => number | null) => ({
  better: { value, is: 'less' as const },
});

function sayFall({ max_drawdown, max_drawdown_from: from, max_drawdown_to: to }: MetricsReport) {
  if (from === null || to === null) return null;
  const span = `${formatMoment(Date.parse(from), 'day')} to ${formatMoment(Date.parse(to), 'day')}`;
  return `${formatPercent(100 * max_drawdown)}, ${span}`;
}

const OF_THE_WHOLE: MetricDefinition[] = [
  {
    label: 'Result',
    say: ({ total_return }) => signedPct(total_return),
    meaning:
      'What the balance gained or lost from the first open to the last close, fees and slippage counted, in per cent of the balance.',
    ...more(({ total_return }) => total_return),
  },
  {
    label: 'Buying and holding',
    say: ({ buy_and_hold }) => signedPct(buy_and_hold),
    meaning:
      'What the same money would have made without a strategy: bought at the first open, worth the last close, no fees; over several markets in equal parts.',
  },
  {
    label: 'Against holding',
    say: ({ versus_buy_and_hold: against }) =>
      orNone(against, (each) => `${formatSigned(text(100 * each), 2)} points`),
    meaning: 'The result less what holding would have made, in points of a per cent.',
    ...more(({ versus_buy_and_hold }) => versus_buy_and_hold),
  },
  {
    label: 'Growth a year (CAGR)',
    say: ({ cagr }) => signedPct(cagr),
    meaning: 'The result as if it went on at the same pace for 365 days, compounded. None below one day.',
    ...more(({ cagr }) => cagr),
  },
];

const OF_RISK: MetricDefinition[] = [
  {
    label: 'Sharpe ratio',
    say: ({ sharpe }) => ratio(sharpe),
    meaning:
      'Average daily return divided by how much daily returns scatter, times the root of 365. Above 1 is good, above 2 rare.',
    ...more(({ sharpe }) => sharpe),
  },
  {
    label: 'Sortino ratio',
    say: ({ sortino }) => ratio(sortino),
    meaning: 'Like the Sharpe ratio, but only days with a loss count as scatter.',
    ...more(({ sortino }) => sortino),
  },
  {
    label: 'Calmar ratio',
    say: ({ calmar }) => ratio(calmar),
    meaning: 'Growth a year divided by the worst fall.',
    ...more(({ calmar }) => calmar),
  },
  {
    label: 'Worst fall (maximum drawdown)',
    say: sayFall,
    meaning:
      'How far equity fell at most below an earlier peak, in per cent of that peak, and the days of the peak and of the lowest point. Measured at closes: what an open position lost inside a candle does not show.',
    ...less(({ max_drawdown }) => max_drawdown),
  },
  {
    label: 'Time below the peak',
    say: ({ max_drawdown, max_drawdown_days }) => (max_drawdown === 0 ? null : days(max_drawdown_days)),
    meaning: 'How long the worst fall lasted: from the peak until it was made up for, or to the end.',
    ...less(({ max_drawdown_days }) => max_drawdown_days),
  },
  {
    label: 'In the market (exposure)',
    say: ({ exposure }) => pct(exposure),
    meaning: 'Share of all candles at whose close a trade was open.',
  },
];

const OF_TRADES: MetricDefinition[] = [
  {
    label: 'Trades',
    say: ({ trades, days: length }) => `${formatMoney(String(trades), 0)} in ${days(length)}`,
    meaning:
      'Positions bought and sold again; where orders are kept, each sale with the buys that it sells, first in, first out. What is still open at the end counts as sold at the last close.',
  },
  {
    label: 'Won trades (win rate)',
    say: ({ win_rate, wins, losses }) =>
      orNone(win_rate, (each) => `${formatPercent(100 * each, 1)} (${wins} won, ${losses} lost)`),
    meaning: 'Trades that made something after fees, of all trades.',
    ...more(({ win_rate }) => win_rate),
  },
  {
    label: 'Profit factor',
    say: ({ profit_factor }) => ratio(profit_factor),
    meaning: 'All gains divided by all losses, fees counted. Below 1 it lost. None without a losing trade.',
    ...more(({ profit_factor }) => profit_factor),
  },
  {
    label: 'Expectancy',
    say: ({ expectancy }, quote) => money(expectancy, quote),
    meaning: 'What a trade made on average.',
    ...more(({ expectancy }) => expectancy, true),
  },
  {
    label: 'System quality (SQN)',
    say: ({ sqn }) => ratio(sqn),
    meaning:
      'Average profit of a trade divided by how much profits scatter, times the root of the number of trades.',
    ...more(({ sqn }) => sqn),
  },
  {
    label: 'Average win',
    say: ({ average_win }, quote) => money(average_win, quote),
    meaning: 'Mean profit of the trades that won.',
    ...more(({ average_win }) => average_win, true),
  },
  {
    label: 'Average loss',
    say: ({ average_loss }, quote) => money(average_loss, quote),
    meaning: 'Mean loss of the trades that lost.',
    ...more(({ average_loss }) => average_loss, true),
  },
  {
    label: 'Largest win',
    say: ({ largest_win }, quote) => money(largest_win, quote),
    meaning: 'The most that one trade made.',
  },
  {
    label: 'Largest loss',
    say: ({ largest_loss }, quote) => money(largest_loss, quote),
    meaning: 'The most that one trade lost.',
    ...more(({ largest_loss }) => largest_loss, true),
  },
  {
    label: 'Fees',
    say: ({ fees }, quote) => plainMoney(fees, quote),
    meaning:
      'Of every buy and every sale, a fee in the base asset at the price of its fill. All other figures have them taken off already.',
  },
  {
    label: 'Returns by month',
    isTable: true,
    say: ({ monthly_returns: months }) => countOf(months.length, 'month'),
    meaning:
      'Equity at the last close of a calendar month (UTC) against the last close of the month before; the first month counts from the balance. A year is its months, compounded.',
  },
];

/** All figures of a backtest, in the order of a trader's questions. */
export const METRICS: readonly MetricDefinition[] = [...OF_THE_WHOLE, ...OF_RISK, ...OF_TRADES];

/** Returns which of several backtests is the best by a figure: its index; -1 where none is, or two are alike. */
export function findBest({ better }: MetricDefinition, all: readonly MetricsReport[]): number {
  if (!better) return -1;
  const values = all.map(better.value);
  if (values.some((value) => value === null)) return -1;
  const ranks = values.map((value) => (better.is === 'more' ? (value ?? 0) : -(value ?? 0)));
  const best = Math.max(...ranks);
  const at = ranks.indexOf(best);
  return ranks.lastIndexOf(best) === at ? at : -1;
}
