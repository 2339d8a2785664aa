import type { Money } from './decimal.ts';

/** Returns a figure for a sentence: at most 8 decimals, no trailing zeros, a real minus sign. */
export function figure(value: Money): string {
  return value.toDecimalPlaces(8).toString().replace('-', '−');
}

/** Returns a percentage for a sentence: at most 2 decimals, a real minus sign. */
export function percent(value: Money): string {
  return `${value.toDecimalPlaces(2).toString().replace('-', '−')} %`;
}
