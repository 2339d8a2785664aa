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
  /** Ends the process at once, as a crash does. */
  kill(): Promise<void>;
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
  const app = await startProcess(database.url, env).catch(async (error: unknown) => {
    await database.drop();
    throw error;
  });
  const stop = async () => {
    await app.stop();
    await database.drop();
  };
  return { ...app, stop };
}

/** Starts one process of the app on a database that is there already. */
export async function startProcess(
  databaseUrl: string,
  env: Record<string, string> = {},
): Promise<RunningApp> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'app-'));
  const child = spawn(process.execPath, ['scripts/start.ts'], {
    env: {
      NODE_ENV: 'production',
      ENCRYPTION_KEY: randomBytes(32).toString('base64'),
      PATH: process.env['PATH'] ?? '',
      DATABASE_URL: databaseUrl,
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
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal);
      await once(child, 'exit');
    }
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    const url = await untilServing(child, () => output);
    const stop = () => end('SIGTERM');
    const kill = () => end('SIGKILL');
    return { url, databaseUrl, output: () => output, stop, kill };
  } catch (error) {
    await end('SIGKILL');
    throw error;
  }
}
