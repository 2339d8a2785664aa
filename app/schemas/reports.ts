import { z } from 'zod';

const moment = z
  .string()
  .trim()
  .refine((text) => !Number.isNaN(Date.parse(text)), 'Give a time in ISO 8601, such as 2026-01-31T00:00:00Z.')
  .transform((text) => new Date(text));

const orLeftOut = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' || value === null ? undefined : value), schema.optional());

export const tradesQuery = z.object({
  bot_run_id: orLeftOut(z.string().max(100)),
  symbol: orLeftOut(z.string().trim().max(100)),
  from: orLeftOut(moment),
  to: orLeftOut(moment),
  limit: orLeftOut(
    z.coerce
      .number('Give a whole number.')
      .int('Give a whole number.')
      .min(1)
      .max(200, 'At most 200 at a time.'),
  ),
  cursor: orLeftOut(z.string().regex(/^\d{1,15}$/, 'Give the next_cursor of an earlier answer.')),
});

export const pnlQuery = z.object({
  from: orLeftOut(moment),
  to: orLeftOut(moment),
  bot_run_id: orLeftOut(z.string().max(100)),
});

export type TradesQuery = z.infer<typeof tradesQuery>;
export type PnlQuery = z.infer<typeof pnlQuery>;
