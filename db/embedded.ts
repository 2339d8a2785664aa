/** A Postgres of our own under DATA_DIR, from the binaries inside an npm package. */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, realpath, stat, truncate } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { chooseAccount } from './embedded/account.ts';
import { prepareBinaries } from './embedded/binaries.ts';
import { ensureCluster, launch, SUPERUSER, type Cluster } from './embedded/cluster.ts';
import { EmbeddedPostgresError } from './embedded/failure.ts';
import { InstanceRunningError, lockInstance, type InstanceConnection } from './embedded/instance-lock.ts';
import { disarmStaleLock, findPostmaster, isPostmasterOf, type Postmaster } from './embedded/postmaster.ts';
import { keepSecret } from './kept-secret.ts';

export type EmbeddedPostgres = {
  url: string;
  /** Ends every connection and the server, and waits until it is gone. */
  stop(): Promise<void>;
};

type Options = {
  dataDir: string;
  /** Takes a line of progress. */
  log: (line: string) => void;
  /** Server settings above our own, such as `{ fsync: 'off' }`. */
  tuning?: Record<string, string>;
};

const DATABASE = 'auto_bot_trader';
const START_ATTEMPTS = 5;
const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 30_000;
const POLL_MS = 20;
const LOG_FILE_LIMIT_BYTES = 5_000_000;
const LOG_TAIL_LINES = 5;

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        resolve(port);
      });
    });
  });
}

/** Waits for the server to take connections. Returns undefined once it has ended instead. */
async function untilReady(folder: string, ended: Promise<void>): Promise<Postmaster | undefined> {
  const server = { hasEnded: false };
  void ended.then(() => (server.hasEnded = true));
  const deadline = Date.now() + START_LIMIT_MS;
  while (Date.now() < deadline) {
    const postmaster = await findPostmaster(folder);
    if (postmaster?.isReady === true) return postmaster;
    if (postmaster === undefined && server.hasEnded) return undefined;
    await sleep(POLL_MS);
  }
  return undefined;
}

async function tailOf(logFile: string): Promise<string> {
  const lines = (await readFile(logFile, 'utf8').catch(() => '')).trim().split('\n');
  return lines.slice(-LOG_TAIL_LINES).join('\n');
}

type Reached = Postmaster & { isLaunchedHere: boolean };

async function reachPostmaster(cluster: Cluster, { log, tuning = {} }: Options): Promise<Reached> {
  const { folder, logFile } = cluster;
  for (let attempt = 0; attempt < START_ATTEMPTS; attempt += 1) {
    const isRunning = (await findPostmaster(folder)) !== undefined;
    if (isRunning) log('Taking over the embedded Postgres that is still running');
    else await disarmStaleLock(folder);
    const server = isRunning
      ? { ended: Promise.resolve() }
      : await launch(cluster, await findFreePort(), tuning);
    const postmaster = await untilReady(folder, server.ended);
    if (postmaster !== undefined) return { ...postmaster, isLaunchedHere: !isRunning };
    await sleep(attempt * 200);
  }
  throw new EmbeddedPostgresError(
    `The embedded Postgres does not start. ${logFile} ends:\n${await tailOf(logFile)}`,
  );
}

async function ensureDatabase(connection: InstanceConnection, folder: string): Promise<void> {
  const sql = postgres({ ...connection, max: 1, onnotice: () => undefined });
  try {
    const [server] = await sql<{ folder: string; exists: boolean }[]>`
      select current_setting('data_directory') as folder,
        exists (select from pg_database where datname = ${DATABASE})`;
    if (server?.folder !== folder) {
      throw new EmbeddedPostgresError(
        `Port ${String(connection.port)} is served by another Postgres; start again.`,
      );
    }
    if (!server.exists) await sql`create database ${sql(DATABASE)}`;
  } finally {
    await sql.end({ timeout: 1 });
  }
}

async function stopPostmaster(folder: string, pid: number): Promise<void> {
  const deadline = Date.now() + STOP_LIMIT_MS;
  const isRunning = () => isPostmasterOf(folder, pid);
  if (await isRunning()) process.kill(pid, 'SIGINT');
  while (await isRunning()) {
    if (Date.now() > deadline) process.kill(pid, 'SIGQUIT');
    await sleep(POLL_MS);
  }
}

async function limitLogFile(logFile: string): Promise<void> {
  const present = await stat(logFile).catch(() => undefined);
  if (present !== undefined && present.size > LOG_FILE_LIMIT_BYTES) await truncate(logFile);
}

async function locateCluster(dataDir: string): Promise<Cluster> {
  await mkdir(dataDir, { recursive: true });
  const home = await realpath(dataDir);
  const folder = path.join(home, 'postgres');
  const binaries = await prepareBinaries();
  const account = await chooseAccount(binaries, folder);
  return { folder, logFile: path.join(home, 'postgres.log'), binaries, account };
}

function toUrl(password: string, port: number): string {
  return `postgres://${SUPERUSER}:${password}@127.0.0.1:${String(port)}/${DATABASE}`;
}

/** Returns the URL of the embedded Postgres of `dataDir` while an app runs it; for tools that work beside that app. */
export async function findRunningPostgres(dataDir: string): Promise<string | undefined> {
  const folder = path.join(await realpath(dataDir).catch(() => path.resolve(dataDir)), 'postgres');
  const postmaster = await findPostmaster(folder);
  if (postmaster?.isReady !== true) return undefined;
  return toUrl((await readFile(`${folder}-password`, 'utf8')).trim(), postmaster.port);
}

function explain(error: unknown, passwordFile: string): unknown {
  if ((error as { code?: string }).code !== '28P01') return error;
  return new EmbeddedPostgresError(
    `The embedded Postgres does not accept the password in ${passwordFile}. Restore that file from a backup.`,
  );
}

/**
 * Starts the embedded Postgres of `dataDir`, made on first use, and holds it for this process. One that outlived its app is
 * taken over. Throws EmbeddedPostgresError when another instance holds it, or when it cannot run here.
 */
export async function startEmbeddedPostgres(options: Options): Promise<EmbeddedPostgres> {
  const cluster = await locateCluster(options.dataDir);
  const { folder } = cluster;
  const passwordFile = `${folder}-password`;
  const password = await keepSecret(passwordFile, () => randomBytes(24).toString('base64url'));
  await limitLogFile(cluster.logFile);
  if ((await findPostmaster(folder)) === undefined) {
    await ensureCluster(cluster, password, options.tuning?.['fsync'] !== 'off');
  }
  const { pid, port, isLaunchedHere } = await reachPostmaster(cluster, options);
  const connection = { host: '127.0.0.1', port, user: SUPERUSER, password, database: SUPERUSER };
  try {
    const lock = await lockInstance(connection, path.dirname(folder));
    await ensureDatabase(connection, folder);
    return {
      url: toUrl(password, port),
      stop: async () => {
        await stopPostmaster(folder, pid);
        await lock.release();
      },
    };
  } catch (error) {
    const isInUse = error instanceof InstanceRunningError;
    if (isLaunchedHere && !isInUse) await stopPostmaster(folder, pid);
    throw explain(error, passwordFile);
  }
}
