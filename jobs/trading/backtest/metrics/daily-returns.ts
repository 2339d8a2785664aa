import { findFrom } from '../../candles.ts';
import { utcDayStart } from '../../timeframe.ts';
import type { EquityCurve } from '../equity-curve.ts';

/** Crypto trades every day. */
export const DAYS_PER_YEAR = 365;
export const DAY_MS = 86_400_000;

/**
 * Returns the return of each UTC day as a fraction, oldest first: equity at the day's last close against that of the day
 * before, the first day's against what the run began with. A day without candles returned 0. Ratios of risk and return
 * are all made of these, so that they do not depend on the timeframe.
 */
export function dailyReturns({ timeMs, equity }: EquityCurve, initialBalance: number): Float64Array {
  const [firstMs = NaN] = timeMs;
  const lastMs = timeMs.at(-1);
  if (lastMs === undefined) return new Float64Array();
  const dayOf = (time: number) => (utcDayStart(time) - utcDayStart(firstMs)) / DAY_MS;
  const returns = new Float64Array(dayOf(lastMs) + 1);
  let before = initialBalance;
  let end = 0;
  for (let from = 0; from < timeMs.length; from = end) {
    const day = dayOf(timeMs[from] ?? NaN);
    end = findFrom(timeMs, utcDayStart(firstMs) + (day + 1) * DAY_MS);
    const now = equity[end - 1] ?? NaN;
    returns[day] = before > 0 ? now / before - 1 : 0;
    before = now;
  }
  return returns;
}
