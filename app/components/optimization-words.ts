import { OBJECTIVES } from '../../jobs/trading/research/objectives.ts';
import type { OptimizationView } from '../schemas/optimizations.ts';
import type { Tone } from './badge.tsx';
import { roundDecimal } from './format.ts';

export const STATUS_LOOKS: Record<OptimizationView['status'], { word: string; tone: Tone }> = {
  queued: { word: 'Waiting', tone: 'plain' },
  running: { word: 'Running', tone: 'accent' },
  done: { word: 'Done', tone: 'gain' },
  failed: { word: 'Failed', tone: 'loss' },
  canceled: { word: 'Called off', tone: 'plain' },
};

export const isUnderWay = ({ status }: Pick<OptimizationView, 'status'>) =>
  status === 'queued' || status === 'running';

/** Nothing varied: one set was checked, none was chosen. */
export const isCheck = ({ plan, total }: Pick<OptimizationView, 'plan' | 'total'>) =>
  total === 1 && plan.tries === 1;

export const SAMPLER_WORDS = {
  tpe: 'Learning (TPE)',
  random: 'At random',
  grid: 'Every set in order',
} as const;

export function objectiveOf(name: string) {
  return OBJECTIVES.find((objective) => objective.name === name);
}

type RoiStep = { after_candles: number; profit_pct: string };

export type Values = Record<string, string | number | boolean>;

/** `rsi period 14, oversold 30`, in the order of the plan: stored values have lost theirs. */
export function sayValues({ plan }: Pick<OptimizationView, 'plan'>, values: Values): string {
  if (Object.keys(values).length === 0) return 'As given';
  const place = (name: string) => plan.vary.findIndex((line) => line.startsWith(`${name}=`));
  return Object.entries(values)
    .sort(([one], [other]) => place(one) - place(other))
    .map(([name, value]) => `${name.replaceAll('_', ' ')} ${String(value)}`)
    .join(', ');
}

/** A figure of a result with two decimals; a dash where it has no meaning. */
export const figure = (value: number | null, decimals = 2): string =>
  value === null
    ? '–'
    : value
        .toFixed(decimals)
        .replace(/^-(?=[0.]*$)/, '')
        .replace('-', '−');

/** A fraction as a percentage with one decimal. */
export const share = (value: number | null, decimals = 1): string =>
  value === null ? '–' : `${figure(100 * value, decimals)}\u00a0%`;

/** The value of an objective as its score stands for it: where less is better, the score is its negative. */
export function sayScore(name: string, score: number | null): string {
  if (score === null) return '–';
  const isShare = ['total_return', 'cagr', 'win_rate', 'max_drawdown'].includes(name);
  const value = objectiveOf(name)?.direction === 'lowest' ? -score : score;
  return isShare ? share(value) : figure(value);
}

/** A fraction in per cent, without zeros at its end. */
export const toPercent = (fraction: string) => {
  const text = roundDecimal(String(100 * Number(fraction)), 6);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
};

/** A table of gains in one line, as the forms take it: `0: 4, 60: 1`. */
export const toRuleText = (value: unknown): string =>
  Array.isArray(value)
    ? (value as RoiStep[]).map((step) => `${String(step.after_candles)}: ${step.profit_pct}`).join(', ')
    : String(value);

/** What each buy spends, as the forms take it: `all`, an amount, or a share of the equity. */
export const toStakeText = ({ stake, sizing }: Pick<OptimizationView, 'stake' | 'sizing'>): string =>
  sizing?.type === 'equity_fraction' ? `${toPercent(sizing.value)} %` : (sizing?.value ?? stake);
