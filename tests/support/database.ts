import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import postgres from 'postgres';
import { openDatabase, type Database } from '../../db/client.ts';
import { startEmbeddedPostgres } from '../../db/embedded.ts';
import { migrateDatabase } from '../../db/migrate.ts';

/** Carries the server's URL from the run's set-up to its workers. */
const SERVER_VARIABLE = 'TEST_DATABASE_SERVER';
const TEMPLATE = 'template_migrated';
const FOLDER_PREFIX = 'auto-bot-trader-test-';
const UNSAFE_BUT_QUICK = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '300',
  autovacuum: 'off',
};

function onDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}

async function onServer<T>(url: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(onDatabase(url, 'postgres'), { max: 1, onnotice: () => undefined });
  try {
    return await work(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const start = (dataDir: string) =>
  startEmbeddedPostgres({ dataDir, log: () => undefined, tuning: UNSAFE_BUT_QUICK });

/** Ends the servers of test runs that were killed. */
async function sweepLeftovers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const [, pid] = new RegExp(`^${FOLDER_PREFIX}(\\d+)-`).exec(name) ?? [];
    if (pid === undefined || isRunning(Number(pid))) continue;
    const folder = path.join(tmpdir(), name);
    await start(folder)
      .then((server) => server.stop())
      .catch(() => undefined);
    await rm(folder, { recursive: true, force: true });
  }
}

/** Starts the run's Postgres and returns what stops it. */
export async function startTestServer(): Promise<() => Promise<void>> {
  await sweepLeftovers();
  const folder = await mkdtemp(path.join(tmpdir(), `${FOLDER_PREFIX}${String(process.pid)}-`));
  const server = await start(folder);
  await onServer(server.url, (sql) => sql`create database ${sql(TEMPLATE)}`);
  await migrateDatabase(onDatabase(server.url, TEMPLATE));
  process.env[SERVER_VARIABLE] = server.url;
  return async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
}

export type TestDatabase = Pick<Database, 'db' | 'sql'> & { url: string; drop(): Promise<void> };

/** Returns a fresh database of its own: migrated, or empty. */
export async function createTestDatabase({ isEmpty = false } = {}): Promise<TestDatabase> {
  const server = process.env[SERVER_VARIABLE];
  if (server === undefined)
    throw new Error('No test server: run through vitest or playwright with the global set-up.');
  const name = `test_${randomBytes(6).toString('hex')}`;
  const template = isEmpty ? 'template0' : TEMPLATE;
  await onServer(server, (sql) => sql`create database ${sql(name)} template ${sql(template)}`);
  const url = onDatabase(server, name);
  const database = openDatabase(url, { max: 5 });
  const drop = async () => {
    await database.close();
    await onServer(server, (admin) => admin`drop database ${admin(name)} with (force)`);
  };
  return { url, db: database.db, sql: database.sql, drop };
}
