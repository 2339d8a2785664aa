import { z } from 'zod';
import { rsi } from '../indicators/rsi.ts';
import { tailCandles } from '../candles.ts';
import type { Candles, Position, Signal } from '../types.ts';
import type { Strategy } from './strategy.ts';

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
/** After ten periods less than 0.005 % of a Wilder average comes from older changes. */
const WILDER_PERIODS = 10;

/** Buys on a recovery from oversold, sells on a fall back from overbought. */
export const rsiCross: Strategy<Params> = {
  name: 'RSI_CROSS',
  title: 'RSI cross',
  description:
    'Buys when a fallen price turns up again (RSI rises through oversold) and sells when a risen one turns down.',
  paramsSchema,
  warmUp,
  indicators: (params, candles) => [
    {
      id: 'rsi',
      label: `RSI ${params.rsi_period}`,
      pane: 'below',
      values: rsi(candles.close, params.rsi_period, params.smoothing),
      bands: [params.oversold, params.overbought],
      range: [0, 100],
    },
  ],
  signal,
  next,
};

/** Two RSI values: period + 1 changes, period + 2 closes. */
function warmUp(params: Params): number {
  return params.rsi_period * (params.smoothing === 'wilder' ? WILDER_PERIODS : 1) + 2;
}

function signal(params: Params, candles: Candles): Signal {
  const { previous, current } = lastTwo(params, candles);
  const { oversold, overbought } = params;
  if (isBelow(previous, oversold) && !isBelow(current, oversold)) {
    return act('BUY', `RSI crossed up through ${oversold}`, { previous, current, threshold: oversold });
  }
  if (isBelow(overbought, previous) && !isBelow(overbought, current)) {
    return act('SELL', `RSI crossed down through ${overbought}`, {
      previous,
      current,
      threshold: overbought,
    });
  }
  return hold(params, current);
}

function next(params: Params, candles: Candles, position: Position | null): string {
  const { oversold, overbought } = params;
  const { current } = lastTwo(params, candles);
  if (position)
    return `Sells when RSI, now ${show(current, overbought)}, ${sellCondition(current, overbought)}.`;
  const condition = isBelow(current, oversold) ? 'rises through' : 'falls below and then rises through';
  return `Buys when RSI, now ${show(current, oversold)}, ${condition} ${oversold}.`;
}

function sellCondition(current: number, overbought: number): string {
  return isBelow(overbought, current)
    ? `falls back through ${overbought}`
    : `rises above and then falls back through ${overbought}`;
}

/** The two newest RSI values, from the warm-up's candles alone, so that more history changes no signal. */
function lastTwo(params: Params, candles: Candles): { previous: number; current: number } {
  const values = rsi(tailCandles(candles, warmUp(params)).close, params.rsi_period, params.smoothing);
  const current = values.at(-1);
  if (current === undefined) throw new RangeError('A signal needs at least one candle');
  return { previous: values.at(-2) ?? current, current };
}

type Crossing = { previous: number; current: number; threshold: number };

/** The farther past the threshold, the surer: distance / 50, at least 0.5. */
function act(kind: 'BUY' | 'SELL', what: string, { previous, current, threshold }: Crossing): Signal {
  const confidence = Math.min(1, Math.max(0.5, Math.abs(current - threshold) / 50));
  return { kind, confidence, reason: `${what} (${show(previous, threshold)} → ${show(current, threshold)})` };
}

/** 0.3 at a threshold or beyond, rising to 0.5 halfway between the two. */
function hold({ oversold, overbought }: Params, current: number): Signal {
  const inside = Math.max(0, Math.min(current - oversold, overbought - current));
  const confidence = 0.3 + (0.2 * inside) / ((overbought - oversold) / 2);
  return {
    kind: 'HOLD',
    confidence: Math.min(0.5, confidence),
    reason: holdReason(current, oversold, overbought),
  };
}

function holdReason(current: number, oversold: number, overbought: number): string {
  if (isBelow(current, oversold))
    return `RSI ${show(current, oversold)} is below ${oversold} and has not turned up`;
  if (isBelow(overbought, current))
    return `RSI ${show(current, overbought)} is above ${overbought} and has not turned down`;
  const nearest = current - oversold < overbought - current ? oversold : overbought;
  return `RSI ${show(current, nearest)} crossed neither ${oversold} upwards nor ${overbought} downwards`;
}

function isBelow(value: number, limit: number): boolean {
  return value < limit - TOLERANCE;
}

/** One decimal, or as many as it takes (up to 6) not to read as the threshold that it misses. */
function show(value: number, threshold: number): string {
  const isOn = Math.abs(value - threshold) <= TOLERANCE;
  let digits = 1;
  while (!isOn && digits < 6 && Number(value.toFixed(digits)) === threshold) digits += 1;
  return value.toFixed(digits);
}
