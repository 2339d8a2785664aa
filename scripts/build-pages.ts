import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { StartError } from './lifecycle.ts';
import { withLock } from './lock.mjs';

/** What the build is made from. */
const SOURCES = [
  'app',
  'db',
  'jobs',
  'public',
  'package-lock.json',
  'remix.config.js',
  'vite.config.ts',
  'tsconfig.json',
];
const MARKER = 'build/.made-from';
const REMIX_CLI = 'node_modules/@remix-run/dev/dist/cli.js';
const OUTPUT_TAIL = 3_000;

async function listFiles(entry: string): Promise<string[]> {
  try {
    const names = await readdir(entry, { recursive: true, withFileTypes: true });
    return names.filter((name) => name.isFile()).map((name) => path.join(name.parentPath, name.name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return [entry];
    throw error;
  }
}

async function hashSources(): Promise<string> {
  const files = (await Promise.all(SOURCES.map(listFiles))).flat().sort();
  const contents = await Promise.all(files.map((file) => readFile(file)));
  const hash = createHash('sha256');
  for (const [index, file] of files.entries())
    hash
      .update(file)
      .update('\0')
      .update(contents[index] ?? '');
  return hash.digest('hex');
}

/** An image carries the build without what it is made by. */
const isBuiltElsewhere = () => existsSync('build/server/index.js') && !existsSync('vite.config.ts');

async function isMadeFrom(hash: string): Promise<boolean> {
  return (await readFile(MARKER, 'utf8').catch(() => '')) === hash;
}

function runBuild(): Promise<void> {
  const env = { ...process.env, NODE_ENV: 'production' as const };
  const child = spawn(process.execPath, [REMIX_CLI, 'vite:build'], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0) resolve();
      else reject(new StartError(`The pages could not be built:\n${output.slice(-OUTPUT_TAIL)}`));
    });
  });
}

/** Builds the pages unless the build that is there was made from these very sources. One process at a time. */
export async function ensureBuild(say: (line: string) => void): Promise<void> {
  if (isBuiltElsewhere()) return;
  const hash = await hashSources();
  if (await isMadeFrom(hash)) return;
  await withLock(
    '.cache/build.lock',
    async () => {
      if (await isMadeFrom(hash)) return;
      say('Building the pages …');
      await rm(MARKER, { force: true });
      await runBuild();
      await mkdir(path.dirname(MARKER), { recursive: true });
      await writeFile(MARKER, hash);
    },
    () => {
      say('Another process is building the pages; waiting for it …');
    },
  );
}
