import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EnvError, envSchema, parseEnv } from '../../jobs/env.ts';

function refusalOf(raw: Record<string, string>): string {
  try {
    parseEnv(raw);
  } catch (error) {
    if (error instanceof EnvError) return error.message;
    throw error;
  }
  return '';
}

const key = (bytes = 32) => randomBytes(bytes).toString('base64');

describe('parseEnv', () => {
  it('has a default for everything', () => {
    expect(parseEnv({})).toEqual({
      PORT: 3000,
      HOST: '127.0.0.1',
      DATA_DIR: '.data',
      ROLE: 'all',
      ENCRYPTION_KEYS_RETIRED: [],
      REGISTRATION: 'invite',
      CORS_ORIGINS: [],
      EXCHANGE_URLS: {},
      LOG_LEVEL: 'info',
      ALLOW_PRIVATE_WEBHOOKS: false,
    });
  });

  it('takes an empty value as absent', () => {
    expect(parseEnv({ PORT: '', DATABASE_URL: ' ', ENCRYPTION_KEY: '' })).toEqual(parseEnv({}));
  });

  it('decodes keys, lists and objects', () => {
    const [current, retired] = [key(), key()];
    const env = parseEnv({
      ENCRYPTION_KEY: current,
      ENCRYPTION_KEYS_RETIRED: `${retired}, ${current}`,
      CORS_ORIGINS: 'https://a.example,https://b.example/',
      EXCHANGE_URLS: '{"binance":"http://127.0.0.1:9000"}',
      ORIGIN: 'https://bots.example.com/',
    });
    expect(env.ENCRYPTION_KEY?.toString('base64')).toBe(current);
    expect(env.ENCRYPTION_KEYS_RETIRED.map((each) => each.toString('base64'))).toEqual([retired, current]);
    expect(env.CORS_ORIGINS).toEqual(['https://a.example', 'https://b.example']);
    expect(env.EXCHANGE_URLS).toEqual({ binance: 'http://127.0.0.1:9000' });
    expect(env.ORIGIN).toBe('https://bots.example.com');
  });

  it.each([
    ['PORT', 'http'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['ROLE', 'worker'],
    ['ORIGIN', 'bots.example.com'],
    ['ORIGIN', 'https://bots.example.com/path'],
    ['LOG_LEVEL', 'loud'],
    ['REGISTRATION', 'yes'],
    ['CORS_ORIGINS', '*'],
    ['NODE_ENV', 'prod'],
    ['ALLOW_PRIVATE_WEBHOOKS', '1'],
  ])('names %s and the value %s that it found, in one line', (name, value) => {
    const message = refusalOf({ [name]: value });
    expect(message).toMatch(new RegExp(`^${name}: found "[^\\n]*; set [^\\n]*\\.$`));
    expect(message).toContain(JSON.stringify(value));
  });

  it.each([
    ['DATABASE_URL', 'mysql://root:hunter2@db/x'],
    ['ENCRYPTION_KEY', 'hunter2!'],
    ['ENCRYPTION_KEYS_RETIRED', 'hunter2,hunter3'],
    ['EXCHANGE_URLS', '{"binance":"ftp://u:hunter2@x"}'],
    ['EXCHANGE_URLS', 'hunter2'],
    ['EXCHANGE_URLS', '["http://hunter2"]'],
    ['METRICS_TOKEN', 'hunter2'],
    ['SMTP_URL', 'imap://bots:hunter2@mail.example.com'],
  ])('refuses %s=%s without showing it', (name, value) => {
    const message = refusalOf({ [name]: value });
    expect(message).toMatch(new RegExp(`^${name}: found a value of \\d+ characters \\(not shown\\)[^\\n]*$`));
    expect(message).not.toContain('hunter');
  });

  it('reports each unusable variable once, on a line of its own', () => {
    const lines = refusalOf({ PORT: 'x', ROLE: 'y', ENCRYPTION_KEY: 'z' }).split('\n');
    expect(lines.map((line) => line.split(':')[0])).toEqual(['PORT', 'ROLE', 'ENCRYPTION_KEY']);
  });

  it('accepts a key of exactly 32 bytes and refuses any other length, telling it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 80 }), (bytes) => {
        const message = refusalOf({ ENCRYPTION_KEY: key(bytes) });
        if (bytes === 32) expect(message).toBe('');
        else expect(message).toContain(`decodes to ${String(bytes)} bytes`);
      }),
    );
  });

  it('asks for a key in production with a database of its own', () => {
    const raw = { NODE_ENV: 'production', DATABASE_URL: 'postgres://u:hunter2@db/x' };
    expect(refusalOf(raw)).toMatch(/^ENCRYPTION_KEY: not set/);
    expect(refusalOf({ ...raw, ENCRYPTION_KEY: key() })).toBe('');
    expect(refusalOf({ NODE_ENV: 'production' })).toBe('');
  });

  it('wants the admin address and password together', () => {
    expect(refusalOf({ ADMIN_EMAIL: 'a@example.com' })).toMatch(/^ADMIN_PASSWORD: not set/);
    expect(refusalOf({ ADMIN_PASSWORD: 'long enough for anyone' })).toMatch(/^ADMIN_EMAIL: not set/);
  });
});

describe('.env.example', () => {
  const text = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');
  const documented = [...text.matchAll(/^# ([A-Z_]+)=(.*)$/gm)];

  it('documents exactly the variables of the schema', () => {
    expect(documented.map(([, name]) => name).sort()).toEqual(Object.keys(envSchema.shape).sort());
  });

  it('shows usable values', () => {
    const raw = Object.fromEntries(documented.map(([, name = '', value = '']) => [name, value]));
    expect(refusalOf(raw)).toBe('');
  });
});
