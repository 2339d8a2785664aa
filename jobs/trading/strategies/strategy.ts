import { z } from 'zod';
import type { Timeframe } from '../timeframe.ts';
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

/** What a strategy looks at: closed candles, oldest first. The timeframe is there to make higher ones (`toHigherTimeframe`). */
export type StrategyInput = { candles: Candles; timeframe: Timeframe };

/** A signal whose reason is put into words only where somebody reads it. */
export type ScanSignal = Omit<Signal, 'reason'> & { explain: () => string };

/** What a strategy says of every candle at its close, for one symbol and one set of parameters. */
export type Scan = {
  /**
   * As long as the candles: 1 where the signal may be other than HOLD, whatever the position. `signalAt` has the last
   * word; it is not asked where a 0 stands.
   */
  acts: Uint8Array;
  /** The signal at the close of candle `index`. `position` is the open trade, `null` when flat. */
  signalAt: (index: number, position: Position | null) => ScanSignal;
};

/** What is wrong with parameters that each by itself are right. `path` leads to the parameter. */
export type ParamFault = { path: PropertyKey[]; message: string };

/**
 * What a strategy declares; adding one is a file with this and a line in `registry.ts`. All of it is pure. `params` are the
 * output of `paramsSchema`. Live trading scans the newest `warmUp` candles and takes the last signal, a backtest scans all
 * candles once (`scan.ts`): both run this code.
 */
export type Strategy<Params = Record<string, unknown>> = {
  /** Unique, in capitals, kept for ever: runs in the database name it. */
  name: string;
  title: string;
  /** One sentence a trader understands. */
  description: string;
  /** Each field with title and description (`.meta()`), bounds and default: forms and the REST schema are made from it. */
  paramsSchema: z.ZodObject & z.ZodType<Params>;
  /**
   * Candles needed before a signal is trusted. What lies before them must not change a signal but by floating point noise:
   * an average that remembers needs so many that less than 1e-9 of it is older.
   */
  warmUp(params: Params, timeframe: Timeframe): number;
  /** Why these parameters cannot be used on candles of a timeframe, if so: what a schema cannot see. Otherwise it holds for ever. */
  findFault?(params: Params, timeframe: Timeframe): ParamFault | undefined;
  /** The whole strategy as a sentence or two, where its parameters say more than their values do. */
  describe?(params: Params): string;
  /** The lines a chart shows. */
  indicators(params: Params, input: StrategyInput): IndicatorSeries[];
  /** Looks at all candles at once. What it says of a candle depends on no later one. */
  scan(params: Params, input: StrategyInput): Scan;
  /** What would make it act next, in a sentence. Given at least `warmUp` candles; `position` is `null` when flat. */
  next(params: Params, input: StrategyInput, position: Position | null): string;
};

/** Made once per schema: that of rules takes some milliseconds, and lists are asked for often. */
const jsonSchemas = new WeakMap<z.ZodObject, Record<string, unknown>>();

/**
 * Returns the parameters' JSON Schema (2020-12) with defaults, bounds and titles; a field with a default is not required. It is
 * shared: not to be changed.
 */
export function paramsJsonSchema({ paramsSchema }: Pick<Strategy, 'paramsSchema'>): Record<string, unknown> {
  const known = jsonSchemas.get(paramsSchema) ?? z.toJSONSchema(paramsSchema, { io: 'input' });
  jsonSchemas.set(paramsSchema, known);
  return known;
}
