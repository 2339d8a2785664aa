import { z } from 'zod';
import { atr, atrWarmUp } from '../indicators/atr.ts';
import { donchian, donchianWarmUp } from '../indicators/donchian.ts';
import type { Position, SignalKind } from '../types.ts';
import { sideAt, valueAt } from './crossing.ts';
import { sayApart, sayFigure } from './price-words.ts';
import type { Strategy, StrategyInput } from './strategy.ts';
import { priceStrength, toScan } from './voice.ts';

const paramsSchema = z
  .strictObject({
    entry_period: z.int().min(2).max(500).default(20).meta({
      title: 'Entry channel',
      description: 'Buys on a close above the highest high of so many candles before it.',
    }),
    exit_period: z.int().min(2).max(500).default(10).meta({
      title: 'Exit channel',
      description: 'Sells on a close below the lowest low of so many candles before it.',
    }),
    atr_factor: z.number().min(0).max(5).default(0.5).meta({
      title: 'ATR filter',
      description:
        'How many average true ranges the close must be above the channel: more passes over breakouts that are mere noise, 0 takes all.',
    }),
    atr_period: z.int().min(2).max(100).default(14).meta({
      title: 'ATR period',
      description: 'Candles whose true ranges are averaged. Without effect while the filter is 0.',
    }),
  })
  .refine((params) => params.exit_period <= params.entry_period, {
    path: ['exit_period'],
    message: 'The exit channel must not be longer than the entry channel.',
  });

type Params = z.output<typeof paramsSchema>;
/** `entry` and `exit` are what the close of the same candle is held against: made of the candles before it alone. */
type Lines = { close: Float64Array; entry: Float64Array; exit: Float64Array };

/**
 * Buys where the close is above the channel of the candles before it by some average true ranges, sells where it is below the
 * shorter exit channel. Every such candle speaks: after an exit the next breakout of the same rise counts.
 *
 * Source: R. Donchian's four-week rule; the Turtles' first system, 20 and 10 (C. Faith, Way of the Turtle, 2007, appendix).
 */
export const breakout: Strategy<Params> = {
  name: 'BREAKOUT',
  title: 'Breakout',
  description:
    'Buys when the price breaks out above its recent highs and sells when it falls below its recent lows.',
  paramsSchema,
  warmUp: ({ entry_period, atr_factor, atr_period }) =>
    Math.max(donchianWarmUp(entry_period), atr_factor > 0 ? atrWarmUp(atr_period) : 0) + 1,
  indicators: (params, input) => {
    const { entry, exit } = toLines(params, input);
    return [
      { id: 'entry', label: `Buys above (${params.entry_period})`, pane: 'price', values: entry },
      { id: 'exit', label: `Sells below (${params.exit_period})`, pane: 'price', values: exit },
    ];
  },
  scan: (params, input) => scanLines(params, toLines(params, input)),
  next: (params, input, position) => sayNext(params, toLines(params, input), position),
};

function toLines(params: Params, { candles }: StrategyInput): Lines {
  const { entry_period, exit_period, atr_factor, atr_period } = params;
  const { upper } = donchian(candles, entry_period);
  const { lower } = donchian(candles, exit_period);
  if (atr_factor > 0) {
    const ranges = atr(candles, atr_period);
    for (let index = 0; index < upper.length; index += 1)
      upper[index] = valueAt(upper, index) + atr_factor * valueAt(ranges, index);
  }
  return { close: candles.close, entry: delay(upper), exit: delay(lower) };
}

/** Moves each value to the candle after its own. */
function delay(values: Float64Array): Float64Array {
  values.copyWithin(1, 0);
  values.fill(NaN, 0, 1);
  return values;
}

function scanLines(params: Params, lines: Lines) {
  const { close, entry, exit } = lines;
  const kindAt = (index: number): SignalKind => {
    if (sideAt(close, entry, index) === 1) return 'BUY';
    return sideAt(close, exit, index) === -1 ? 'SELL' : 'HOLD';
  };
  const levelOf = (index: number, kind: SignalKind) => (kind === 'SELL' ? exit : entry)[index] ?? NaN;
  const explain = (index: number, kind: SignalKind) => {
    const [price, level] = sayApart(valueAt(close, index), levelOf(index, kind));
    if (kind === 'BUY') return `Close ${price} broke out above ${level}, ${sayEntry(params)}`;
    if (kind === 'SELL') return `Close ${price} fell below ${level}, ${sayExit(params)}`;
    return `Close ${price} is between ${sayFigure(valueAt(exit, index))}, ${sayExit(params)}, and ${level}, ${sayEntry(params)}`;
  };
  const strengthAt = (index: number, kind: SignalKind) =>
    priceStrength(valueAt(close, index), levelOf(index, kind));
  return toScan(close.length, { kindAt, strengthAt, explain });
}

const sayEntry = ({ entry_period, atr_factor }: Params) =>
  `the high of ${entry_period} candles${atr_factor > 0 ? ` and ${atr_factor} ATR` : ''}`;

const sayExit = ({ exit_period }: Params) => `the low of ${exit_period} candles`;

/** The level of the next candle is not known before this one's channel has moved on: it is said as it stands now. */
function sayNext(params: Params, { close, entry, exit }: Lines, position: Position | null): string {
  const index = close.length - 1;
  const [price, level] = sayApart(valueAt(close, index), (position ? exit : entry)[index] ?? NaN);
  if (position) return `Sells when the close, now ${price}, is below ${sayExit(params)}, lately ${level}.`;
  return `Buys when the close, now ${price}, is above ${sayEntry(params)}, lately ${level}.`;
}
