import { figure } from '../figures.ts';
import { floatMoney } from '../float-money.ts';

/** Significant digits of a figure in a sentence; prices of thousands get their cents. */
const DIGITS = 6;
/** More than these a double does not hold. */
const MOST_DIGITS = 15;

/** Returns a figure for a sentence: about 6 digits, grouped; `?` for a value that is not there yet. */
export function sayFigure(value: number): string {
  return say(value, digitsOf(value));
}

/** Returns two figures for a sentence, with as many digits as it takes to tell them apart. */
export function sayApart(one: number, other: number): [string, string] {
  let digits = Math.max(digitsOf(one), digitsOf(other));
  while (digits < MOST_DIGITS && one !== other && say(one, digits) === say(other, digits)) digits += 1;
  return [say(one, digits), say(other, digits)];
}

/** Returns "64,120 above 64,100": how a value stands to a level. */
export function sayRelation(value: number, side: number, level: number): string {
  const [one, other] = sayApart(value, level);
  if (side === 0) return `${one}, equal to ${other}`;
  return `${one}, ${saySide(side)} ${other}`;
}

/** Returns "above", "below" or, in between, "on". */
export function saySide(side: number): string {
  if (side === 0) return 'on';
  return side > 0 ? 'above' : 'below';
}

function digitsOf(value: number): number {
  const size = Math.abs(value);
  return size >= 1_000 && size < Infinity ? Math.floor(Math.log10(size)) + 3 : DIGITS;
}

function say(value: number, digits: number): string {
  if (!Number.isFinite(value)) return '?';
  return figure(floatMoney(Number(value.toPrecision(Math.min(MOST_DIGITS, digits)))));
}

/** Returns how a series that stands on `side` of a level comes to cross it: what already is above must fall first. */
export function sayCrossing(direction: 1 | -1, side: number): string {
  if (direction === 1) return side === 1 ? 'falls below and then crosses above' : 'crosses above';
  return side === -1 ? 'rises above and then crosses below' : 'crosses below';
}
