import type { Metrics } from '../backtest/metrics/metrics.ts';

/** The figures of a backtest that an optimisation can look for. */
export type ObjectiveMetrics = Pick<
  Metrics,
  | 'totalReturn'
  | 'cagr'
  | 'sharpe'
  | 'sortino'
  | 'calmar'
  | 'profitFactor'
  | 'expectancy'
  | 'sqn'
  | 'winRate'
  | 'trades'
> & { maxDrawdown: Pick<Metrics['maxDrawdown'], 'depth'> };

/** What an optimisation looks for: the `highest` or the `lowest` value of one figure. */
export type Objective = {
  name: string;
  title: string;
  description: string;
  direction: 'highest' | 'lowest';
  valueOf: (metrics: ObjectiveMetrics) => number | null;
};

/** How good a result is. `score`: more is better, whatever the direction; `null` with a reason where there is none. */
export type Score =
  { value: number; score: number; reason: null } | { value: number | null; score: null; reason: string };

/** A result on fewer trades says more of luck than of the parameters. */
export const DEFAULT_MIN_TRADES = 10;

/** Each is defined in the file of its figure, in `backtest/metrics/`. The first is the default. */
export const OBJECTIVES: readonly Objective[] = [
  {
    name: 'sharpe',
    title: 'Sharpe ratio',
    description: 'Return for each unit of its ups and downs.',
    direction: 'highest',
    valueOf: (metrics) => metrics.sharpe,
  },
  {
    name: 'sortino',
    title: 'Sortino ratio',
    description: 'Return for each unit of its downs alone.',
    direction: 'highest',
    valueOf: (metrics) => metrics.sortino,
  },
  {
    name: 'calmar',
    title: 'Calmar ratio',
    description: 'Yearly return for each unit of the deepest drawdown.',
    direction: 'highest',
    valueOf: (metrics) => metrics.calmar,
  },
  {
    name: 'total_return',
    title: 'Total return',
    description: 'What the whole period earned, whatever the risk.',
    direction: 'highest',
    valueOf: (metrics) => metrics.totalReturn,
  },
  {
    name: 'cagr',
    title: 'Yearly return',
    description: 'What a year earned, gains reinvested, whatever the risk.',
    direction: 'highest',
    valueOf: (metrics) => metrics.cagr,
  },
  {
    name: 'profit_factor',
    title: 'Profit factor',
    description: 'What gains earned for each unit that losses cost.',
    direction: 'highest',
    valueOf: (metrics) => metrics.profitFactor,
  },
  {
    name: 'expectancy',
    title: 'Expectancy',
    description: 'What a trade earned on average.',
    direction: 'highest',
    valueOf: (metrics) => metrics.expectancy,
  },
  {
    name: 'sqn',
    title: 'System quality number',
    description: 'The average trade for each unit of the spread of trades, more the more trades there are.',
    direction: 'highest',
    valueOf: (metrics) => metrics.sqn,
  },
  {
    name: 'win_rate',
    title: 'Win rate',
    description: 'Trades with a gain, however small it is and however large losses are.',
    direction: 'highest',
    valueOf: (metrics) => metrics.winRate,
  },
  {
    name: 'max_drawdown',
    title: 'Maximum drawdown',
    description: 'The deepest fall from a peak, as small as possible.',
    direction: 'lowest',
    valueOf: (metrics) => metrics.maxDrawdown.depth,
  },
];

/** Returns the objective of that name, if there is one. */
export function findObjective(name: string): Objective | undefined {
  return OBJECTIVES.find((objective) => objective.name === name);
}

/** Returns how good a result is. Too few trades, or a figure without meaning, are no score: better none than a wrong one. */
export function scoreOf(
  { title, direction, valueOf }: Objective,
  metrics: ObjectiveMetrics,
  minTrades = DEFAULT_MIN_TRADES,
): Score {
  const value = valueOf(metrics);
  if (metrics.trades < minTrades)
    return { value, score: null, reason: `${metrics.trades} trades; at least ${minTrades} count.` };
  if (value === null || !Number.isFinite(value))
    return { value: null, score: null, reason: `${title} has no meaning for this result.` };
  return { value, score: direction === 'highest' ? value : -value, reason: null };
}

/** Orders scores best first, those without one last: for `sort`. */
export function compareScores(a: Score, b: Score): number {
  if (a.score === null || b.score === null) return Number(a.score === null) - Number(b.score === null);
  return b.score - a.score;
}
