import path from 'node:path';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';

/** Any fixed number: the lock under which one process at a time changes the schema. */
const MIGRATION_LOCK = 7_203_441;

/**
 * Brings the schema up to this version; forward only, and safe to call from several processes at once: the others wait.
 * Runs on a connection of its own, since the lock belongs to the session.
 */
export async function migrateDatabase(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, connect_timeout: 10, onnotice: () => undefined });
  try {
    await sql`select pg_advisory_lock(${MIGRATION_LOCK})`;
    await migrate(drizzle(sql), { migrationsFolder: path.join(import.meta.dirname, 'migrations') });
  } finally {
    await sql.end({ timeout: 5 });
  }
}
