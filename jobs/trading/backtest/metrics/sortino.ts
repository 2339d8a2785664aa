import { DAYS_PER_YEAR } from './daily-returns.ts';
import { mean, quotient } from './statistics.ts';

/**
 * Returns the Sortino ratio a year: mean of daily returns over their downside deviation (root of the mean square of the
 * losses, days without loss counted as 0), times the root of 365; target 0. `null` below two days or without a losing day.
 *
 * Source: F. A. Sortino and L. N. Price, "Performance Measurement in a Downside Risk Framework" (1994).
 */
export function sortino(dailyReturns: Float64Array): number | null {
  if (dailyReturns.length < 2) return null;
  const squares = dailyReturns.map((value) => Math.min(value, 0) ** 2);
  const ratio = quotient(mean(dailyReturns), Math.sqrt(mean(squares) ?? 0));
  return ratio === null ? null : ratio * Math.sqrt(DAYS_PER_YEAR);
}
