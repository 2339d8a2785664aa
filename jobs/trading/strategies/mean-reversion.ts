import { z } from 'zod';
import { bollinger, bollingerWarmUp, type BollingerBands } from '../indicators/bollinger.ts';
import { zScore } from '../indicators/z-score.ts';
import type { Position, SignalKind } from '../types.ts';
import { sideAt, valueAt } from './crossing.ts';
import { sayApart, sayFigure } from './price-words.ts';
import type { IndicatorSeries, Strategy, StrategyInput } from './strategy.ts';
import { toScan } from './voice.ts';

const paramsSchema = z.strictObject({
  measure: z.enum(['bollinger', 'z_score']).default('bollinger').meta({
    title: 'Measure',
    description:
      'Bollinger bands on the price, or the z-score below it. Both measure the same distance, in standard deviations; the words and the chart differ.',
  }),
  period: z.int().min(5).max(500).default(20).meta({
    title: 'Period',
    description: 'Candles whose average counts as the usual price.',
  }),
  deviations: z.number().min(0.5).max(5).default(2).meta({
    title: 'Deviations',
    description: 'How many standard deviations from the average the bands lie. More means rarer trades.',
  }),
  exit: z.enum(['middle', 'upper']).default('middle').meta({
    title: 'Sell at',
    description: 'Sells at the average, or waits for the upper band.',
  }),
});

type Params = z.output<typeof paramsSchema>;
type Lines = BollingerBands & { close: Float64Array; target: Float64Array };

/**
 * Buys where the close comes back to the lower band from below it, unless it is at its target already; sells where the close
 * reaches the average or the upper band. A z-score of −k is a close on the lower band of k deviations.
 *
 * Source: J. Bollinger, Bollinger on Bollinger Bands (2001), chapter 15; E. P. Chan, Quantitative Trading (2009), example 7.2.
 */
export const meanReversion: Strategy<Params> = {
  name: 'MEAN_REVERSION',
  title: 'Mean reversion',
  description: 'Buys when the price recovers from far below its average, and sells when it is back there.',
  paramsSchema,
  warmUp: ({ period }) => bollingerWarmUp(period) + 1,
  indicators,
  scan: (params, input) => scanLines(params, toLines(params, input)),
  next: (params, input, position) => sayNext(params, toLines(params, input), position),
};

function indicators({ measure, period, deviations }: Params, { candles }: StrategyInput): IndicatorSeries[] {
  if (measure === 'z_score') {
    const [values, bands] = [zScore(candles.close, period), [-deviations, 0, deviations]];
    return [{ id: 'z_score', label: `z-score ${period}`, pane: 'below', values, bands }];
  }
  const { middle, upper, lower } = bollinger(candles.close, period, deviations);
  return [
    { id: 'upper', label: `Upper band ${period}`, pane: 'price', values: upper },
    { id: 'middle', label: `SMA(${period})`, pane: 'price', values: middle },
    { id: 'lower', label: `Lower band ${period}`, pane: 'price', values: lower },
  ];
}

function toLines({ period, deviations, exit }: Params, { candles: { close } }: StrategyInput): Lines {
  const bands = bollinger(close, period, deviations);
  return { ...bands, close, target: exit === 'middle' ? bands.middle : bands.upper };
}

function scanLines(params: Params, lines: Lines) {
  const { close, lower, target, middle, upper } = lines;
  const kindAt = (index: number): SignalKind => {
    const isThere = sideAt(close, target, index) >= 0;
    if (isThere) return sideAt(close, target, index - 1) < 0 ? 'SELL' : 'HOLD';
    const isBack = sideAt(close, lower, index) >= 0 && sideAt(close, lower, index - 1) < 0;
    return isBack ? 'BUY' : 'HOLD';
  };
  /** How far past its line the close is, in half band widths. */
  const strengthAt = (index: number, kind: SignalKind) => {
    const level = kind === 'SELL' ? target : lower;
    const width = valueAt(upper, index) - valueAt(middle, index);
    return width === 0 ? 0 : Math.abs(valueAt(close, index) - valueAt(level, index)) / width;
  };
  const explain = (index: number, kind: SignalKind) => sayWhy(params, lines, { index, kind });
  return toScan(close.length, { kindAt, strengthAt, explain });
}

type Heard = { index: number; kind: SignalKind };

function sayWhy(params: Params, lines: Lines, { index, kind }: Heard): string {
  const { low, goal, ...place } = sayPlace(params, lines, index);
  const now = place.now.replace(/^./, (letter) => letter.toUpperCase());
  if (kind === 'BUY') return `${now} came back above ${low}`;
  if (kind === 'SELL') return `${now} reached ${goal}`;
  if (sideAt(lines.close, lines.lower, index) < 0) return `${now} is below ${low} and has not come back`;
  if (sideAt(lines.close, lines.target, index) >= 0) return `${now} has already reached ${goal}`;
  return `${now} neither came back above ${low} nor rose to ${goal}`;
}

function sayNext(params: Params, lines: Lines, position: Position | null): string {
  const index = lines.close.length - 1;
  const { now, low, goal } = sayPlace(params, lines, index);
  if (position) {
    const isThere = sideAt(lines.close, lines.target, index) >= 0;
    return `Sells when ${now} ${isThere ? 'falls below and then reaches' : 'reaches'} ${goal}.`;
  }
  const isBelow = sideAt(lines.close, lines.lower, index) < 0;
  return `Buys when ${now} ${isBelow ? 'comes back above' : 'falls below and then comes back above'} ${low}.`;
}

/** The words for where the close stands, the line to buy at and the one to sell at. */
function sayPlace({ measure, deviations, exit }: Params, lines: Lines, index: number) {
  const { close, lower, middle, upper, target } = lines;
  const [price, low] = sayApart(valueAt(close, index), valueAt(lower, index));
  const goal = sayFigure(valueAt(target, index));
  if (measure === 'bollinger')
    return {
      now: `close ${price}`,
      low: `the lower band, ${low}`,
      goal: `${exit === 'middle' ? 'the average' : 'the upper band'}, ${goal}`,
    };
  const width = valueAt(upper, index) - valueAt(middle, index);
  const score = width === 0 ? 0 : (deviations * (valueAt(close, index) - valueAt(middle, index))) / width;
  return {
    now: `z-score ${score.toFixed(2).replace('-', '−')}`,
    low: `−${deviations}`,
    goal: exit === 'middle' ? '0' : `${deviations}`,
  };
}
