import { z } from 'zod';
import { macd, macdWarmUp } from '../indicators/macd.ts';
import type { Position, SignalKind } from '../types.ts';
import { findCrossings, sideOf, valueAt } from './crossing.ts';
import { sayApart, sayCrossing, sayFigure, saySide } from './price-words.ts';
import type { Strategy, StrategyInput } from './strategy.ts';
import { toScan } from './voice.ts';

const paramsSchema = z
  .strictObject({
    fast_period: z.int().min(2).max(100).default(12).meta({
      title: 'Fast period',
      description: 'Candles that the fast average spans.',
    }),
    slow_period: z.int().min(3).max(200).default(26).meta({
      title: 'Slow period',
      description: 'Candles that the slow average spans. The MACD is the fast average less the slow one.',
    }),
    signal_period: z.int().min(2).max(100).default(9).meta({
      title: 'Signal period',
      description: 'MACD values that the signal line averages.',
    }),
    zero_filter: z.enum(['off', 'below_zero', 'above_zero']).default('off').meta({
      title: 'Zero line',
      description:
        'Where the MACD must stand for a buy: below zero catches turns, above zero goes with the trend. Sells are not held back.',
    }),
  })
  .refine((params) => params.fast_period < params.slow_period, {
    path: ['fast_period'],
    message: 'The fast period must be below the slow one.',
  });

type Params = z.output<typeof paramsSchema>;

type Lines = { line: Float64Array; signal: Float64Array; close: Float64Array };

/** At this share of the price the histogram is as strong as it gets. */
const FULL_SHARE = 0.002;

/**
 * Buys where the MACD crosses above its signal line, sells where it crosses below. The two are equal within 1e-9 of the price.
 *
 * Source: G. Appel, Technical Analysis: Power Tools for Active Investors (2005), chapter 8: 12, 26 and 9; buys below and
 * sells above zero.
 */
export const macdCross: Strategy<Params> = {
  name: 'MACD',
  title: 'MACD',
  description:
    'Buys when momentum turns up (the MACD crosses above its signal line) and sells when it turns down.',
  paramsSchema,
  warmUp: (params) => macdWarmUp(toPeriods(params)) + 1,
  indicators: (params, { candles }) => {
    const { macd: line, histogram } = macd(candles.close, toPeriods(params));
    const { fast_period, slow_period, signal_period } = params;
    return [
      { id: 'macd', label: `MACD(${fast_period}, ${slow_period})`, pane: 'below', values: line, bands: [0] },
      {
        id: 'histogram',
        label: `Above its signal(${signal_period})`,
        pane: 'below',
        values: histogram,
        bands: [0],
      },
    ];
  },
  scan: (params, input) => scanLines(params, toLines(params, input)),
  next: (params, input, position) => sayNext(params, toLines(params, input), position),
};

const toPeriods = ({ fast_period: fast, slow_period: slow, signal_period: signal }: Params) => ({
  fast,
  slow,
  signal,
});

function toLines(params: Params, { candles: { close } }: StrategyInput): Lines {
  const { macd: line, signal } = macd(close, toPeriods(params));
  return { line, signal, close };
}

/** What counts as equal is a fraction of the price, which the lines are made of: they themselves pass through 0. */
const sideIn = ({ close }: Lines, index: number, [value, level]: [value: number, level: number]) =>
  sideOf(value, level, valueAt(close, index));

function scanLines({ zero_filter }: Params, lines: Lines) {
  const { line, signal, close } = lines;
  const crossings = findCrossings(line, signal, close);
  const allows = (index: number) => {
    if (zero_filter === 'off') return true;
    return sideIn(lines, index, [valueAt(line, index), 0]) === (zero_filter === 'above_zero' ? 1 : -1);
  };
  const kindAt = (index: number): SignalKind => {
    if (crossings[index] === -1) return 'SELL';
    return crossings[index] === 1 && allows(index) ? 'BUY' : 'HOLD';
  };
  const strengthAt = (index: number) =>
    Math.abs(valueAt(line, index) - valueAt(signal, index)) / (FULL_SHARE * valueAt(close, index));
  const explain = (index: number, kind: SignalKind) => {
    const [now, level] = sayApart(valueAt(line, index), valueAt(signal, index));
    if (kind === 'SELL') return `MACD crossed below its signal line (${now} < ${level})`;
    const crossed = `MACD crossed above its signal line (${now} > ${level})`;
    if (kind === 'BUY') return crossed;
    if (crossings[index] === 1) return `${crossed}, but not ${sayZero(zero_filter)}`;
    const side = sideIn(lines, index, [valueAt(line, index), valueAt(signal, index)]);
    return `MACD ${now} is ${saySide(side)} its signal line, ${level}, and has not crossed it`;
  };
  return toScan(close.length, { kindAt, strengthAt, explain });
}

const sayZero = (filter: Params['zero_filter']) => filter.replace('_', ' ');

function sayNext({ zero_filter }: Params, lines: Lines, position: Position | null): string {
  const index = lines.close.length - 1;
  const [now, level] = [sayFigure(valueAt(lines.line, index)), sayFigure(valueAt(lines.signal, index))];
  const turn = sayCrossing(
    position ? -1 : 1,
    sideIn(lines, index, [valueAt(lines.line, index), valueAt(lines.signal, index)]),
  );
  if (position) return `Sells when the MACD, now ${now}, ${turn} its signal line, now ${level}.`;
  const where = zero_filter === 'off' ? '' : ` while ${sayZero(zero_filter)}`;
  return `Buys when the MACD, now ${now}, ${turn} its signal line, now ${level}${where}.`;
}
