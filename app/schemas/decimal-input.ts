import { z } from 'zod';
import { money } from '../../jobs/trading/decimal.ts';

/** Digits before and after the point that any listed asset fits in. */
const DECIMAL = /^[+-]?\d{1,15}(\.\d{1,18})?$/;

/**
 * An exact decimal, given as a string or as a JSON number (taken by its shortest decimal form); comes out as a string
 * without exponent or superfluous zeros.
 */
export const decimalInput = z
  .union([z.string(), z.number()], { error: 'Give a decimal number, such as "0.5".' })
  .transform((value, context) => {
    const text = typeof value === 'number' ? money(value).toFixed() : value.trim();
    if (DECIMAL.test(text)) return money(text).toFixed();
    context.addIssue({
      code: 'custom',
      message: 'Give a decimal number with at most 15 digits before and 18 after the point, such as "0.5".',
    });
    return z.NEVER;
  });

/** A decimal within bounds (both inclusive unless `above` is given). */
export function decimalBetween(bounds: { above?: string; min?: string; max: string }) {
  return decimalInput.superRefine((text, context) => {
    const value = money(text);
    if (bounds.above !== undefined && value.lte(bounds.above))
      context.addIssue({ code: 'custom', message: `Must be above ${bounds.above}.` });
    if (bounds.min !== undefined && value.lt(bounds.min))
      context.addIssue({ code: 'custom', message: `Must be at least ${bounds.min}.` });
    if (value.gt(bounds.max)) context.addIssue({ code: 'custom', message: `Must be at most ${bounds.max}.` });
  });
}
