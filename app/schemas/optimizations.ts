import { z } from 'zod';
import { OBJECTIVES } from '../../jobs/trading/research/objectives.ts';
import type { OptimizationPlan } from '../../jobs/trading/research/optimization.ts';
import type { OptimizationOutcome } from '../../jobs/trading/research/outcome.ts';
import type { HeatMap } from '../../jobs/trading/research/heat-map.ts';
import { SAMPLERS } from '../../jobs/trading/research/search.ts';
import type { TrialMetrics } from '../../jobs/trading/research/trial.ts';
import { isStorable, line } from './text.ts';

const whole = (what: string, { min, max }: { min: number; max: number }) =>
  z
    .string(`Give ${what}.`)
    .trim()
    .regex(/^\d{1,9}$/, 'Give a whole number.')
    .transform(Number)
    .pipe(
      z
        .int()
        .min(min, `Must be at least ${String(min)}.`)
        .max(max, `Must be at most ${String(max)}.`),
    );

const MOST_FIELDS = 100;

/** What an optimisation is asked beside what a backtest is; bounds that hang together are checked with its candles. */
export const optimizationInput = z.strictObject({
  /** By parameter: values such as `5..30:5` or `20|25|30`; empty keeps the default. */
  vary: z
    .record(line(100).refine(isStorable), line(20_000))
    .refine((fields) => Object.keys(fields).length <= MOST_FIELDS, 'Too many parameters.')
    .default({}),
  sampler: z.enum(SAMPLERS, 'Choose how to search.'),
  objective: z.enum(
    OBJECTIVES.map(({ name }) => name),
    'Choose what to look for.',
  ),
  tries: whole('a number of tries', { min: 1, max: 1_000_000 }),
  min_trades: whole('a number of trades', { min: 0, max: 1_000_000 }),
  hold_out: whole('a share', { min: 5, max: 90 }),
  walk_steps: whole('a number of steps', { min: 0, max: 1_000 }),
  /** The same seed tries the same sets; left out, one is drawn. */
  seed: line(50).min(1).optional(),
});
export type OptimizationInput = z.infer<typeof optimizationInput>;

/** Names of the fields above, to tell them from those of a backtest. */
export const OPTIMIZATION_FIELDS = Object.keys(optimizationInput.shape);

/** One parameter of a strategy as the form offers it. */
export type VaryField = {
  name: string;
  title: string;
  defaultValue: string;
  /** Values to search; empty where it cannot be searched or has no default to search around. */
  suggestion: string;
  /** Its least and greatest value, or its choices; empty where it has none. */
  bounds: string;
  /** A list or an object, which is given as JSON. */
  isJson: boolean;
};

export type OptimizationStatus = 'queued' | 'running' | 'done' | 'failed' | 'canceled';

/** What a list shows of an optimisation. Times are ISO. */
export type OptimizationView = {
  id: string;
  name: string;
  status: OptimizationStatus;
  /** It should be coming forward, and has not for a while. */
  isStalled: boolean;
  tried: number;
  total: number;
  problem: string | null;
  best: { values: Record<string, string | number | boolean>; score: number; metrics: TrialMetrics } | null;
  strategy: string;
  strategyTitle: string;
  venue: string;
  venueName: string;
  symbol: string;
  quote: string;
  timeframe: string;
  fromTime: string;
  /** Exclusive. */
  toTime: string;
  candles: number | null;
  /** How many candles came from where. */
  source: { stored: number; fetched: number; computed: number; missing: number } | null;
  /** Of the candles that are fetched, how much was asked for, 0..1; `null` where none are, or not yet. */
  fetched: number | null;
  /** What its owner should know of the candles, in a sentence. */
  notice: string | null;
  plan: OptimizationPlan;
  initialBalance: string;
  stake: string;
  /** A bot's own sizing, instead of the stake. */
  sizing: { type: 'quote_amount' | 'equity_fraction'; value: string } | null;
  /** Quantities and prices are rounded as the exchange would have it. */
  keepsMarketRules: boolean;
  /** Of fills at the market, and of orders that rested. */
  fee: string;
  makerFee: string;
  slippage: string;
  risk: Record<string, unknown>;
  createdAt: string;
  movedAt: string;
  finishedAt: string | null;
};

/** Scores over two parameters, and which others there are. */
export type HeatView = { names: string[]; x: string; y: string; map: HeatMap };

/** What the page of one optimisation shows beside it. */
export type OptimizationResultView = { outcome: OptimizationOutcome; heat: HeatView | null };
