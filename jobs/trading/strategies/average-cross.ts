import { z } from 'zod';
import type { Timeframe } from '../timeframe.ts';
import type { Position, SignalKind } from '../types.ts';
import { findCrossings, sideAt, valueAt } from './crossing.ts';
import { sayApart, sayCrossing, sayRelation } from './price-words.ts';
import type { Strategy, StrategyInput } from './strategy.ts';
import { createTrend, findTrendFault, trendFields, trendWarmUp, type Trend } from './trend-filter.ts';
import { priceStrength, toScan } from './voice.ts';

const paramsSchema = z
  .strictObject({
    fast_period: z.int().min(2).max(200).default(10).meta({
      title: 'Fast period',
      description: 'Candles that the fast average spans. Fewer react faster and err more often.',
    }),
    slow_period: z.int().min(3).max(400).default(30).meta({
      title: 'Slow period',
      description: 'Candles that the slow average spans: the trend that the fast one is held against.',
    }),
    ...trendFields,
  })
  .refine((params) => params.fast_period < params.slow_period, {
    path: ['fast_period'],
    message: 'The fast period must be below the slow one.',
  });

type Params = z.output<typeof paramsSchema>;

/** One kind of moving average. `warmUp`: values after which it depends on nothing older. */
export type Average = {
  short: string;
  compute: (close: Float64Array, period: number) => Float64Array;
  warmUp: (period: number) => number;
};

type Named = Pick<Strategy, 'name' | 'title' | 'description'>;
type Lines = { fast: Float64Array; slow: Float64Array; names: [fast: string, slow: string]; trend: Trend };

/** Returns the strategy of two averages of a kind: buys where the fast one crosses above the slow one, sells where below. */
export function averageCross(named: Named, average: Average): Strategy<Params> {
  const compute = (params: Params, input: StrategyInput): Lines => ({
    fast: average.compute(input.candles.close, params.fast_period),
    slow: average.compute(input.candles.close, params.slow_period),
    names: [`${average.short}(${params.fast_period})`, `${average.short}(${params.slow_period})`],
    trend: createTrend(params, input),
  });
  return {
    ...named,
    paramsSchema,
    warmUp: (params, timeframe: Timeframe) =>
      Math.max(average.warmUp(params.slow_period) + 1, trendWarmUp(params, timeframe)),
    findFault: findTrendFault,
    indicators: (params, input) => {
      const { fast, slow, names, trend } = compute(params, input);
      return [
        { id: 'fast', label: names[0], pane: 'price', values: fast },
        { id: 'slow', label: names[1], pane: 'price', values: slow },
        ...(trend.line ? [trend.line] : []),
      ];
    },
    scan: (params, input) => scanLines(compute(params, input)),
    next: (params, input, position) => sayNext(compute(params, input), position),
  };
}

function scanLines(lines: Lines) {
  const { fast, slow, trend } = lines;
  const crossings = findCrossings(fast, slow);
  const kindAt = (index: number): SignalKind => {
    if (crossings[index] === -1) return 'SELL';
    return crossings[index] === 1 && trend.allows(index) ? 'BUY' : 'HOLD';
  };
  const strengthAt = (index: number) => priceStrength(valueAt(fast, index), valueAt(slow, index));
  return toScan(fast.length, {
    kindAt,
    strengthAt,
    explain: (index, kind) => explain({ ...lines, crossings }, index, kind),
  });
}

type Crossed = Lines & { crossings: Int8Array };

function explain(lines: Crossed, index: number, kind: SignalKind): string {
  const { fast, slow, names, trend } = lines;
  const [quick, steady] = sayApart(valueAt(fast, index), valueAt(slow, index));
  const why = trend.explain(index);
  if (kind === 'SELL') return `${names[0]} crossed below ${names[1]} (${quick} < ${steady})`;
  const crossed = `${names[0]} crossed above ${names[1]} (${quick} > ${steady})`;
  if (kind === 'BUY') return why ? `${crossed} and ${why}` : crossed;
  if (lines.crossings[index] === 1) return `${crossed}, but ${why}`;
  const relation = sayRelation(valueAt(fast, index), sideAt(fast, slow, index), valueAt(slow, index));
  return `${names[0]} is ${relation}, the ${names[1]}, and has not crossed it`;
}

function sayNext({ fast, slow, names, trend }: Lines, position: Position | null): string {
  const index = fast.length - 1;
  const [quick, steady] = sayApart(valueAt(fast, index), valueAt(slow, index));
  const [verb, direction] = position ? (['Sells', -1] as const) : (['Buys', 1] as const);
  const turn = sayCrossing(direction, sideAt(fast, slow, index));
  const only = trend.line && !position ? `, while the close is above ${trend.line.label}` : '';
  return `${verb} when ${names[0]}, now ${quick}, ${turn} ${names[1]}, now ${steady}${only}.`;
}
