import type { z } from 'zod';
import type { Timeframe } from '../../timeframe.ts';
import type { Candles } from '../../types.ts';

/** An operand's own numbers and choices. Already parsed by the kind's fields. */
export type SeriesParams = Readonly<Record<string, number | string>>;

/** One figure that a rule can look at, with a value at each candle. */
export type SeriesKind = {
  /** As an indicator's name stands in a sentence, before its numbers. */
  name: string;
  title: string;
  fields: z.ZodRawShape;
  /** The fields whose numbers stand behind the name: RSI(14). */
  numbers: readonly string[];
  warmUp: (params: SeriesParams, timeframe: Timeframe) => number;
  compute: (candles: Candles, params: SeriesParams) => Float64Array;
  /** Where a chart draws it; absent for what a chart shows anyway. */
  pane?: 'price' | 'below';
};

/** Returns a number of an operand. Throws a RangeError where a schema let something else pass. */
export function numberOf(params: SeriesParams, name: string): number {
  const value = params[name];
  if (typeof value !== 'number') throw new RangeError(`No number ${name}: ${String(value)}`);
  return value;
}
