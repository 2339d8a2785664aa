import type { ParamValue } from './param-fields.ts';
import type { TrialMetrics } from './trial.ts';
import type { Verdict } from './verdict.ts';
import type { WalkForwardSummary, Window } from './windows.ts';

/** One parameter set beside itself: what it made where it was searched, and what it made on candles that the search never saw. */
export type ComparedSet = {
  point: number;
  /** The varied parameters. */
  values: Record<string, ParamValue>;
  score: number;
  inSample: TrialMetrics;
  outOfSample: TrialMetrics | null;
  outOfSampleScore: number | null;
};

/** One step of a walk-forward run. Indices of candles; `values` is `null` where no set of its training had a score. */
export type WalkStep = {
  train: Window;
  test: Window;
  tried: number;
  values: Record<string, ParamValue> | null;
  trainMetrics: TrialMetrics | null;
  testMetrics: TrialMetrics | null;
};

/** What an optimisation came to. Plain data. */
export type OptimizationOutcome = {
  tried: number;
  /** Best first, as the search saw them. */
  best: ComparedSet[];
  /** Of the first of `best`; `null` where no set has a score. */
  verdict: Verdict | null;
  walk: { steps: WalkStep[]; summary: WalkForwardSummary } | null;
};
