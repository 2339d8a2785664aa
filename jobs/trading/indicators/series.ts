import type { Candles } from '../types.ts';

/** The prices that an indicator of ranges reads. */
export type PriceRanges = Pick<Candles, 'high' | 'low' | 'close'>;

/** Throws a RangeError unless the period is a whole number, 1 or more. */
export function requirePeriod(indicator: string, period: number): void {
  if (!Number.isInteger(period) || period < 1)
    throw new RangeError(`${indicator} period must be 1 or more: ${period}`);
}

/** Throws a RangeError unless the factor is finite and above 0. */
export function requireFactor(indicator: string, factor: number): void {
  if (!Number.isFinite(factor) || factor <= 0)
    throw new RangeError(`${indicator} factor must be above 0: ${factor}`);
}

/**
 * Returns the index of a series' first number: NaN before it means "not begun", so that an indicator may be taken of an
 * indicator. Throws a RangeError on NaN after it and on any infinity: one such value would spoil all that follow.
 */
export function findBegin(indicator: string, series: Float64Array): number {
  let begin = 0;
  while (begin < series.length && Number.isNaN(series[begin])) begin += 1;
  requireFinite(indicator, series, begin);
  return begin;
}

/** Returns how many candles the columns hold. Throws a RangeError unless they are equally long and wholly finite. */
export function requireColumns(indicator: string, ...columns: Float64Array[]): number {
  const length = columns[0]?.length ?? 0;
  for (const column of columns) {
    if (column.length !== length)
      throw new RangeError(`${indicator} needs columns of one length, not ${length} and ${column.length}`);
    requireFinite(indicator, column, 0);
  }
  return length;
}

function requireFinite(indicator: string, series: Float64Array, begin: number): void {
  for (let index = begin; index < series.length; index += 1) {
    const value = series[index] ?? NaN;
    if (!Number.isFinite(value)) throw new RangeError(`${indicator} input ${index} is ${value}`);
  }
}

/** Returns a series of zeros, to be filled, with NaN before index `first`. */
export function blankBefore(first: number, length: number): Float64Array {
  return new Float64Array(length).fill(NaN, 0, Math.min(first, length));
}
