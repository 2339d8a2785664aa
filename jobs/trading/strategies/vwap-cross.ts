import { z } from 'zod';
import { rollingVwap, rollingVwapWarmUp } from '../indicators/rolling-vwap.ts';
import { sessionVwap, sessionVwapWarmUp } from '../indicators/session-vwap.ts';
import { timeframeMs } from '../timeframe.ts';
import type { Position, SignalKind } from '../types.ts';
import { findCrossings, sideAt, valueAt } from './crossing.ts';
import { sayApart, sayCrossing, sayFigure, saySide } from './price-words.ts';
import type { IndicatorSeries, Strategy, StrategyInput } from './strategy.ts';
import { priceStrength, toScan } from './voice.ts';

const paramsSchema = z.strictObject({
  anchor: z.enum(['session', 'rolling']).default('session').meta({
    title: 'Average since',
    description:
      'Session: the average begins anew at 00:00 UTC. Rolling: it spans the last candles, as many as the period says.',
  }),
  period: z.int().min(2).max(1_000).default(96).meta({
    title: 'Period',
    description: 'Candles of a rolling average. Without effect on a session.',
  }),
  band_pct: z.number().min(0).max(10).default(0.1).meta({
    title: 'Band',
    description:
      'Per cent that the close must be above the average for a buy, and below it for a sell: more passes over crossings that are mere noise.',
  }),
});

type Params = z.output<typeof paramsSchema>;
type Lines = { close: Float64Array; vwap: Float64Array; upper: Float64Array; lower: Float64Array };

/**
 * Buys where the close crosses above the volume-weighted average price and a band of some per cent, sells where it crosses
 * below the average and such a band. Crossings rather than a return from outer bands: MEAN_REVERSION does that.
 *
 * Source: S. Berkowitz, D. Logue, E. Noser, The Total Cost of Transactions on the NYSE, Journal of Finance 43:1 (1988);
 * C. Zarattini, A. Aziz, Volume Weighted Average Price: The Holy Grail for Day Trading Systems (SSRN 4631351, 2023).
 */
export const vwapCross: Strategy<Params> = {
  name: 'VWAP',
  title: 'VWAP',
  description:
    'Buys when the price rises above what was paid on average, by volume, and sells when it falls below.',
  paramsSchema,
  warmUp: ({ anchor, period }, timeframe) =>
    (anchor === 'session' ? sessionVwapWarmUp(timeframeMs(timeframe)) : rollingVwapWarmUp(period)) + 1,
  indicators: (params, input) => {
    const { vwap, upper, lower } = toLines(params, input);
    const name = sayName(params);
    const bands: IndicatorSeries[] = [
      { id: 'upper', label: `${name} + ${params.band_pct} %`, pane: 'price', values: upper },
      { id: 'lower', label: `${name} − ${params.band_pct} %`, pane: 'price', values: lower },
    ];
    return [{ id: 'vwap', label: name, pane: 'price', values: vwap }, ...(params.band_pct > 0 ? bands : [])];
  },
  scan: (params, input) => scanLines(params, toLines(params, input)),
  next: (params, input, position) => sayNext(params, toLines(params, input), position),
};

function toLines({ anchor, period, band_pct }: Params, { candles }: StrategyInput): Lines {
  const vwap = anchor === 'session' ? sessionVwap(candles) : rollingVwap(candles, period);
  const moveBy = (factor: number) => (band_pct === 0 ? vwap : scale(vwap, factor));
  return { close: candles.close, vwap, upper: moveBy(1 + band_pct / 100), lower: moveBy(1 - band_pct / 100) };
}

function scale(values: Float64Array, factor: number): Float64Array {
  const scaled = new Float64Array(values.length);
  for (let index = 0; index < scaled.length; index += 1) scaled[index] = valueAt(values, index) * factor;
  return scaled;
}

const sayName = ({ anchor, period }: Params) => (anchor === 'session' ? 'session VWAP' : `VWAP(${period})`);

function scanLines(params: Params, lines: Lines) {
  const { close, upper, lower } = lines;
  const [above, below] = [findCrossings(close, upper), findCrossings(close, lower)];
  const kindAt = (index: number): SignalKind => {
    if (above[index] === 1) return 'BUY';
    return below[index] === -1 ? 'SELL' : 'HOLD';
  };
  const strengthAt = (index: number, kind: SignalKind) =>
    priceStrength(valueAt(close, index), (kind === 'SELL' ? lower : upper)[index] ?? NaN);
  return toScan(close.length, {
    kindAt,
    strengthAt,
    explain: (index, kind) => explain(params, lines, { index, kind }),
  });
}

function explain(params: Params, lines: Lines, { index, kind }: { index: number; kind: SignalKind }): string {
  const { close, vwap, upper, lower } = lines;
  const levels = kind === 'SELL' ? lower : upper;
  const [price, level] = sayApart(valueAt(close, index), valueAt(levels, index));
  const average = `the ${sayName(params)}, ${sayFigure(valueAt(vwap, index))}`;
  if (kind !== 'HOLD') {
    const where =
      params.band_pct > 0 ? `${level}, ${params.band_pct} % ${kind === 'BUY' ? 'over' : 'under'} ` : '';
    return `Close ${price} crossed ${kind === 'BUY' ? 'above' : 'below'} ${where}${average}`;
  }
  return `Close ${price} is ${saySide(sideAt(close, vwap, index))} ${average}, and crossed no band`;
}

function sayNext({ band_pct, ...params }: Params, lines: Lines, position: Position | null): string {
  const index = lines.close.length - 1;
  const levels = position ? lines.lower : lines.upper;
  const [price, level] = sayApart(valueAt(lines.close, index), valueAt(levels, index));
  const turn = sayCrossing(position ? -1 : 1, sideAt(lines.close, levels, index));
  const where = band_pct > 0 ? `${band_pct} % ${position ? 'under' : 'over'} the` : 'the';
  return `${position ? 'Sells' : 'Buys'} when the close, now ${price}, ${turn} ${level}, ${where} ${sayName({ ...params, band_pct })}.`;
}
