import type { EquityCurve } from '../equity-curve.ts';

/** `month` as `2024-03`, UTC. */
export type MonthlyReturn = { month: string; return: number };

/**
 * Returns the return of each calendar month as a fraction, oldest first: equity at its last close against that of the month
 * before, the first month's against what the run began with. Months without candles are left out.
 */
export function monthlyReturns({ timeMs, equity }: EquityCurve, initialBalance: number): MonthlyReturn[] {
  const months: MonthlyReturn[] = [];
  let before = initialBalance;
  let nextMs = -Infinity;
  let month = '';
  const close = (value: number) => {
    if (month !== '') months.push({ month, return: before > 0 ? value / before - 1 : 0 });
    before = value;
  };
  for (let index = 0; index < timeMs.length; index += 1) {
    const time = timeMs[index] ?? NaN;
    if (time < nextMs) continue;
    if (index > 0) close(equity[index - 1] ?? NaN);
    const date = new Date(time);
    nextMs = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
    month = date.toISOString().slice(0, 7);
  }
  close(equity.at(-1) ?? NaN);
  return months;
}
