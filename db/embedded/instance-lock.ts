import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { EmbeddedPostgresError } from './failure.ts';

/** Any fixed number: the session lock that the one instance on a data folder holds. */
const INSTANCE_LOCK = 5_821_097;
const HOLDER = 'auto-bot-trader instance ';
/** How long Postgres may need to notice that a killed instance's connection is gone. */
const PATIENCE_MS = 3_000;
const RETRY_MS = 100;

/** Another process holds the data folder. */
export class InstanceRunningError extends EmbeddedPostgresError {}

export type InstanceLock = { release(): Promise<void> };
export type InstanceConnection = {
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
};

async function tryLock(sql: postgres.Sql): Promise<boolean> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const [row] = await sql<{ taken: boolean }[]>`select pg_try_advisory_lock(${INSTANCE_LOCK}) as taken`;
    if (row?.taken === true) return true;
    if (Date.now() > until) return false;
    await sleep(RETRY_MS);
  }
}

async function findHolder(sql: postgres.Sql): Promise<string> {
  const [row] = await sql<{ holder: string }[]>`
    select a.application_name as holder from pg_locks l join pg_stat_activity a using (pid)
    where l.locktype = 'advisory' and l.objid = ${INSTANCE_LOCK} and l.granted`;
  return row?.holder.replace(HOLDER, 'process ') ?? 'another process';
}

/**
 * Takes the lock that marks the one instance on a data folder, for as long as this process lives: it vanishes with the
 * connection, whatever ends it. Lost with a crash of the server, it is taken again.
 */
export async function lockInstance(connection: InstanceConnection, dataDir: string): Promise<InstanceLock> {
  let isHeld = false;
  const retake = () => {
    if (!isHeld) return;
    void sleep(RETRY_MS)
      .then(() => (isHeld ? tryLock(sql) : true))
      .catch(retake);
  };
  const sql = postgres({
    ...connection,
    max: 1,
    max_lifetime: null,
    connection: { application_name: HOLDER + String(process.pid) },
    onnotice: () => undefined,
    onclose: retake,
  });
  const release = async () => {
    isHeld = false;
    await sql.end({ timeout: 1 });
  };
  if (await tryLock(sql)) {
    isHeld = true;
    return { release };
  }
  const holder = await findHolder(sql);
  await release();
  throw new InstanceRunningError(
    `Another instance (${holder}) is already running on ${dataDir}. Stop it first, or set DATA_DIR to another folder.`,
  );
}
