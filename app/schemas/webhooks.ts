import { z } from 'zod';
import { isStorable, orLeftOut } from './text.ts';

const MOST_REASON = 200;
const MOST_KEY = 200;
const SIDES = { buy: 'BUY', sell: 'SELL', close: 'SELL' } as const;
const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?$/;
const MILLISECONDS = /^\d{12,14}$/;

/** The moment that a text or number means; without a zone it is UTC. */
function toMs(value: string | number): number {
  const text = String(value).trim();
  if (MILLISECONDS.test(text)) return Number(text);
  if (!ISO.test(text)) return Number.NaN;
  return Date.parse(/(Z|[+-]\d{2}:\d{2})$/.test(text) ? text : `${text}Z`);
}

/** When a signal was sent: ISO 8601 or milliseconds since 1970. */
export const sentTime = z
  .union([z.string(), z.number()])
  .transform(toMs)
  .refine((ms) => Number.isFinite(ms), 'Give a time in ISO 8601, or milliseconds since 1970.');

const key = z
  .union([z.string(), z.number()])
  .transform((value) => String(value).trim())
  .refine(
    (text) => text.length <= MOST_KEY && isStorable(text),
    `Use at most ${String(MOST_KEY)} letters, digits and signs.`,
  );

/** What people may read; never a reason to refuse a signal. */
const words = z
  .unknown()
  .optional()
  .transform((value) => {
    if (typeof value !== 'string') return '';
    const text = Array.from(value, (letter) => (isStorable(letter) ? letter : ' ')).join('');
    const tidy = text.replaceAll(/ {2,}/g, ' ').trim();
    return Array.from(tidy).slice(0, MOST_REASON).join('');
  });

const price = z
  .unknown()
  .optional()
  .transform((value) => {
    const text = typeof value === 'number' || typeof value === 'string' ? String(value).trim() : '';
    return /^\d{1,15}(\.\d{1,18})?$/.test(text) && Number(text) > 0 ? text : undefined;
  });

/** A signal as it is posted, once the secret is taken out of it. What else it holds is not read. */
export const signalInput = z.object({
  action: z
    .string('Give an action: buy, sell or close.')
    .trim()
    .toLowerCase()
    .pipe(z.enum(['buy', 'sell', 'close'], 'The action is buy, sell or close.'))
    .transform((action) => SIDES[action]),
  id: orLeftOut(key),
  time: orLeftOut(sentTime),
  price,
  reason: words,
  comment: words,
  test: z
    .unknown()
    .optional()
    .transform((value) => value === true || value === 'true'),
});

export type SignalInput = z.output<typeof signalInput>;
