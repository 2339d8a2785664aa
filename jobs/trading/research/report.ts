import type { BiasReport } from './bias-check.ts';
import type { DeflatedSharpe } from './deflated-sharpe.ts';
import type { MonteCarloResult } from './monte-carlo.ts';
import type { ComparedSet, OptimizationOutcome, WalkStep } from './outcome.ts';
import { valuesAt, type ParamSpace } from './param-space.ts';
import type { TrialMetrics, TrialResult } from './trial.ts';
import type { Verdict } from './verdict.ts';
import type { WalkForwardSummary } from './windows.ts';

/** Keys in snake_case, as JSON has them everywhere. */
type Snake<Text extends string> = Text extends `${infer Head}${infer Tail}`
  ? `${Head extends Lowercase<Head> ? Head : `_${Lowercase<Head>}`}${Snake<Tail>}`
  : Text;
type Snaked<Value> = Value extends (infer Item)[]
  ? Snaked<Item>[]
  : Value extends object
    ? { [Key in keyof Value as Key extends string ? Snake<Key> : Key]: Snaked<Value[Key]> }
    : Value;

/** What an optimisation came to, for programs: fractions are 0..1, what has no meaning is `null`. */
export type OutcomeReport = {
  /** Sets tried: the more there were, the better the best looks by luck. */
  tried: number;
  /** Best first, by what the search saw; at most ten. */
  best: SetReport[];
  /** Of the first of `best`; each `null` where there is too little to say it. */
  deflated_sharpe: Snaked<DeflatedSharpe> | null;
  look_ahead: Snaked<BiasReport> | null;
  warm_up: Snaked<BiasReport> | null;
  monte_carlo: {
    trade_order: Snaked<MonteCarloResult> | null;
    day_blocks: Snaked<MonteCarloResult> | null;
  };
  walk_forward: { steps: Snaked<WalkStep>[]; summary: Snaked<WalkForwardSummary> } | null;
};

type SetReport = {
  params: ComparedSet['values'];
  score: number;
  out_of_sample_score: number | null;
  in_sample: Snaked<TrialMetrics>;
  out_of_sample: Snaked<TrialMetrics> | null;
};

/** One set that was tried. `reason` says why it has no score. */
export type TrialReport = {
  params: ComparedSet['values'];
  score: number | null;
  reason: string | null;
  metrics: Snaked<TrialMetrics> | null;
};

/** Returns an outcome as JSON shows it. */
export function toOutcomeReport({ tried, best, verdict, walk }: OptimizationOutcome): OutcomeReport {
  return {
    tried,
    best: best.map((set) => ({
      params: set.values,
      score: set.score,
      out_of_sample_score: set.outOfSampleScore,
      in_sample: toSnake(set.inSample),
      out_of_sample: set.outOfSample && toSnake(set.outOfSample),
    })),
    deflated_sharpe: verdict?.deflated ? toSnake(verdict.deflated) : null,
    ...(verdict ? toBiasJson(verdict) : { look_ahead: null, warm_up: null }),
    monte_carlo: {
      trade_order: verdict?.tradeOrder ? toSnake(verdict.tradeOrder) : null,
      day_blocks: verdict?.dayBlocks ? toSnake(verdict.dayBlocks) : null,
    },
    walk_forward: walk && { steps: walk.steps.map(toSnake), summary: toSnake(walk.summary) },
  };
}

/** Returns one tried set as JSON shows it. */
export function toTrialReport(space: ParamSpace, { point, score, metrics, fault }: TrialResult): TrialReport {
  return { params: valuesAt(space, point), score, reason: fault, metrics: metrics && toSnake(metrics) };
}

/** Returns whether a result could be had live as JSON shows it. */
export const toBiasJson = ({ lookAhead, warmUp }: Pick<Verdict, 'lookAhead' | 'warmUp'>) => ({
  look_ahead: toSnake(lookAhead),
  warm_up: toSnake(warmUp),
});

/** Returns metrics as JSON shows them. */
export const toMetricsJson = (metrics: TrialMetrics): Snaked<TrialMetrics> => toSnake(metrics);

function toSnake<Value>(value: Value): Snaked<Value> {
  return rename(value) as Snaked<Value>;
}

/** Names of parameters are in snake_case already. */
function rename(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rename);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      rename(each),
    ]),
  );
}
