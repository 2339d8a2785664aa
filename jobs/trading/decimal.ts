import { Decimal } from 'decimal.js';

/**
 * The money type of the whole project. 40 significant digits: balances of any listed asset (at most 18 decimals and
 * 18 integer digits) multiply and divide without a visible rounding; exponents are never printed.
 */
const Money = Decimal.clone({
  precision: 40,
  toExpNeg: -60,
  toExpPos: 60,
  rounding: Decimal.ROUND_HALF_EVEN,
});
export type Money = Decimal;

export const ZERO: Money = new Money(0);

/** Returns the exact value of a decimal string, or of a number's shortest decimal form. Throws on NaN and infinity. */
export function money(value: string | number | Money): Money {
  const parsed = new Money(value);
  if (!parsed.isFinite()) throw new RangeError(`Not a finite decimal: ${String(value)}`);
  return parsed;
}

/** Returns the sum of all values; zero for an empty list. */
export function sum(values: Iterable<Money>): Money {
  let total = ZERO;
  for (const value of values) total = total.plus(value);
  return total;
}

/** Rounds towards zero to a multiple of `step` (lot size or tick size). A step of 0 means no rounding. */
export function floorToStep(value: Money, step: Money): Money {
  return step.isZero() ? value : value.div(step).toDecimalPlaces(0, Decimal.ROUND_DOWN).times(step);
}

/** Rounds away from zero to a multiple of `step`. A step of 0 means no rounding. */
export function ceilToStep(value: Money, step: Money): Money {
  return step.isZero() ? value : value.div(step).toDecimalPlaces(0, Decimal.ROUND_UP).times(step);
}

/** Rounds half up to a multiple of `step`. A step of 0 means no rounding. */
export function roundToStep(value: Money, step: Money): Money {
  return step.isZero() ? value : value.div(step).toDecimalPlaces(0, Decimal.ROUND_HALF_UP).times(step);
}
