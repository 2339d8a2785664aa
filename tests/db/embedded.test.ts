import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import postgres from 'postgres';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startEmbeddedPostgres } from '../../db/embedded.ts';
import { chooseAccount } from '../../db/embedded/account.ts';
import { prepareBinaries } from '../../db/embedded/binaries.ts';
import { findPostmaster } from '../../db/embedded/postmaster.ts';

const isRoot = process.geteuid?.() === 0;
const HOLDER = path.join(import.meta.dirname, '../support/hold-embedded.ts');

let home: string;
let dataDir: string;
const children: ChildProcess[] = [];

/** `home` has mode 0700: as root, a place where Postgres's own user cannot enter. */
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'embedded-'));
  dataDir = path.join(home, 'data');
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  const postmaster = await findPostmaster(path.join(dataDir, 'postgres'));
  if (postmaster !== undefined) await (await start()).stop();
  await rm(home, { recursive: true, force: true });
});

const lines: string[] = [];
const start = () =>
  startEmbeddedPostgres({ dataDir, log: (line) => void lines.push(line), tuning: { fsync: 'off' } });

function spawnHolder(env: Record<string, string>, stderr: 'ignore' | 'inherit') {
  const child = spawn(process.execPath, [HOLDER, dataDir], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', stderr],
  });
  children.push(child);
  return child;
}

async function startInAnotherProcess(
  env: Record<string, string> = {},
): Promise<{ child: ChildProcess; url: string }> {
  const child = spawnHolder(env, 'inherit');
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, url: line.toString().trim() };
}

async function killAndForget(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function query<T>(url: string, text: string): Promise<T[]> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    return [...(await sql.unsafe<T[] & postgres.Row[]>(text))];
  } finally {
    await sql.end();
  }
}

const postmasterPid = async () => (await findPostmaster(path.join(dataDir, 'postgres')))?.pid;
const untilGone = async () => {
  while ((await postmasterPid()) !== undefined) await new Promise((resolve) => setTimeout(resolve, 20));
};

