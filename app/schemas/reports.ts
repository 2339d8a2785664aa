import { z } from 'zod';
import { line, orLeftOut } from './text.ts';

/** Years that a database and a date can both hold. */
const EARLIEST_MS = Date.UTC(1970, 0, 1);
const LATEST_MS = Date.UTC(9999, 0, 1);

const moment = z
  .string()
  .trim()
  .transform((text, context) => {
    const ms = Date.parse(text);
    if (ms >= EARLIEST_MS && ms < LATEST_MS) return new Date(ms);
    context.addIssue({ code: 'custom', message: 'Give a time in ISO 8601, such as 2026-01-31T00:00:00Z.' });
    return z.NEVER;
  });

const NOT_WHOLE = 'Give a whole number from 1 to 200.';

export const tradesQuery = z.object({
  bot_run_id: orLeftOut(line(100)),
  symbol: orLeftOut(line(100)),
  from: orLeftOut(moment),
  to: orLeftOut(moment),
  limit: orLeftOut(z.coerce.number(NOT_WHOLE).int(NOT_WHOLE).min(1, NOT_WHOLE).max(200, NOT_WHOLE)),
  cursor: orLeftOut(z.string().regex(/^\d{1,15}$/, 'Give the next_cursor of an earlier answer.')),
});

export const pnlQuery = z.object({
  from: orLeftOut(moment),
  to: orLeftOut(moment),
  bot_run_id: orLeftOut(line(100)),
});

export type TradesQuery = z.infer<typeof tradesQuery>;
export type PnlQuery = z.infer<typeof pnlQuery>;
