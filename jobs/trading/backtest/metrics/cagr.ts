import { DAY_MS, DAYS_PER_YEAR } from './daily-returns.ts';

export type Growth = { initial: number; final: number; durationMs: number };

/**
 * Returns the compound growth a year as a fraction: (final / initial) to the power of 365 days over the duration, less 1.
 * `null` below one day, where it would mean nothing.
 *
 * Source: CFA Institute, Global Investment Performance Standards (2020), annualised returns; there not below one year.
 */
export function cagr({ initial, final, durationMs }: Growth): number | null {
  if (durationMs < DAY_MS || initial <= 0) return null;
  const years = durationMs / (DAYS_PER_YEAR * DAY_MS);
  const growth = Math.max(final / initial, 0) ** (1 / years) - 1;
  return Number.isFinite(growth) ? growth : null;
}
