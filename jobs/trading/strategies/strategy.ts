import { z } from 'zod';
import type { Candles, Position, Signal } from '../types.ts';

/** One line on a chart: `values` as long as the candles. `pane` is the price chart or a chart of its own below it. */
export type IndicatorSeries = {
  id: string;
  label: string;
  pane: 'price' | 'below';
  values: Float64Array;
  /** Levels to draw across the pane. */
  bands?: number[];
  /** Fixed ends of the pane's scale. */
  range?: [min: number, max: number];
};

/**
 * What a strategy declares; adding one is a file with this and a line in `registry.ts`. All of it is pure. `params` are the
 * output of `paramsSchema`; candles are closed, oldest first.
 */
export type Strategy<Params = Record<string, unknown>> = {
  /** Unique, in capitals, kept for ever: runs in the database name it. */
  name: string;
  title: string;
  /** One sentence a trader understands. */
  description: string;
  /** Each field with title and description (`.meta()`), bounds and default: forms and the REST schema are made from it. */
  paramsSchema: z.ZodObject & z.ZodType<Params>;
  /** Candles needed before a signal is trusted. `signal` reads no candle older than these. */
  warmUp(params: Params): number;
  /** The lines a chart shows. */
  indicators(params: Params, candles: Candles): IndicatorSeries[];
  /** What the newest candle says. Given at least `warmUp` candles. */
  signal(params: Params, candles: Candles): Signal;
  /** What would make it act next, in a sentence. `position` is `null` when flat. */
  next(params: Params, candles: Candles, position: Position | null): string;
};

/** Returns the parameters' JSON Schema (2020-12) with defaults, bounds and titles; a field with a default is not required. */
export function paramsJsonSchema(strategy: Pick<Strategy, 'paramsSchema'>): Record<string, unknown> {
  return z.toJSONSchema(strategy.paramsSchema, { io: 'input' });
}
