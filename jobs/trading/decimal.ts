import { Decimal } from 'decimal.js';

/**
 * The money type of the whole project, without saying how it counts. `money` makes exact decimals, which is all that
 * live and paper trading ever hold; a backtest may run the same rules on doubles (`float-money.ts`).
 *
 * The receiver's arithmetic counts. A double takes decimals and numbers as operands; a decimal throws on a double, so
 * that no double gets into exact figures unseen. `toDecimalPlaces` rounds half to even unless told otherwise.
 */
export interface Money {
  plus(other: Operand): Money;
  minus(other: Operand): Money;
  times(other: Operand): Money;
  div(other: Operand): Money;
  mod(other: Operand): Money;
  neg(): Money;
  pow(exponent: Operand): Money;
  abs(): Money;
  gt(other: Operand): boolean;
  gte(other: Operand): boolean;
  lt(other: Operand): boolean;
  lte(other: Operand): boolean;
  eq(other: Operand): boolean;
  comparedTo(other: Operand): number;
  isZero(): boolean;
  isNegative(): boolean;
  isPositive(): boolean;
  decimalPlaces(): number;
  toDecimalPlaces(decimals: number, rounding?: Decimal.Rounding): Money;
  toSignificantDigits(digits: number): Money;
  toFixed(decimals?: number): string;
  toString(): string;
  toNumber(): number;
}

/** What may stand on the right of a calculation. Decimal strings are for literals: `price.times('1.001')`. */
export type Operand = Money | Decimal.Value;

/**
 * 40 significant digits: balances of any listed asset (at most 18 decimals and 18 integer digits) multiply and divide
 * without a visible rounding; exponents are never printed.
 */
const Exact = Decimal.clone({
  precision: 40,
  toExpNeg: -60,
  toExpPos: 60,
  rounding: Decimal.ROUND_HALF_EVEN,
});

export const ZERO: Money = new Exact(0);

/** Returns the exact value of a decimal string, or of a number's shortest decimal form. Throws on NaN and infinity. */
export function money(value: string | number | Money): Money {
  const parsed = new Exact(value as Decimal.Value);
  if (!parsed.isFinite()) throw new RangeError(`Not a finite decimal: ${String(value)}`);
  return parsed;
}

/** Returns whether a value is money, however it counts. */
export function isMoney(value: unknown): value is Money {
  return typeof value === 'object' && value !== null && 'toDecimalPlaces' in value;
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
