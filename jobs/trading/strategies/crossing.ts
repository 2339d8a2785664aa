/** Two values whose distance is less than this fraction of the larger one are equal: what computing leaves is no crossing. */
const TOLERANCE = 1e-9;

/**
 * Returns 1 where a value lies above a level, −1 below, 0 where both are equal to within 1e-9 of `size` (the larger of the
 * two); NaN if one is NaN.
 */
export function sideOf(
  value: number,
  level: number,
  size = Math.max(Math.abs(value), Math.abs(level)),
): number {
  const distance = value - level;
  const noise = TOLERANCE * size;
  if (distance > noise) return 1;
  return distance < -noise ? -1 : distance * 0;
}

/** Returns the value of a series at a candle; NaN beyond its ends. */
export const valueAt = (series: Float64Array, index: number): number => series[index] ?? NaN;

/** Returns on which side of a series another stands at one candle; NaN before the first. */
export function sideAt(series: Float64Array, levels: Float64Array, index: number): number {
  return sideOf(valueAt(series, index), valueAt(levels, index));
}

/**
 * Returns where one series crosses another: 1 at the candles where it is above and was not at the candle before, −1 where it
 * is below and was not, else 0. `sizes` says of what the two are equal to within 1e-9, where that is more than themselves.
 *
 * Source: TradingView's ta.crossover and ta.crossunder (Pine Script reference, v5).
 */
export function findCrossings(series: Float64Array, levels: Float64Array, sizes?: Float64Array): Int8Array {
  const crossings = new Int8Array(series.length);
  let previous = NaN;
  for (let index = 0; index < series.length; index += 1) {
    const [value, level] = [valueAt(series, index), valueAt(levels, index)];
    const side = sizes ? sideOf(value, level, sizes[index]) : sideOf(value, level);
    if (side * previous <= 0) crossings[index] = side;
    previous = side;
  }
  return crossings;
}
