/** From the environment to a served URL, with every refusal in one plain line. */
import type { Pages } from '../app/server.ts';
import { EmbeddedPostgresError } from '../db/embedded/failure.ts';
import { EnvError, loadEnv } from '../jobs/env.ts';
import { openDatabaseServer } from './database.ts';
import { createLifecycle, StartError, type Lifecycle } from './lifecycle.ts';

type Mode = {
  nodeEnv: 'production' | 'development';
  /** Runs beside the start of the database. */
  preparePages: () => Promise<void>;
  loadPages: (lifecycle: Lifecycle) => Promise<Omit<Pages, 'context'>>;
};

/** Writes a line of progress. */
export const say = (line: string) => {
  console.log(line);
};

/** Tells the launcher that a fault ended a server that was serving: it starts it again. A lost database is one. */
const FAULT_EXIT = 70;

const EXPLAINED = [StartError, EnvError, EmbeddedPostgresError];

async function start(lifecycle: Lifecycle, mode: Mode): Promise<void> {
  const env = loadEnv();
  if (env.NODE_ENV === undefined) process.env.NODE_ENV = mode.nodeEnv;
  const servesPages = env.ROLE !== 'jobs';
  const [databaseUrl, { serve }] = await Promise.all([
    openDatabaseServer(env, lifecycle, say),
    import('./serve.ts'),
    servesPages ? lifecycle.hold(mode.preparePages) : undefined,
  ]);
  const loadPages = servesPages ? () => mode.loadPages(lifecycle) : undefined;
  const url = await serve({ env, lifecycle, say, databaseUrl, loadPages });
  say(`Auto Bot Trader runs at ${url} (Ctrl-C stops it)`);
}

/** Returns what ends the process over a failure: in plain words where there are some, else with the stack. */
export function explainFailure(lifecycle: Lifecycle, exitCode = () => 1): (error: unknown) => void {
  return (error) => {
    const isExplained = EXPLAINED.some((kind) => error instanceof kind);
    console.error(isExplained ? (error as Error).message : error);
    void lifecycle.stop(exitCode());
  };
}

/** Starts the app and keeps it running until a signal or a fault ends it. */
export async function launch(mode: Mode): Promise<void> {
  const lifecycle = createLifecycle(say);
  let isServing = false;
  const fail = explainFailure(lifecycle, () => (isServing ? FAULT_EXIT : 1));
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  await start(lifecycle, mode).then(() => {
    isServing = true;
  }, fail);
}
