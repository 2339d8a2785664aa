import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

/** What postmaster.pid says. `pid` and `port` are NaN where a line is missing: Postgres writes the file in steps. */
export type Postmaster = { pid: number; port: number; isReady: boolean };

const PID_FILE = 'postmaster.pid';
/** Above every platform's highest process id, so that Postgres finds no process behind it. */
const NOBODYS_PID = 2_147_483_646;

async function commandLineOf(pid: number): Promise<string> {
  if (process.platform === 'linux') {
    const text = await readFile(`/proc/${String(pid)}/cmdline`, 'utf8').catch(() => '');
    return text.replaceAll('\0', ' ');
  }
  const ps = promisify(execFile)('ps', ['-o', 'command=', '-p', String(pid)]);
  return ps.then(({ stdout }) => stdout).catch(() => '');
}

/** True while process `pid` is the Postgres of `folder`, and not some other process that got the same id since. */
export async function isPostmasterOf(folder: string, pid: number): Promise<boolean> {
  const line = await commandLineOf(pid);
  return line.includes('postgres') && line.includes(` -D ${folder} `);
}

async function readPidFile(folder: string): Promise<Postmaster | undefined> {
  const text = await readFile(path.join(folder, PID_FILE), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const lines = text.split('\n').map((line) => line.trim());
  return { pid: Number(lines[0] || NaN), port: Number(lines[3] || NaN), isReady: lines[7] === 'ready' };
}

/** Returns the Postgres that runs on `folder`, if one does. */
export async function findPostmaster(folder: string): Promise<Postmaster | undefined> {
  const postmaster = await readPidFile(folder);
  if (postmaster === undefined || !(await isPostmasterOf(folder, postmaster.pid))) return undefined;
  return postmaster;
}

/**
 * Makes a lock file that outlived its Postgres harmless, also where its process id belongs to another process by now. The
 * file stays: Postgres finds in it the shared memory that a last child of the dead server may still write through.
 */
export async function disarmStaleLock(folder: string): Promise<void> {
  const file = path.join(folder, PID_FILE);
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return;
  await writeFile(file, text.replace(/^[^\n]*/, String(NOBODYS_PID)));
}
