import { existsSync } from 'node:fs';
import { loadEnvFile } from 'node:process';
import { z } from 'zod';

/** A variable of the environment holds something unusable. One line per variable; no secret in any. */
export class EnvError extends Error {
  constructor(lines: string[]) {
    super(lines.join('\n'));
    this.name = 'EnvError';
  }
}

const ENCRYPTION_KEY_BYTES = 32;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

const isUrl = (protocols: string[]) => (text: string) =>
  URL.canParse(text) && protocols.includes(new URL(text).protocol);

const isOrigin = (text: string) =>
  isUrl(['http:', 'https:'])(text) && new URL(text).origin === text.replace(/\/$/, '');

function commaSeparated(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

const isEncryptionKey = (text: string) =>
  BASE64.test(text) && Buffer.from(text, 'base64').length === ENCRYPTION_KEY_BYTES;

const toKey = (text: string) => Buffer.from(text, 'base64');
const toOrigin = (text: string) => new URL(text).origin;

const exchangeUrlsFix =
  'set a JSON object of exchange id to http(s) URL, such as {"binance":"http://127.0.0.1:9000"}';
const exchangeUrlsSchema = z.record(
  z.string().regex(/^[a-z0-9]+$/),
  z.string().refine(isUrl(['http:', 'https:'])),
);

const exchangeUrls = z.string().transform((text, context): Record<string, string> => {
  try {
    return exchangeUrlsSchema.parse(JSON.parse(text));
  } catch {
    context.addIssue({ code: 'custom', message: exchangeUrlsFix });
    return z.NEVER;
  }
});

const wholeNumber = (min: number, max: number, fix: string) =>
  z
    .string()
    .regex(/^\d{1,9}$/, fix)
    .transform(Number)
    .refine((value) => value >= min && value <= max, fix);

const keyFix = `set base64 of ${String(ENCRYPTION_KEY_BYTES)} bytes; \`npm run keygen\` prints one`;

/** Every variable that the project reads, each with what to do when its value is unusable. */
export const envSchema = z.object({
  NODE_ENV: z
    .enum(['production', 'development', 'test'], 'set production, development or test, or leave it out')
    .optional(),
  DATABASE_URL: z
    .string()
    .refine(
      isUrl(['postgres:', 'postgresql:']),
      'set postgres://user:password@host:5432/name, or leave it out to use the embedded Postgres',
    )
    .optional(),
  PORT: wholeNumber(0, 65535, 'set a port from 0 to 65535').default(3000),
  HOST: z.string().default('127.0.0.1'),
  ORIGIN: z
    .string()
    .refine(isOrigin, 'set scheme and host only, such as https://bots.example.com')
    .transform(toOrigin)
    .optional(),
  DATA_DIR: z.string().default('.data'),
  ROLE: z.enum(['all', 'web', 'jobs'], 'set all, web or jobs').default('all'),
  ENCRYPTION_KEY: z.string().refine(isEncryptionKey, keyFix).transform(toKey).optional(),
  ENCRYPTION_KEYS_RETIRED: z
    .string()
    .transform(commaSeparated)
    .refine((keys) => keys.every(isEncryptionKey), `separate the keys by commas, and for each ${keyFix}`)
    .transform((keys) => keys.map(toKey))
    .default([]),
  ADMIN_EMAIL: z.email('set an e-mail address').optional(),
  ADMIN_PASSWORD: z.string().optional(),
  REGISTRATION: z.enum(['invite', 'open', 'closed'], 'set invite, open or closed').default('invite'),
  CORS_ORIGINS: z
    .string()
    .transform(commaSeparated)
    .refine(
      (origins) => origins.every(isOrigin),
      'set origins such as https://a.example, separated by commas',
    )
    .transform((origins) => origins.map(toOrigin))
    .default([]),
  EXCHANGE_URLS: exchangeUrls.default({}),
  LOG_LEVEL: z
    .enum(
      ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
      'set fatal, error, warn, info, debug, trace or silent',
    )
    .default('info'),
  METRICS_TOKEN: z.string().min(16, 'set at least 16 characters').optional(),
  SMTP_URL: z
    .string()
    .refine(isUrl(['smtp:', 'smtps:']), 'set smtp://user:password@host:587 or smtps://user:password@host:465')
    .optional(),
  ALLOW_PRIVATE_WEBHOOKS: z
    .enum(['true', 'false'], 'set true or false')
    .transform((text) => text === 'true')
    .default(false),
});

export type Env = z.output<typeof envSchema>;

/** Variables whose value never appears in a message: secrets, and URLs that may carry one. */
const SECRET = new Set([
  'DATABASE_URL',
  'ENCRYPTION_KEY',
  'ENCRYPTION_KEYS_RETIRED',
  'ADMIN_PASSWORD',
  'EXCHANGE_URLS',
  'METRICS_TOKEN',
  'SMTP_URL',
]);

function found(name: string, value: string): string {
  if (!SECRET.has(name)) return JSON.stringify(value);
  const length = `a value of ${String(value.length)} characters (not shown)`;
  if (name !== 'ENCRYPTION_KEY' || !BASE64.test(value)) return length;
  return `${length} that decodes to ${String(Buffer.from(value, 'base64').length)} bytes`;
}

function missingPartners(env: Env): string[] {
  const lines: string[] = [];
  if (env.NODE_ENV === 'production' && env.DATABASE_URL !== undefined && env.ENCRYPTION_KEY === undefined) {
    lines.push(`ENCRYPTION_KEY: not set, and production with a DATABASE_URL needs one; ${keyFix}.`);
  }
  if ((env.ADMIN_EMAIL === undefined) !== (env.ADMIN_PASSWORD === undefined)) {
    const absent = env.ADMIN_EMAIL === undefined ? 'ADMIN_EMAIL' : 'ADMIN_PASSWORD';
    lines.push(`${absent}: not set; set ADMIN_EMAIL and ADMIN_PASSWORD together, or neither.`);
  }
  return lines;
}

/**
 * Returns the environment, checked and with its defaults; an empty value counts as absent. Throws EnvError with one line
 * for each unusable variable: its name, what was found (never a secret), and what to do.
 */
export function parseEnv(raw: Record<string, string | undefined>): Env {
  const given: Record<string, string> = {};
  for (const name of Object.keys(envSchema.shape)) {
    const value = raw[name]?.trim();
    if (value !== undefined && value !== '') given[name] = value;
  }
  const parsed = envSchema.safeParse(given);
  if (!parsed.success) {
    const fixes = new Map<string, string>();
    for (const issue of parsed.error.issues) fixes.set(String(issue.path[0]), issue.message);
    throw new EnvError(
      [...fixes].map(([name, fix]) => `${name}: found ${found(name, given[name] ?? '')}; ${fix}.`),
    );
  }
  const lines = missingPartners(parsed.data);
  if (lines.length > 0) throw new EnvError(lines);
  return parsed.data;
}

/** Returns this process's environment. Variables in a `.env` file count where the environment itself does not set them. */
export function loadEnv(): Env {
  if (existsSync('.env')) loadEnvFile('.env');
  return parseEnv(process.env);
}
