import { deviation, mean, quotient } from './statistics.ts';

/**
 * Returns the system quality number: root of the number of trades x mean over sample standard deviation of their profits.
 * `null` below two trades or where all profits are equal.
 *
 * Source: V. K. Tharp, The Definitive Guide to Position Sizing (2008), there of R multiples; of profits as in freqtrade,
 * `calculate_sqn`.
 */
export function sqn(pnls: readonly number[]): number | null {
  const ratio = quotient(mean(pnls), deviation(pnls));
  return ratio === null ? null : Math.sqrt(pnls.length) * ratio;
}