describe('embedded Postgres', { timeout: 60_000 }, () => {
  it('is made once, listens on 127.0.0.1 alone with a password, and keeps its data over a stop', async () => {
    const first = await start();
    await query(first.url, 'create table kept (n int); insert into kept values (7)');
    expect(await query(first.url, 'show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
    await expect(query(first.url.replace(/:[^:@]+@/, ':wrong@'), 'select 1')).rejects.toMatchObject({
      code: '28P01',
    });
    await first.stop();
    expect(await postmasterPid()).toBeUndefined();

    const second = await start();
    expect(await query(second.url, 'select n from kept')).toEqual([{ n: 7 }]);
    await second.stop();
    const passwordFile = await stat(path.join(dataDir, 'postgres-password'));
    expect(passwordFile.mode & 0o777).toBe(0o600);
    expect((await readdir(dataDir)).sort()).toEqual(['postgres', 'postgres-password', 'postgres.log']);
  });

  it('starts over the lock file of a killed server, also when its process id belongs to another process now', async () => {
    await (await start()).stop();
    const lockFile = path.join(dataDir, 'postgres', 'postmaster.pid');
    for (const pid of [process.pid, process.ppid, 999_999_999]) {
      await writeFile(
        lockFile,
        `${String(pid)}\n${dataDir}/postgres\n1700000000\n5432\n\n127.0.0.1\n 1 2\nready   \n`,
      );
      const again = await start();
      expect(await query(again.url, 'select 1 as one')).toEqual([{ one: 1 }]);
      await again.stop();
    }
  });

  it('recovers after the server itself was killed', async () => {
    const { child, url } = await startInAnotherProcess();
    await query(url, 'create table kept (n int)');
    process.kill((await postmasterPid()) ?? 0, 'SIGKILL');
    await untilGone();
    await killAndForget(child);
    const again = await start();
    expect(await query(again.url, 'select count(*)::int as n from kept')).toEqual([{ n: 0 }]);
    await again.stop();
  });

  it('takes over the server of a killed app, and stops it in the end', async () => {
    const { child, url } = await startInAnotherProcess();
    const pid = await postmasterPid();
    await killAndForget(child);
    const next = await start();
    expect(next.url).toBe(url);
    expect(await postmasterPid()).toBe(pid);
    expect(lines).toContain('Taking over the embedded Postgres that is still running');
    await next.stop();
    expect(await postmasterPid()).toBeUndefined();
  });

  it('refuses a second instance in one line that names the first, and leaves the first alone', async () => {
    const { child, url } = await startInAnotherProcess();
    const refusal = start();
    await expect(refusal).rejects.toThrow(
      `Another instance (process ${String(child.pid)}) is already running on ${dataDir}. Stop it first, or set DATA_DIR to another folder.`,
    );
    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('lets exactly one of several simultaneous first starts through', async () => {
    const holders = [1, 2, 3].map(() => spawnHolder({}, 'ignore'));
    const outcomes = await Promise.all(
      holders.map((child) =>
        Promise.race([
          once(child.stdout, 'data').then(() => 'up'),
          once(child, 'exit').then(() => 'refused'),
        ]),
      ),
    );
    expect(outcomes.sort()).toEqual(['refused', 'refused', 'up']);
  });

  it('survives a signal to the process group of its app', async () => {
    const { child } = await startInAnotherProcess();
    const status = await readFile(`/proc/${String(await postmasterPid())}/stat`, 'utf8');
    const group = Number(status.slice(status.lastIndexOf(')')).split(' ')[3]);
    expect(group).not.toBe(child.pid);
    expect(group).toBe(await postmasterPid());
  });

  it('says what is wrong when the password file was lost, and leaves no server behind', async () => {
    await (await start()).stop();
    await rm(path.join(dataDir, 'postgres-password'));
    await expect(start()).rejects.toThrow(/does not accept the password in .*postgres-password/);
    expect(await postmasterPid()).toBeUndefined();
  });

  it.runIf(isRoot)(
    'runs as an ordinary user, where that user can enter, with nothing but its identity',
    async () => {
      await chmod(home, 0o755);
      await startInAnotherProcess();
      const status = await readFile(`/proc/${String(await postmasterPid())}/status`, 'utf8');
      expect(status).not.toMatch(/^Uid:\s+0/m);
      expect(status).toMatch(/^CapEff:\s+0+$/m);
    },
  );

  it.runIf(isRoot)('may only search folders beyond that, where that user cannot enter', async () => {
    await startInAnotherProcess();
    const status = await readFile(`/proc/${String(await postmasterPid())}/status`, 'utf8');
    expect(status).not.toMatch(/^Uid:\s+0/m);
    expect(status).toMatch(/^CapEff:\s+0000000000000004$/m);
  });

  it.runIf(isRoot)('finds a way where the programs, too, lie where only root can enter', async () => {
    const { postgres: program } = await prepareBinaries();
    const native = path.join(home, 'native');
    await cp(path.resolve(path.dirname(program), '..'), native, { recursive: true, verbatimSymlinks: true });
    const binaries = { postgres: path.join(native, 'bin/postgres'), initdb: path.join(native, 'bin/initdb') };
    await mkdir(dataDir);
    const { prefix, files } = await chooseAccount(binaries, path.join(dataDir, 'postgres'));
    expect(prefix[0]).toBe('setpriv');
    expect(files?.uid).not.toBe(0);
  });

  it.runIf(isRoot)('runs in a user namespace where there is no setpriv', async () => {
    const programs = path.join(home, 'bin');
    await mkdir(programs);
    for (const name of ['unshare', 'id', 'sh']) await symlink(`/usr/bin/${name}`, path.join(programs, name));
    const { child, url } = await startInAnotherProcess({ PATH: programs });
    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
    child.kill('SIGTERM');
    await once(child, 'exit');
    const again = await start();
    expect(await query(again.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await again.stop();
  });
});
