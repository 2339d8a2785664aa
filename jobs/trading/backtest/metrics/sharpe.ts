import { DAYS_PER_YEAR } from './daily-returns.ts';
import { deviation, mean, quotient } from './statistics.ts';

/**
 * Returns the Sharpe ratio a year: mean over sample standard deviation of daily returns, times the root of 365; risk-free
 * rate 0. `null` below two days or without any variation.
 *
 * Source: W. F. Sharpe, "The Sharpe Ratio", Journal of Portfolio Management 21 (1994).
 */
export function sharpe(dailyReturns: Float64Array): number | null {
  const ratio = quotient(mean(dailyReturns), deviation(dailyReturns));
  return ratio === null ? null : ratio * Math.sqrt(DAYS_PER_YEAR);
}
