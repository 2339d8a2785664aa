import { spawn } from 'node:child_process';
import { chown, mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Account } from './account.ts';
import type { Binaries } from './binaries.ts';
import { EmbeddedPostgresError } from './failure.ts';

export const SUPERUSER = 'postgres';

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  timezone: 'UTC',
  log_timezone: 'UTC',
  max_connections: '100',
  shared_buffers: '128MB',
  jit: 'off',
  log_checkpoints: 'off',
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
};

/** A database cluster's place on disk and the means to run programs on it. */
export type Cluster = { folder: string; logFile: string; binaries: Binaries; account: Account };

async function chownDeep(folder: string, uid: number, gid: number): Promise<void> {
  await chown(folder, uid, gid);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const child = path.join(folder, entry.name);
    if (entry.isDirectory()) await chownDeep(child, uid, gid);
    else if (entry.isFile()) await chown(child, uid, gid);
  }
}

/** Hands an existing cluster to the user that is about to run it, where another one ran it before. */
async function giveToAccount({ folder, account }: Cluster): Promise<void> {
  if (account.files === undefined) return;
  const { uid } = await stat(folder);
  if (uid !== account.files.uid) await chownDeep(folder, account.files.uid, account.files.gid);
}

function runInitdb(cluster: Cluster, folder: string, extra: string[]): Promise<void> {
  const { account, binaries } = cluster;
  const [program = '', ...args] = [...account.prefix, binaries.initdb, '-D', folder, ...extra];
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...account.ids, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else
        reject(new EmbeddedPostgresError(`Postgres could not make its files in ${folder}: ${errors.trim()}`));
    });
  });
}

async function makeCluster(cluster: Cluster, password: string, isDurable: boolean): Promise<void> {
  const draft = `${cluster.folder}.new-${String(process.pid)}`;
  const passwordFile = `${draft}.password`;
  const { files } = cluster.account;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  await writeFile(passwordFile, password, { mode: 0o600 });
  try {
    if (files !== undefined) {
      await chown(draft, files.uid, files.gid);
      await chown(passwordFile, files.uid, files.gid);
    }
    await runInitdb(cluster, draft, [
      ...['--username', SUPERUSER, '--pwfile', passwordFile, '--auth', 'scram-sha-256'],
      ...[
        '--encoding',
        'UTF8',
        '--locale',
        'C',
        '--locale-provider',
        'builtin',
        '--builtin-locale',
        'C.UTF-8',
      ],
      ...['--no-instructions', ...(isDurable ? [] : ['--no-sync'])],
    ]);
    await rename(draft, cluster.folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const isMadeByAnother = code === 'ENOTEMPTY' || code === 'EEXIST';
    if (!isMadeByAnother) throw error;
  } finally {
    await rm(passwordFile, { force: true });
    await rm(draft, { recursive: true, force: true });
  }
}

/** Makes the cluster unless it exists, and sees that its files belong to the user that runs it. */
export async function ensureCluster(cluster: Cluster, password: string, isDurable: boolean): Promise<void> {
  const version = await stat(path.join(cluster.folder, 'PG_VERSION')).catch(() => undefined);
  if (version === undefined) await makeCluster(cluster, password, isDurable);
  else await giveToAccount(cluster);
}

/**
 * Starts the server in a session of its own, so that a signal to the app's process group does not reach it. Returns at
 * once; the promise inside resolves when the server has ended.
 */
export async function launch(
  cluster: Cluster,
  port: number,
  tuning: Record<string, string>,
): Promise<{ ended: Promise<void> }> {
  const settings = Object.entries({ ...SETTINGS, ...tuning, port: String(port) });
  const options = settings.flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const { account, binaries, folder, logFile } = cluster;
  const [program = '', ...args] = [...account.prefix, binaries.postgres, '-D', folder, ...options];
  const output = await open(logFile, 'a', 0o600);
  const child = spawn(program, args, {
    ...account.ids,
    cwd: folder,
    detached: true,
    stdio: ['ignore', output.fd, output.fd],
  });
  const ended = new Promise<void>((resolve) => {
    child.on('error', () => {
      resolve();
    });
    child.on('exit', () => {
      resolve();
    });
  });
  child.unref();
  await output.close();
  return { ended };
}
