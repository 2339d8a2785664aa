import type { BacktestView, ComparedBacktest } from '../schemas/backtests.ts';
import { sayFraction, sayStake } from './backtest-words.ts';
import { sayRiskRules } from './bot-rules.tsx';
import { formatMoney, moneyDecimals } from './format.ts';
import { findBest, METRICS } from './metric-definitions.ts';
import { formatMoment } from './moment.ts';

/** One line of a comparison: a text for each backtest, `null` where it has none, and which of them is the best (-1: none). */
export type ComparisonRow = { label: string; texts: (string | null)[]; best: number; meaning?: string };

export const LETTERS = ['A', 'B', 'C', 'D'] as const;

const day = (time: string | number) => formatMoment(new Date(time).getTime(), 'day');
const sayValue = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
const sayName = (name: string) => name.replaceAll('_', ' ').replace(/^./, (first) => first.toUpperCase());

/** Titles of parameters by their names. */
export type Titles = Readonly<Record<string, string>>;

/** All that a result depends on, as texts. */
function listSettings(backtest: BacktestView, titles: Titles): Map<string, string> {
  const { quote, maxOpen, fee, makerFee, keepsOrders } = backtest;
  const params = Object.entries(backtest.params).map(
    ([name, value]) => [titles[name] ?? sayName(name), sayValue(value)] as const,
  );
  const rules = sayRiskRules(backtest.risk, quote).map(
    ([label, value]) => [label, typeof value === 'string' ? value : ''] as const,
  );
  return new Map<string, string>([
    ['Market', backtest.symbols.join(', ')],
    ['Exchange', backtest.venueName],
    ['Candles', backtest.timeframe],
    ...(backtest.detailTimeframe === null ? [] : [['Finer candles', backtest.detailTimeframe] as const]),
    ['Period', `${day(backtest.fromTime)} to ${day(Date.parse(backtest.toTime) - 1)}`],
    ['Strategy', backtest.strategyTitle],
    ...params,
    ['Balance', `${formatMoney(backtest.initialBalance, moneyDecimals(quote))} ${quote}`],
    ['Each buy spends', sayStake(backtest)],
    ...(maxOpen === null ? [] : [['Open positions, at most', String(maxOpen)] as const]),
    ['Fee of a fill', sayFraction(fee)],
    ...(keepsOrders ? [['Fee of resting orders', sayFraction(makerFee)] as const] : []),
    ['Slippage', sayFraction(backtest.slippage)],
    ['Step of quantities', backtest.lotSize ?? 'not counted'],
    ['Step of prices', backtest.tickSize ?? 'not counted'],
    ['Least order', backtest.minNotional ?? 'not counted'],
    ...rules,
  ]);
}

/** Returns the settings in which backtests differ. */
export function listDifferences(all: readonly ComparedBacktest[], titles: Titles): ComparisonRow[] {
  const settings = all.map(({ backtest }) => listSettings(backtest, titles));
  const labels = new Set(settings.flatMap((each) => [...each.keys()]));
  const rows = [...labels].map((label) => ({
    label,
    texts: settings.map((each) => each.get(label) ?? null),
    best: -1,
  }));
  return rows.filter(({ texts }) => new Set(texts).size > 1);
}

/** Returns the figures of backtests. Amounts are only held against each other where they began with the same balance. */
export function listFigures(all: readonly ComparedBacktest[]): ComparisonRow[] {
  const metrics = all.map(({ backtest }) => backtest.metrics);
  const purses = new Set(all.map(({ backtest }) => `${backtest.metrics.initial_balance} ${backtest.quote}`));
  return METRICS.filter(({ isTable }) => isTable !== true).map((definition) => {
    const isUnfair = definition.better?.isMoney === true && purses.size > 1;
    return {
      label: definition.label,
      meaning: definition.meaning,
      texts: all.map(({ backtest }) => definition.say(backtest.metrics, backtest.quote)),
      best: isUnfair ? -1 : findBest(definition, metrics),
    };
  });
}

/** Returns why figures may not be held against each other, in a sentence; `null` where nothing speaks against it. */
export function sayUnlike(all: readonly ComparedBacktest[]): string | null {
  const differ = (pick: (backtest: BacktestView) => string) =>
    new Set(all.map(({ backtest }) => pick(backtest))).size > 1;
  const unlike = [
    differ(({ fromTime, toTime }) => `${fromTime} ${toTime}`) && 'periods',
    differ(({ symbols, venue }) => `${venue} ${symbols.toSorted().join()}`) && 'markets',
  ].filter((each) => each !== false);
  if (unlike.length === 0) return null;
  return `They ran on different ${unlike.join(' and ')}: what is better here may have had the better prices. Hold each against buying and holding.`;
}
