/**
 * Postgres refuses to run as root. Started by root, it runs as another user of the machine instead, by the mildest way
 * that lets that user reach the programs and the data, which may lie where only root can enter.
 */
import { spawn } from 'node:child_process';
import { chown, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Binaries } from './binaries.ts';
import { EmbeddedPostgresError } from './failure.ts';

type Owner = { uid: number; gid: number };

/** How a Postgres program is started: `prefix` before its command line; `files` own its data, when not ourselves. */
export type Account = { prefix: string[]; ids: Partial<Owner>; files: Owner | undefined };

const ROOT: Owner = { uid: 0, gid: 0 };
const USERS = ['postgres', 'nobody'];

async function usersByName(): Promise<Map<string, Owner>> {
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n');
  return new Map(
    lines.map((line) => {
      const [name = '', , uid, gid] = line.split(':');
      return [name, { uid: Number(uid), gid: Number(gid) }] as const;
    }),
  );
}

/** Users to try, best first: who owns the data already, then who commonly exists for such a purpose. */
async function candidates(dataFolder: string): Promise<Owner[]> {
  const users = await usersByName();
  const present = await stat(dataFolder).catch(() => undefined);
  const owner = [...users.values()].find(({ uid }) => uid !== 0 && uid === present?.uid);
  const named = USERS.map((name) => users.get(name)).filter((user) => user !== undefined);
  return owner === undefined ? named : [owner, ...named];
}

/** Ways to become `user`, mildest first. */
function waysToBecome(user: Owner): Account[] {
  const [uid, gid] = [String(user.uid), String(user.gid)];
  const setpriv = ['setpriv', '--reuid', uid, '--regid', gid, '--clear-groups'];
  // Postgres asks access(2) about itself, which sees no capability of an ordinary user without that secure bit.
  const capability = [
    '--inh-caps=+dac_read_search',
    '--ambient-caps=+dac_read_search',
    '--securebits=+no_setuid_fixup',
  ];
  return [
    { prefix: [], ids: user, files: user },
    { prefix: [...setpriv, ...capability], ids: {}, files: user },
    { prefix: ['unshare', '--user', '--map-user', uid, '--map-group', gid], ids: {}, files: ROOT },
  ];
}

function succeeds(account: Account, command: string[], cwd: string): Promise<boolean> {
  const [program = '', ...args] = [...account.prefix, ...command];
  return new Promise((resolve) => {
    const child = spawn(program, args, { ...account.ids, cwd, stdio: 'ignore' });
    child.on('error', () => {
      resolve(false);
    });
    child.on('close', (code) => {
      resolve(code === 0);
    });
  });
}

/** True when `account` can run the programs and write into a folder of its own inside `parent`. */
async function works(account: Account, { initdb }: Binaries, parent: string): Promise<boolean> {
  const folder = await mkdtemp(path.join(parent, '.postgres-probe-'));
  try {
    if (account.files !== undefined) await chown(folder, account.files.uid, account.files.gid);
    const script = 'test "$(id -u)" != 0 && cd "$2" && test -w . && "$1" --show -D "$2"';
    return await succeeds(account, ['/bin/sh', '-c', script, 'sh', initdb, folder], folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Returns how to run Postgres on `dataFolder`, which need not exist yet. Throws EmbeddedPostgresError when there is no way. */
export async function chooseAccount(binaries: Binaries, dataFolder: string): Promise<Account> {
  if (process.geteuid?.() !== 0) return { prefix: [], ids: {}, files: undefined };
  const parent = path.dirname(dataFolder);
  for (const user of await candidates(dataFolder)) {
    for (const account of waysToBecome(user)) {
      if (await works(account, binaries, parent)) return account;
    }
  }
  throw new EmbeddedPostgresError(
    `Postgres does not run as root, and no other user can reach ${parent}. Run as an ordinary user, move the project and DATA_DIR to where the user "postgres" can enter, or set DATABASE_URL.`,
  );
}
