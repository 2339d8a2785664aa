import { z } from 'zod';

const secret = (what: string) =>
  z
    .string()
    .trim()
    .min(1, `Give the ${what}.`)
    .max(10_000, `That ${what} is too long: at most 10,000 characters.`);

export const addKeyInput = z.object({
  exchange: z.string().trim().toLowerCase().min(1, 'Choose an exchange.').max(50),
  label: z.string().trim().max(60, 'Choose a label of at most 60 characters.').optional(),
  api_key: secret('API key'),
  api_secret: secret('API secret'),
  passphrase: z.string().trim().max(1_000).optional(),
  sandbox: z
    .union([z.boolean(), z.enum(['true', 'false', 'on', ''])])
    .transform((value) => value === true || value === 'true' || value === 'on')
    .optional(),
});

export type AddKeyInput = z.infer<typeof addKeyInput>;
