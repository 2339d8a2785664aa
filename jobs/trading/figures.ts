import type { Money } from './decimal.ts';

/** From here on a figure that has decimals at all is shown with two of them, as money is written: 64,000.50. */
const LARGE = 1_000;

/** Returns a figure for a sentence: grouped, at most 8 decimals, no trailing zeros, a real minus sign. */
export function figure(value: Money): string {
  const rounded = value.toDecimalPlaces(8);
  const isCents = rounded.abs().gte(LARGE) && rounded.decimalPlaces() === 1;
  return grouped(isCents ? rounded.toFixed(2) : rounded.toString());
}

/** Returns a percentage for a sentence: at most 2 decimals, a real minus sign. */
export function percent(value: Money): string {
  return `${grouped(value.toDecimalPlaces(2).toString())} %`;
}

function grouped(plain: string): string {
  const [whole = '', fraction] = plain.replace('-', '−').split('.');
  const thousands = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? thousands : `${thousands}.${fraction}`;
}
