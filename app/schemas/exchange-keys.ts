import { z } from 'zod';
import { flag, line, orLeftOut } from './text.ts';

/** PEM keys have line breaks, so a secret is not a `line`; it is sealed, never stored as text. */
const secret = (what: string) =>
  z
    .string()
    .trim()
    .min(1, `Give the ${what}.`)
    .max(10_000, `That ${what} is too long: at most 10,000 characters.`);

export const addKeyInput = z.object({
  exchange: line(50).toLowerCase().min(1, 'Choose an exchange.'),
  label: orLeftOut(line(60, 'Choose a label of at most 60 characters.')),
  api_key: line(1_000).min(1, 'Give the API key.'),
  api_secret: secret('API secret'),
  passphrase: orLeftOut(secret('passphrase')),
  sandbox: flag.optional(),
});

export type AddKeyInput = z.infer<typeof addKeyInput>;
