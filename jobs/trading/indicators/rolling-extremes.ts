import { blankBefore, findBegin, requirePeriod } from './series.ts';

/** Returns how many values a highest or lowest of the last `period` needs. */
export const extremesWarmUp = (period: number): number => period;

/**
 * Returns the highest of the last `period` values, the newest among them, as long as the input; NaN before the first
 * `period`. The time does not grow with the period. Throws a RangeError as `findBegin` says.
 *
 * Source: M. van Herk, A fast algorithm for local minimum and maximum filters, Pattern Recognition Letters 13 (1992).
 */
export function rollingHighest(series: Float64Array, period: number): Float64Array {
  requirePeriod('Highest', period);
  const first = findBegin('Highest', series) + period - 1;
  const values = blankBefore(first, series.length);
  const tails = new Float64Array(Math.min(period, series.length));
  for (let last = first; last < series.length; last += period) {
    let extreme = -Infinity;
    for (let back = period - 1; back >= 0; back -= 1) {
      const value = series[last - period + 1 + back] ?? NaN;
      if (value > extreme) extreme = value;
      tails[back] = extreme;
    }
    extreme = -Infinity;
    const end = Math.min(last + period, series.length);
    for (let index = last; index < end; index += 1) {
      const value = series[index] ?? NaN;
      if (value > extreme) extreme = value;
      const tail = tails[index - last] ?? NaN;
      values[index] = tail > extreme ? tail : extreme;
    }
  }
  return values;
}

/** Returns the lowest of the last `period` values; otherwise as `rollingHighest`. */
export function rollingLowest(series: Float64Array, period: number): Float64Array {
  requirePeriod('Lowest', period);
  const first = findBegin('Lowest', series) + period - 1;
  const values = blankBefore(first, series.length);
  const tails = new Float64Array(Math.min(period, series.length));
  for (let last = first; last < series.length; last += period) {
    let extreme = Infinity;
    for (let back = period - 1; back >= 0; back -= 1) {
      const value = series[last - period + 1 + back] ?? NaN;
      if (value < extreme) extreme = value;
      tails[back] = extreme;
    }
    extreme = Infinity;
    const end = Math.min(last + period, series.length);
    for (let index = last; index < end; index += 1) {
      const value = series[index] ?? NaN;
      if (value < extreme) extreme = value;
      const tail = tails[index - last] ?? NaN;
      values[index] = tail < extreme ? tail : extreme;
    }
  }
  return values;
}
