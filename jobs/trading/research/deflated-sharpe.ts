import { normalCdf, normalQuantile } from './normal.ts';

/**
 * The shape of returns. `sharpe` is mean / sample deviation of one period: a backtest's yearly Sharpe ratio is this of days,
 * times the root of 365. `kurtosis` is 3 for a normal distribution.
 */
export type ReturnShape = { count: number; sharpe: number; skewness: number; kurtosis: number };

/** The best of several trials, told from luck. Sharpe ratios are of one period, as in `ReturnShape`. */
export type DeflatedSharpe = {
  sharpe: number;
  /** How many parameter sets were tried. */
  trials: number;
  /** The best Sharpe ratio that so many trials without any skill can be expected to show. */
  expectedMaxSharpe: number;
  /** The probability, 0..1, that the true Sharpe ratio is above that of luck. */
  probability: number | null;
  /** Periods that it takes to be 95 % sure of that; `null` if no number of them does. */
  minTrackRecord: number | null;
};

const EULER_MASCHERONI = 0.5772156649015329;
const CONFIDENCE = 0.95;

/**
 * Returns the shape of period returns (fractions), or `null` where they have none: fewer than two, or all alike.
 * Skewness and kurtosis are those of the values themselves (moments divided by n), with no correction for the sample.
 */
export function shapeOf(returns: ArrayLike<number>): ReturnShape | null {
  const count = returns.length;
  const mean = meanOf(returns);
  let [second, third, fourth] = [0, 0, 0];
  for (let index = 0; index < count; index += 1) {
    const distance = (returns[index] ?? NaN) - mean;
    second += distance ** 2;
    third += distance ** 3;
    fourth += distance ** 4;
  }
  const variance = second / count;
  if (!(variance > (1e-12 * mean) ** 2)) return null;
  return {
    count,
    sharpe: mean / Math.sqrt(second / (count - 1)),
    skewness: third / count / variance ** 1.5,
    kurtosis: fourth / count / variance ** 2,
  };
}

/**
 * Returns the probability, 0..1, that the true Sharpe ratio is above `benchmark` (both of one period), or `null` where so few
 * or so extreme returns say nothing.
 *
 * Source: D. Bailey and M. López de Prado, The Sharpe ratio efficient frontier, Journal of Risk 15 (2012), equation 11.
 */
export function probabilisticSharpe(shape: ReturnShape, benchmark: number): number | null {
  const variance = varianceFactor(shape);
  if (shape.count < 2 || !(variance > 0)) return null;
  return normalCdf(((shape.sharpe - benchmark) * Math.sqrt(shape.count - 1)) / Math.sqrt(variance));
}

/**
 * Returns the greatest Sharpe ratio to expect among independent trials whose true one is 0, given the variance of the trials'
 * Sharpe ratios; 0 for a single trial.
 *
 * Source: D. Bailey and M. López de Prado, The deflated Sharpe ratio, Journal of Portfolio Management 40 (2014), equation 1.
 */
export function expectedMaxSharpe(trials: number, variance: number): number {
  if (trials <= 1) return 0;
  const usual = normalQuantile(1 - 1 / trials);
  const rare = normalQuantile(1 - 1 / (trials * Math.E));
  return Math.sqrt(variance) * ((1 - EULER_MASCHERONI) * usual + EULER_MASCHERONI * rare);
}

/**
 * Returns how many periods it takes to be sure, with that confidence, that the true Sharpe ratio is above `benchmark`, or `null`
 * where it is not above it. Source: Bailey and López de Prado (2012), equation 13.
 */
export function minTrackRecord(
  shape: ReturnShape,
  benchmark: number,
  confidence = CONFIDENCE,
): number | null {
  const variance = varianceFactor(shape);
  if (!(shape.sharpe > benchmark && variance > 0)) return null;
  return 1 + variance * (normalQuantile(confidence) / (shape.sharpe - benchmark)) ** 2;
}

/**
 * Returns what is left of the best trial's Sharpe ratio when all trials are reckoned with. `trialSharpes` are those of every
 * parameter set tried that had one, of the same periods; `trials` counts the others too.
 *
 * The paper takes the variance of the trials alone. Trials that resemble each other share their luck, and vary less than
 * chance does: here the variance is never below that of one estimate without skill, 1 / (count - 1), so that resemblance
 * only makes the result more doubtful. Source: as `expectedMaxSharpe`, equation 2.
 */
export function deflateSharpe(
  best: ReturnShape,
  trialSharpes: ArrayLike<number>,
  trials = trialSharpes.length,
): DeflatedSharpe {
  const variance = Math.max(sampleVariance(trialSharpes), 1 / (best.count - 1));
  const luck = expectedMaxSharpe(trials, variance);
  return {
    sharpe: best.sharpe,
    trials,
    expectedMaxSharpe: luck,
    probability: probabilisticSharpe(best, luck),
    minTrackRecord: minTrackRecord(best, luck),
  };
}

/** The variance of a Sharpe ratio's estimate, times count - 1: 1 + SR² / 2 for normal returns. */
function varianceFactor({ sharpe, skewness, kurtosis }: ReturnShape): number {
  return 1 - skewness * sharpe + ((kurtosis - 1) / 4) * sharpe ** 2;
}

function sampleVariance(values: ArrayLike<number>): number {
  if (values.length < 2) return 0;
  const mean = meanOf(values);
  let total = 0;
  for (let index = 0; index < values.length; index += 1) total += ((values[index] ?? NaN) - mean) ** 2;
  return total / (values.length - 1);
}

function meanOf(values: ArrayLike<number>): number {
  let total = 0;
  for (let index = 0; index < values.length; index += 1) total += values[index] ?? NaN;
  return total / values.length;
}
