import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createTestDatabase } from './database.ts';

export type RunningApp = {
  url: string;
  databaseUrl: string;
  /** Everything that the process has written so far. */
  output(): string;
  stop(): Promise<void>;
};

const START_LIMIT_MS = 120_000;

function untilServing(child: ReturnType<typeof spawn>, output: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    const look = setInterval(() => {
      const [, url] = /runs at (\S+)/.exec(output()) ?? [];
      if (url === undefined) return;
      settle();
      resolve(url);
    }, 50);
    const limit = setTimeout(() => {
      settle();
      reject(new Error(`The app does not start:\n${output()}`));
    }, START_LIMIT_MS);
    const settle = () => {
      clearInterval(look);
      clearTimeout(limit);
    };
    child.on('exit', () => {
      settle();
      reject(new Error(`The app ended:\n${output()}`));
    });
  });
}

/** Starts the built app in a process of its own, on a free port and a fresh database. `env` goes over the defaults. */
export async function startApp(env: Record<string, string> = {}): Promise<RunningApp> {
  const database = await createTestDatabase();
  const dataDir = await mkdtemp(path.join(tmpdir(), 'app-'));
  const child = spawn(process.execPath, ['scripts/start.ts'], {
    env: {
      NODE_ENV: 'production',
      ENCRYPTION_KEY: randomBytes(32).toString('base64'),
      PATH: process.env['PATH'] ?? '',
      DATABASE_URL: database.url,
      DATA_DIR: dataDir,
      PORT: '0',
      LOG_LEVEL: 'warn',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  }
  const stop = async () => {
    if (child.exitCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    await database.drop();
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    const url = await untilServing(child, () => output);
    return { url, databaseUrl: database.url, output: () => output, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
