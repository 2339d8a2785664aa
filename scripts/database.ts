import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import { startEmbeddedPostgres } from '../db/embedded.ts';
import { keepSecret } from '../db/kept-secret.ts';
import type { Env } from '../jobs/env.ts';
import { StartError, type Lifecycle } from './lifecycle.ts';

const CONNECT_LIMIT_S = 10;
const KEY_BYTES = 32;

async function checkReachable(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, connect_timeout: CONNECT_LIMIT_S, onnotice: () => undefined });
  try {
    await sql`select 1`;
  } catch (error) {
    const { host, pathname } = new URL(url);
    const { message, code } = error as Error & { code?: string };
    throw new StartError(
      `DATABASE_URL: cannot use the database ${pathname.slice(1)} at ${host}: ${message || String(code)}. Check that Postgres runs there and that user, password and database are right, or leave DATABASE_URL out to use the embedded one.`,
    );
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** Returns the URL of the database to use: the operator's, or that of the embedded Postgres, which runs until the stop. */
export async function openDatabaseServer(
  env: Env,
  lifecycle: Lifecycle,
  say: (line: string) => void,
): Promise<string> {
  const { DATABASE_URL: url, DATA_DIR: dataDir } = env;
  if (url !== undefined) {
    await lifecycle.hold(() => checkReachable(url));
    return url;
  }
  say(`Starting the database in ${path.resolve(dataDir)} …`);
  const server = await lifecycle.hold(
    () => startEmbeddedPostgres({ dataDir, log: say }),
    (running) => running.stop(),
  );
  return server.url;
}

async function readKeptKey(file: string, make: () => Buffer): Promise<Buffer> {
  const key = Buffer.from(await keepSecret(file, () => make().toString('base64')), 'base64');
  if (key.length !== KEY_BYTES) {
    throw new StartError(
      `${file} does not hold a key of ${String(KEY_BYTES)} bytes. Restore it from a backup: what it sealed cannot be opened without it.`,
    );
  }
  return key;
}

/**
 * Returns the keys that seal and open exchange keys: the operator's, or one made on first use and kept in DATA_DIR. A kept
 * one still opens after the operator has set another.
 */
export async function findEncryptionKeys(env: Env): Promise<{ current: Buffer; retired: Buffer[] }> {
  const { ENCRYPTION_KEY: own, ENCRYPTION_KEYS_RETIRED: retired } = env;
  const file = path.join(env.DATA_DIR, 'encryption-key');
  if (own !== undefined) {
    const kept = existsSync(file) ? [await readKeptKey(file, () => own)] : [];
    return { current: own, retired: [...retired, ...kept] };
  }
  await mkdir(env.DATA_DIR, { recursive: true });
  return { current: await readKeptKey(file, () => randomBytes(KEY_BYTES)), retired };
}
