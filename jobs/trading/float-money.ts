import { Decimal } from 'decimal.js';
import type { Money, Operand } from './decimal.ts';

/** Beyond this many decimals a double of a money's size holds none. */
const HELD_DECIMALS = 15;
/** What a few calculations may have left of a whole number: nearer than this fraction to one counts as it. */
const NOISE = 1e-12;

/**
 * Money on doubles, for backtests alone: the rules that live trading runs on exact decimals, a hundred times faster, to
 * about 15 digits. Rounding takes a value that is whole but for noise as whole, as the exact one would be.
 */
class FloatMoney implements Money {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }

  plus(other: Operand): Money {
    return new FloatMoney(this.value + toDouble(other));
  }

  minus(other: Operand): Money {
    return new FloatMoney(this.value - toDouble(other));
  }

  times(other: Operand): Money {
    return new FloatMoney(this.value * toDouble(other));
  }

  div(other: Operand): Money {
    return new FloatMoney(this.value / toDouble(other));
  }

  mod(other: Operand): Money {
    return new FloatMoney(this.value % toDouble(other));
  }

  neg(): Money {
    return new FloatMoney(-this.value);
  }

  pow(exponent: Operand): Money {
    return new FloatMoney(this.value ** toDouble(exponent));
  }

  abs(): Money {
    return new FloatMoney(Math.abs(this.value));
  }

  gt(other: Operand): boolean {
    return this.value > toDouble(other);
  }

  gte(other: Operand): boolean {
    return this.value >= toDouble(other);
  }

  lt(other: Operand): boolean {
    return this.value < toDouble(other);
  }

  lte(other: Operand): boolean {
    return this.value <= toDouble(other);
  }

  eq(other: Operand): boolean {
    return this.value === toDouble(other);
  }

  comparedTo(other: Operand): number {
    return Math.sign(this.value - toDouble(other));
  }

  isZero(): boolean {
    return this.value === 0;
  }

  isNegative(): boolean {
    return this.value < 0;
  }

  isPositive(): boolean {
    return this.value >= 0;
  }

  decimalPlaces(): number {
    return new Decimal(this.value).decimalPlaces();
  }

  toDecimalPlaces(decimals: number, rounding: Decimal.Rounding = Decimal.ROUND_HALF_EVEN): Money {
    if (decimals >= HELD_DECIMALS) return this;
    const scale = 10 ** decimals;
    return new FloatMoney(toWhole(this.value * scale, rounding) / scale);
  }

  toSignificantDigits(digits: number): Money {
    return new FloatMoney(Number(this.value.toPrecision(digits)));
  }

  toFixed(decimals?: number): string {
    return decimals === undefined ? this.toString() : this.value.toFixed(decimals);
  }

  /** The shortest decimal form, never with an exponent. */
  toString(): string {
    const text = String(this.value);
    return text.includes('e') ? new Decimal(this.value).toFixed() : text;
  }

  toNumber(): number {
    return this.value;
  }
}

/** Returns a double as money. Throws a RangeError on NaN and infinity. */
export function floatMoney(value: number): Money {
  if (!Number.isFinite(value)) throw new RangeError(`Not a finite number: ${value}`);
  return new FloatMoney(value);
}

function toDouble(operand: Operand): number {
  if (operand instanceof FloatMoney) return operand.value;
  return typeof operand === 'object' ? operand.toNumber() : Number(operand);
}

function toWhole(value: number, rounding: Decimal.Rounding): number {
  const nearest = Math.round(value);
  if (Math.abs(value - nearest) <= Math.abs(value) * NOISE) return nearest;
  if (rounding === Decimal.ROUND_DOWN) return Math.trunc(value);
  if (rounding === Decimal.ROUND_UP) return Math.sign(value) * Math.ceil(Math.abs(value));
  const isHalf = Math.abs(Math.abs(value - Math.trunc(value)) - 0.5) <= Math.abs(value) * NOISE;
  if (!isHalf) return nearest;
  const away = Math.trunc(value) + Math.sign(value);
  const isEvenWanted = rounding === Decimal.ROUND_HALF_EVEN;
  return isEvenWanted && away % 2 !== 0 ? Math.trunc(value) : away;
}
