import { z } from 'zod';

/** Text that a database can hold: whole characters, and no control characters (a stray NUL is refused by Postgres). */
export function isStorable(text: string): boolean {
  return !/[\u0000-\u001f\u007f\p{Surrogate}]/u.test(text);
}

/** One line of text without blanks around it. */
export function line(max: number, tooLong = `At most ${String(max)} characters.`) {
  return z
    .string()
    .trim()
    .max(max, tooLong)
    .refine(isStorable, 'Use letters, digits and signs only: this holds characters that cannot be kept.');
}

/** A form sends an empty field for "left out". */
export function orLeftOut<T extends z.ZodType>(schema: T) {
  return z.preprocess((value) => (value === '' || value === null ? undefined : value), schema.optional());
}

/** A tick box of a form, or a JSON boolean. */
export const flag = z
  .union([z.boolean(), z.enum(['true', 'false', 'on', ''])])
  .transform((value) => value === true || value === 'true' || value === 'on');
