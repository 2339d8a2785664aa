/** Returns the arithmetic mean; `null` of nothing. */
export function mean(values: ArrayLike<number>): number | null {
  if (values.length === 0) return null;
  let total = 0;
  for (let index = 0; index < values.length; index += 1) total += values[index] ?? NaN;
  return total / values.length;
}

/** Returns the sample standard deviation (divided by n - 1); `null` below two values. */
export function deviation(values: ArrayLike<number>): number | null {
  const average = mean(values);
  if (average === null || values.length < 2) return null;
  let squares = 0;
  for (let index = 0; index < values.length; index += 1) squares += ((values[index] ?? NaN) - average) ** 2;
  return Math.sqrt(squares / (values.length - 1));
}

/**
 * Returns a quotient; `null` where there is none: a part is missing, the divisor is zero but for floating point noise, or
 * the quotient is beyond a double.
 */
export function quotient(dividend: number | null, divisor: number | null): number | null {
  if (dividend === null || divisor === null || Math.abs(divisor) < 1e-15) return null;
  const value = dividend / divisor;
  return Number.isFinite(value) ? value : null;
}
