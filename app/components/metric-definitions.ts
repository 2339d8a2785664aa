import type { MetricsReport } from '../../jobs/trading/backtest/report.ts';
import { formatPercent, formatSigned, formatSignedPercent, moneyDecimals } from './format.ts';

/** A figure of a backtest: its name, how it is written, and what it means in words. The files of the metrics say the same. */
export type MetricDefinition = {
  label: string;
  say: (metrics: MetricsReport, quote: string) => string | null;
  meaning: string;
};

const text = (value: number) => value.toFixed(10);
const orNone = (value: number | null, say: (value: number) => string) => (value === null ? null : say(value));
const signedPct = (value: number | null) => orNone(value, (each) => formatSignedPercent(100 * each));
const pct = (value: number | null) => orNone(value, (each) => formatPercent(100 * each));
const ratio = (value: number | null) => orNone(value, (each) => formatSigned(text(each), 2).replace('+', ''));
const money = (value: number | null, quote: string) =>
  orNone(value, (each) => `${formatSigned(text(each), moneyDecimals(quote))} ${quote}`);

export const METRICS: MetricDefinition[] = [
  {
    label: 'Growth a year',
    say: ({ cagr }) => signedPct(cagr),
    meaning: 'The result as if it went on at the same pace for 365 days, compounded. None below one day.',
  },
  {
    label: 'Sharpe ratio',
    say: ({ sharpe }) => ratio(sharpe),
    meaning:
      'Average daily return divided by how much daily returns scatter, times the root of 365. Above 1 is good, above 2 rare.',
  },
  {
    label: 'Sortino ratio',
    say: ({ sortino }) => ratio(sortino),
    meaning: 'Like the Sharpe ratio, but only days with a loss count as scatter.',
  },
  {
    label: 'Calmar ratio',
    say: ({ calmar }) => ratio(calmar),
    meaning: 'Growth a year divided by the worst fall.',
  },
  {
    label: 'Profit factor',
    say: ({ profit_factor }) => ratio(profit_factor),
    meaning: 'All gains divided by all losses, fees counted. Below 1 it lost. None without a losing trade.',
  },
  {
    label: 'Expectancy',
    say: ({ expectancy }, quote) => money(expectancy, quote),
    meaning: 'What a trade made on average.',
  },
  {
    label: 'System quality (SQN)',
    say: ({ sqn }) => ratio(sqn),
    meaning:
      'Average profit of a trade divided by how much profits scatter, times the root of the number of trades.',
  },
  {
    label: 'Won trades',
    say: ({ win_rate, wins, losses }) =>
      orNone(win_rate, (each) => `${formatPercent(100 * each, 1)} (${wins} won, ${losses} lost)`),
    meaning: 'Trades that made something after fees, of all trades.',
  },
  {
    label: 'Average win',
    say: ({ average_win }, quote) => money(average_win, quote),
    meaning: 'Mean profit of the trades that won.',
  },
  {
    label: 'Average loss',
    say: ({ average_loss }, quote) => money(average_loss, quote),
    meaning: 'Mean loss of the trades that lost.',
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
  },
  {
    label: 'Time below the peak',
    say: ({ max_drawdown, max_drawdown_days }) =>
      max_drawdown === 0 ? null : `${max_drawdown_days.toFixed(max_drawdown_days < 10 ? 1 : 0)} days`,
    meaning: 'How long the worst fall lasted: from the peak until it was made up for, or to the end.',
  },
  {
    label: 'In the market',
    say: ({ exposure }) => pct(exposure),
    meaning: 'Share of all candles at whose close a trade was open.',
  },
];
