import { z } from 'zod';
import { superTrend, superTrendWarmUp, type SuperTrend } from '../indicators/super-trend.ts';
import type { Position, SignalKind } from '../types.ts';
import { valueAt } from './crossing.ts';
import { sayApart } from './price-words.ts';
import type { Strategy, StrategyInput } from './strategy.ts';
import { priceStrength, toScan } from './voice.ts';

const paramsSchema = z.strictObject({
  atr_period: z.int().min(2).max(100).default(10).meta({
    title: 'ATR period',
    description: 'Candles whose true ranges are averaged.',
  }),
  factor: z.number().min(0.5).max(10).default(3).meta({
    title: 'Factor',
    description:
      'How many average true ranges the line trails the price. More gives a trend more room to breathe.',
  }),
});

type Params = z.output<typeof paramsSchema>;
type Lines = SuperTrend & { close: Float64Array };

/**
 * Buys where the SuperTrend turns to rising, sells where it turns to falling.
 *
 * Source: O. Seban, Tout le monde mérite d'être riche (2009): 10 and 3.
 */
export const superTrendFlip: Strategy<Params> = {
  name: 'SUPERTREND',
  title: 'SuperTrend',
  description:
    'Buys when a close above the trailing line turns the trend to rising, and sells when one below turns it back.',
  paramsSchema,
  warmUp: ({ atr_period }) => superTrendWarmUp(atr_period) + 1,
  indicators: (params, input) => [
    { id: 'line', label: sayName(params), pane: 'price', values: toLines(params, input).line },
  ],
  scan: (params, input) => scanLines(params, toLines(params, input)),
  next: (params, input, position) => sayNext(params, toLines(params, input), position),
};

const sayName = ({ atr_period, factor }: Params) => `SuperTrend(${atr_period}, ${factor})`;

function toLines({ atr_period, factor }: Params, { candles }: StrategyInput): Lines {
  return { ...superTrend(candles, atr_period, factor), close: candles.close };
}

function scanLines(params: Params, { line, direction, close }: Lines) {
  const kindAt = (index: number): SignalKind => {
    const turn = valueAt(direction, index) - valueAt(direction, index - 1);
    if (turn > 0) return 'BUY';
    return turn < 0 ? 'SELL' : 'HOLD';
  };
  const explain = (index: number, kind: SignalKind) => {
    const rising = direction[index] === 1;
    // Where the trend turns, the close crossed the line as it stood before.
    const level = kind === 'HOLD' ? line[index] : line[index - 1];
    const [price, trail] = sayApart(valueAt(close, index), level ?? NaN);
    if (kind === 'HOLD')
      return `${sayName(params)} goes on ${rising ? 'rising' : 'falling'}: close ${price} is ${rising ? 'above' : 'below'} its line, ${trail}`;
    return `${sayName(params)} turned to ${rising ? 'rising' : 'falling'}: close ${price} crossed its line, ${trail}`;
  };
  const strengthAt = (index: number) => priceStrength(valueAt(close, index), valueAt(line, index));
  return toScan(close.length, { kindAt, strengthAt, explain });
}

function sayNext(params: Params, { line, direction, close }: Lines, position: Position | null): string {
  const [price, trail] = sayApart(close.at(-1) ?? NaN, line.at(-1) ?? NaN);
  const isRising = direction.at(-1) === 1;
  const name = `the line of ${sayName(params)}, now ${trail}`;
  if (position)
    return `Sells when the close, now ${price}, ${isRising ? 'falls below' : 'rises above and then falls below'} ${name}.`;
  return `Buys when the close, now ${price}, ${isRising ? 'falls below and then rises above' : 'rises above'} ${name}.`;
}
