import { blankBefore, requireColumns, type PriceRanges } from './series.ts';

/** A candle and the close before it. */
export const TRUE_RANGE_WARM_UP = 2;

/**
 * Returns how far the price went in each candle, the gap from the close before included, in the price's unit, as long as the
 * input; NaN at the first candle, which has no close before it. Throws a RangeError as `requireColumns` says.
 *
 * Source: J. W. Wilder, New Concepts in Technical Trading Systems (1978), section III.
 */
export function trueRange({ high, low, close }: PriceRanges): Float64Array {
  const length = requireColumns('True range', high, low, close);
  const values = blankBefore(1, length);
  for (let index = 1; index < length; index += 1) {
    const previous = close[index - 1] ?? NaN;
    const top = high[index] ?? NaN;
    const bottom = low[index] ?? NaN;
    values[index] = (top > previous ? top : previous) - (bottom < previous ? bottom : previous);
  }
  return values;
}
