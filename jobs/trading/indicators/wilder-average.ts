import { fadingAverage } from './ema.ts';
import { fadeLength } from './fade.ts';
import { findBegin, requirePeriod } from './series.ts';

/** Returns after how many values the average has forgotten its seed, to 1e-12: about 28 periods. */
export const wilderAverageWarmUp = (period: number): number => period + fadeLength(1 / period);

/**
 * Returns Wilder's average, of weight 1 / period, in the input's unit, as long as the input; NaN before the first `period`
 * values, whose simple average is the seed. Throws a RangeError as `findBegin` says.
 *
 * Source: J. W. Wilder, New Concepts in Technical Trading Systems (1978), section III.
 */
export function wilderAverage(series: Float64Array, period: number): Float64Array {
  requirePeriod('Wilder average', period);
  return fadingAverage(series, { period, alpha: 1 / period, begin: findBegin('Wilder average', series) });
}
