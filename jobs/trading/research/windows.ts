import { sliceCandles } from '../candles.ts';
import type { Candles } from '../types.ts';

/**
 * Candles `from` up to `to` (exclusive) by index. A backtest of candles `warmFrom` to `to` makes its first signal on candle
 * `from - 1` and its first fill on `from`, unless there were too few candles before.
 */
export type Window = { warmFrom: number; from: number; to: number };

/** Parameters are chosen on `train` and judged on `test`, which comes after it. */
export type TrainTest = { train: Window; test: Window };

/** Why candles cannot be divided so, in a sentence. */
export type WindowFault = { fault: string };

/** The share of the candles that an optimisation does not see, unless told otherwise. */
export const OUT_OF_SAMPLE_SHARE = 0.3;

type SplitOptions = { count: number; warmUp: number; share?: number };

/** Returns the newest `share` (0..1) of `count` candles as test, all before it as train. */
export function splitOutOfSample(options: SplitOptions): TrainTest | WindowFault {
  const { count, warmUp, share = OUT_OF_SAMPLE_SHARE } = options;
  if (!(share > 0 && share < 1))
    return { fault: `The held-out share must be between 0 and 1, not ${share}.` };
  const from = count - Math.round(count * share);
  if (from <= warmUp || from >= count)
    return { fault: `${count} candles are too few: ${warmUp} warm up, ${count - from} are held out.` };
  return { train: windowOf(0, from, warmUp), test: windowOf(from, count, warmUp) };
}

/**
 * How to walk forward, in candles. `rolling`: each training window is `train` long; `anchored`: each begins at the first
 * candle and grows.
 */
export type WalkForwardOptions = {
  count: number;
  warmUp: number;
  train: number;
  test: number;
  mode: 'rolling' | 'anchored';
};

/**
 * Returns the windows of a walk-forward run, oldest first: test windows follow each other without gap or overlap from the
 * end of the first training window to the last candle; the last one may be shorter.
 *
 * Source: R. Pardo, The Evaluation and Optimization of Trading Strategies, 2nd ed. (2008), chapter 11.
 */
export function walkForward(options: WalkForwardOptions): TrainTest[] | WindowFault {
  const { count, warmUp, train, test, mode } = options;
  if (![train, test].every((length) => Number.isSafeInteger(length) && length > 0))
    return { fault: `Windows are whole numbers of candles above 0, not ${train} and ${test}.` };
  if (train <= warmUp)
    return { fault: `A training window of ${train} candles is used up by the warm-up of ${warmUp}.` };
  if (train >= count) return { fault: `${count} candles leave none to test on after the first ${train}.` };
  const windows: TrainTest[] = [];
  for (let from = train; from < count; from += test) {
    windows.push({
      train: windowOf(mode === 'anchored' ? 0 : from - train, from, warmUp),
      test: windowOf(from, Math.min(from + test, count), warmUp),
    });
  }
  return windows;
}

/** Returns the candles of a window with those that warm it up, as views on the same memory. */
export function candlesOf(candles: Candles, { warmFrom, to }: Window): Candles {
  return sliceCandles(candles, warmFrom, to);
}

function windowOf(from: number, to: number, warmUp: number): Window {
  return { warmFrom: Math.max(0, from - warmUp), from, to };
}

/** What one step of a walk-forward run earned: returns are fractions of the money at the window's start. */
export type WalkForwardStep = {
  trainReturn: number;
  trainCandles: number;
  testReturn: number;
  testCandles: number;
};

export type WalkForwardSummary = {
  steps: number;
  /** Test windows with a gain, as a fraction of all. */
  gainingShare: number;
  /** All test windows one after the other, as a fraction of the money at the start. */
  testReturn: number;
  /**
   * Return a candle in the tests divided by return a candle in training: 1 says that all of it came true. `null` where
   * training earned nothing.
   */
  efficiency: number | null;
};

/** Returns what a walk-forward run shows as a whole. Source of the efficiency: Pardo (2008), chapter 11. */
export function summarizeWalkForward(steps: readonly WalkForwardStep[]): WalkForwardSummary {
  const train = ratePerCandle(steps.map((step) => [step.trainReturn, step.trainCandles]));
  const test = ratePerCandle(steps.map((step) => [step.testReturn, step.testCandles]));
  return {
    steps: steps.length,
    gainingShare:
      steps.length === 0 ? 0 : steps.filter(({ testReturn }) => testReturn > 0).length / steps.length,
    testReturn: steps.reduce((growth, { testReturn }) => growth * (1 + testReturn), 1) - 1,
    efficiency: train > 0 ? test / train : null,
  };
}

function ratePerCandle(windows: [gain: number, candles: number][]): number {
  const [gain, candles] = windows.reduce(([a, b], [c, d]) => [a + c, b + d], [0, 0]);
  return candles === 0 ? 0 : gain / candles;
}
