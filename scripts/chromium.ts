import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** Keeps the browser from talking to anyone but the app under test. */
export const CHROMIUM_ARGS = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--no-first-run',
  ...(process.geteuid?.() === 0 ? ['--no-sandbox'] : []),
];

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Returns the machine's own Chromium or Chrome, if it has one. */
export function findChromium(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  return NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name))).find(isExecutable);
}

function runs(program: string, args: string[]): boolean {
  return spawnSync(program, args, { stdio: ['ignore', 2, 2] }).status === 0;
}

function asRoot(): string[] | undefined {
  if (process.geteuid?.() === 0) return [];
  return spawnSync('sudo', ['-n', 'true']).status === 0 ? ['sudo', '-n'] : undefined;
}

function installByApt(): boolean {
  const prefix = asRoot();
  if (prefix === undefined || spawnSync('apt-get', ['--version']).status !== 0) return false;
  const aptGet = (...args: string[]) => {
    const [program = '', ...rest] = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...args];
    return runs(program, rest);
  };
  const install = () => aptGet('install', '-y', '-qq', 'chromium');
  return install() || (aptGet('update', '-qq') && install());
}

/** Sees that there is a Chromium for the end-to-end tests. Returns what to do when it cannot. */
export function ensureChromium(say: (line: string) => void): string | undefined {
  if (findChromium() !== undefined) return undefined;
  say('Installing Chromium (once) …');
  if (installByApt() && findChromium() !== undefined) return undefined;
  return 'The end-to-end tests need Chromium, and it could not be installed. Run `sudo apt-get install chromium`, or install Chrome, and test again.';
}
