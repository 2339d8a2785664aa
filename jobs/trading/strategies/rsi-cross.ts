import { z } from 'zod';
import { rsi, rsiWarmUp } from '../indicators/rsi.ts';
import type { Position } from '../types.ts';
import type { Scan, ScanSignal, Strategy, StrategyInput } from './strategy.ts';

const paramsSchema = z
  .strictObject({
    rsi_period: z.int().min(2).max(200).default(14).meta({
      title: 'RSI period',
      description: 'How many price changes the RSI looks back on. Fewer react faster and err more often.',
    }),
    oversold: z.number().min(1).max(50).default(30).meta({
      title: 'Oversold',
      description: 'Buys when the RSI rises through this level.',
    }),
    overbought: z.number().min(50).max(99).default(70).meta({
      title: 'Overbought',
      description: 'Sells when the RSI falls back through this level.',
    }),
    smoothing: z.enum(['simple', 'wilder']).default('simple').meta({
      title: 'Smoothing',
      description:
        'Simple averages forget a price change after the period; Wilder averages let it fade slowly.',
    }),
  })
  .refine((params) => params.oversold < params.overbought, {
    path: ['oversold'],
    message: 'Oversold must be below overbought.',
  });

type Params = z.output<typeof paramsSchema>;

/** Floating point noise of a sum of changes: nearer than this to a threshold counts as on it. */
const TOLERANCE = 1e-9;

/** Buys on a recovery from oversold, sells on a fall back from overbought. */
export const rsiCross: Strategy<Params> = {
  name: 'RSI_CROSS',
  title: 'RSI cross',
  description:
    'Buys when a fallen price turns up again (RSI rises through oversold) and sells when a risen one turns down.',
  paramsSchema,
  warmUp,
  indicators: (params, { candles }) => [
    {
      id: 'rsi',
      label: `RSI ${params.rsi_period}`,
      pane: 'below',
      values: rsi(candles.close, params.rsi_period, params.smoothing),
      bands: [params.oversold, params.overbought],
      range: [0, 100],
    },
  ],
  scan,
  next,
};

/** Two RSI values. */
function warmUp(params: Params): number {
  return rsiWarmUp(params.rsi_period, params.smoothing) + 1;
}

function scan(params: Params, { candles }: StrategyInput): Scan {
  const values = rsi(candles.close, params.rsi_period, params.smoothing);
  const { oversold, overbought } = params;
  const acts = new Uint8Array(values.length);
  let previous = NaN;
  for (let index = 0; index < values.length; index += 1) {
    const current = values[index] ?? NaN;
    if (crossesUp(previous, current, oversold) || crossesDown(previous, current, overbought)) acts[index] = 1;
    previous = current;
  }
  return { acts, signalAt: (index) => signalOf(params, valuesAt(values, index)) };
}

type Values = { previous: number; current: number };

function valuesAt(values: Float64Array, index: number): Values {
  const current = values[index];
  if (current === undefined) throw new RangeError(`No candle ${index} of ${values.length}`);
  return { previous: values[index - 1] ?? current, current };
}

function signalOf(params: Params, { previous, current }: Values): ScanSignal {
  const { oversold, overbought } = params;
  if (crossesUp(previous, current, oversold)) return act('BUY', { previous, current, threshold: oversold });
  if (crossesDown(previous, current, overbought))
    return act('SELL', { previous, current, threshold: overbought });
  return hold(params, current);
}

function next(params: Params, { candles }: StrategyInput, position: Position | null): string {
  const { oversold, overbought } = params;
  const { current } = valuesAt(
    rsi(candles.close, params.rsi_period, params.smoothing),
    candles.close.length - 1,
  );
  if (position)
    return `Sells when RSI, now ${show(current, overbought)}, ${sellCondition(current, overbought)}.`;
  const condition = isBelow(current, oversold) ? 'rises through' : 'falls below and then rises through';
  return `Buys when RSI, now ${show(current, oversold)}, ${condition} ${oversold}.`;
}

function sellCondition(current: number, overbought: number): string {
  return isAbove(current, overbought)
    ? `falls back through ${overbought}`
    : `rises above and then falls back through ${overbought}`;
}

type Crossing = Values & { threshold: number };

/** The farther past the threshold, the surer: distance / 50, at least 0.5. */
function act(kind: 'BUY' | 'SELL', { previous, current, threshold }: Crossing): ScanSignal {
  const confidence = Math.min(1, Math.max(0.5, Math.abs(current - threshold) / 50));
  const direction = kind === 'BUY' ? 'up' : 'down';
  const explain = () =>
    `RSI crossed ${direction} through ${threshold} (${show(previous, threshold)} → ${show(current, threshold)})`;
  return { kind, confidence, explain };
}

/** 0.3 at a threshold or beyond, rising to 0.5 halfway between the two. */
function hold({ oversold, overbought }: Params, current: number): ScanSignal {
  const inside = Math.max(0, Math.min(current - oversold, overbought - current));
  const confidence = Math.min(0.5, 0.3 + (0.2 * inside) / ((overbought - oversold) / 2));
  return { kind: 'HOLD', confidence, explain: () => holdReason(current, oversold, overbought) };
}

function holdReason(current: number, oversold: number, overbought: number): string {
  if (isBelow(current, oversold))
    return `RSI ${show(current, oversold)} is below ${oversold} and has not turned up`;
  if (isAbove(current, overbought))
    return `RSI ${show(current, overbought)} is above ${overbought} and has not turned down`;
  const nearest = current - oversold < overbought - current ? oversold : overbought;
  return `RSI ${show(current, nearest)} crossed neither ${oversold} upwards nor ${overbought} downwards`;
}

const crossesUp = (previous: number, current: number, level: number) =>
  isBelow(previous, level) && !isBelow(current, level);

const crossesDown = (previous: number, current: number, level: number) =>
  isAbove(previous, level) && !isAbove(current, level);

const isBelow = (value: number, level: number) => value < level - TOLERANCE;

const isAbove = (value: number, level: number) => value > level + TOLERANCE;

/** One decimal, or as many as it takes (up to 6) not to read as the threshold that it misses. */
function show(value: number, threshold: number): string {
  const isOn = Math.abs(value - threshold) <= TOLERANCE;
  let digits = 1;
  while (!isOn && digits < 6 && Number(value.toFixed(digits)) === threshold) digits += 1;
  return value.toFixed(digits);
}
