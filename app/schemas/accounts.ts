import { z } from 'zod';
import { line, orLeftOut } from './text.ts';

const email = line(254, 'Give an e-mail address of at most 254 characters.').toLowerCase();

/** What a person types to sign in: checked against the record, not against today's rules. */
export const signInInput = z.object({
  email,
  password: z.string().min(1, 'Give your password.').max(1_000, 'That password is too long.'),
});

export const signUpInput = z.object({
  email: email.pipe(z.email('Give an e-mail address, such as you@example.org.')),
  password: z
    .string()
    .min(10, 'Choose a password of at least 10 characters.')
    .max(200, 'Choose a password of at most 200 characters.'),
  invite: orLeftOut(line(200)),
});

export const changePasswordInput = z.object({
  current: signInInput.shape.password,
  password: signUpInput.shape.password,
});

export const SCOPES = ['read', 'trade', 'keys'] as const;
export type Scope = (typeof SCOPES)[number];

export const tokenInput = signInInput.extend({
  /** Taken and not yet asked for: accounts have no second factor. */
  totp: orLeftOut(line(20)),
  name: orLeftOut(line(100)),
  scopes: z.array(z.enum(SCOPES)).min(1, 'Name at least one scope.').max(SCOPES.length).optional(),
});

export const invitationInput = z.object({ note: orLeftOut(line(200)) });

export type SignInInput = z.infer<typeof signInInput>;
export type SignUpInput = z.infer<typeof signUpInput>;
export type TokenInput = z.infer<typeof tokenInput>;
