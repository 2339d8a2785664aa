import { money, type Money } from '../jobs/trading/decimal.ts';
import type { RoiStep } from '../jobs/trading/types.ts';

/** A command that cannot be run as it was given: what was found, and what to give instead, in one line. */
export class UsageError extends Error {}

/** Reads the text of one option. Throws `UsageError` with the option's name. */
export type Read<Value> = (text: string, option: string) => Value;

const DECIMAL = /^(\d{1,15}(\.\d{1,18})?|\.\d{1,18})$/;

export const readPositive: Read<Money> = (text, option) => {
  if (!DECIMAL.test(text) || money(text).isZero())
    throw new UsageError(`--${option} ${text}: give a number above 0, such as 1000.`);
  return money(text);
};

/** A fraction of 0 up to 1 (exclusive). */
export const readFraction: Read<Money> = (text, option) => {
  const isFraction = DECIMAL.test(text) && money(text).lt(1);
  if (!isFraction)
    throw new UsageError(`--${option} ${text}: give a fraction from 0 up to 1, such as 0.05 for 5 %.`);
  return money(text);
};

/** A fraction above 0, as the percentage that risk rules take. */
export const readPct: Read<Money> = (text, option) => {
  const fraction = readFraction(text, option);
  if (fraction.isZero())
    throw new UsageError(`--${option} ${text}: give a fraction above 0, such as 0.05 for 5 %.`);
  return fraction.times(100);
};

/** A gain may be more than all. */
export const readGain: Read<Money> = (text, option) => {
  if (!DECIMAL.test(text) || money(text).isZero())
    throw new UsageError(`--${option} ${text}: give a fraction above 0, such as 0.05 for 5 %.`);
  return money(text).times(100);
};

export const readCount: Read<number> = (text, option) => {
  const count = Number(text);
  if (!/^\d{1,9}$/.test(text) || count < 1)
    throw new UsageError(`--${option} ${text}: give a whole number of 1 or more.`);
  return count;
};

/** `0:0.05,60:0.01`: from so many candles after the entry on, such a gain is enough. */
export const readRoi: Read<RoiStep[]> = (text, option) =>
  text.split(',').map((step) => {
    const [, after = '', gain = ''] = /^(\d{1,9}):([\d.]+)$/.exec(step) ?? [];
    if (!DECIMAL.test(gain))
      throw new UsageError(`--${option} ${text}: give steps of candles and gain, such as 0:0.05,60:0.01.`);
    return { afterCandles: Number(after), profitPct: money(gain).times(100) };
  });

const ISO = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/** A time as ISO 8601, UTC where it names no zone, or as ms. */
export const readTime: Read<number> = (text, option) => {
  if (/^\d{10,15}$/.test(text)) return Number(text);
  const isZoned = /([Zz]|[+-]\d{2}:?\d{2})$/.test(text.slice(10));
  const timeMs = ISO.test(text) ? Date.parse(text.length > 10 && !isZoned ? `${text}Z` : text) : NaN;
  if (Number.isNaN(timeMs))
    throw new UsageError(`--${option} ${text}: give a time such as 2024-01-31 or 2024-01-31T12:00Z.`);
  return timeMs;
};
