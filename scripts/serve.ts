/** The one process of web and jobs: what `npm start` and `npm run dev` share. */
import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { sql } from 'drizzle-orm';
import type { AppContext } from '../app/context.server.ts';
import { closeWebServer, createWebServer, type Pages } from '../app/server.ts';
import { ensureAdmin } from '../app/services/accounts.server.ts';
import { AppError } from '../app/services/app-error.ts';
import { syncStrategies } from '../app/services/strategies.server.ts';
import { openDatabase } from '../db/client.ts';
import { migrateDatabase } from '../db/migrate.ts';
import { findLastClose } from '../db/queries/schedule.ts';
import { startBoss } from '../jobs/boss.ts';
import { createDeps } from '../jobs/create-deps.ts';
import type { Deps } from '../jobs/deps.ts';
import type { Env } from '../jobs/env.ts';
import { createLog, toTerminal, type Log } from '../jobs/log.ts';
import { createMetrics } from '../jobs/metrics.ts';
import { startRunner } from '../jobs/runner.ts';
import { findEncryptionKeys } from './database.ts';
import { StartError, type Lifecycle } from './lifecycle.ts';

const WEB_GRACE_MS = 10_000;
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

type Options = {
  env: Env;
  lifecycle: Lifecycle;
  say: (line: string) => void;
  databaseUrl: string;
  /** Absent where this process serves no pages. */
  loadPages?: (() => Promise<Omit<Pages, 'context'>>) | undefined;
};

function openLog(env: Env): Log {
  const destination = process.stdout.isTTY ? { destination: toTerminal(process.stdout) } : {};
  return createLog({ level: env.LOG_LEVEL, ...destination });
}

async function openDeps({ env, lifecycle, databaseUrl }: Options, log: Log): Promise<Deps> {
  const encryption = await findEncryptionKeys(env);
  const database = await lifecycle.hold(
    () => Promise.resolve(openDatabase(databaseUrl)),
    (opened) => opened.close(),
  );
  await syncStrategies(database.db);
  const boss = await lifecycle.hold(
    () => startBoss({ url: databaseUrl, log, supervise: env.ROLE !== 'web' }),
    (started) => started.stop(),
  );
  return createDeps({
    database,
    boss,
    log,
    metrics: createMetrics(),
    encryption,
    exchangeUrls: env.EXCHANGE_URLS,
    notify: {
      smtpUrl: env.SMTP_URL,
      mayReachPrivate: env.ALLOW_PRIVATE_WEBHOOKS,
      origin: env.ORIGIN,
    },
  });
}

async function ensureFirstUser(env: Env, deps: Deps): Promise<void> {
  const { ADMIN_EMAIL: email, ADMIN_PASSWORD: password } = env;
  if (email === undefined || password === undefined) return;
  await ensureAdmin(deps, { email, password }).catch((error: unknown) => {
    throw error instanceof AppError ? new StartError(error.message) : error;
  });
}

function toContext(env: Env, deps: Deps): Pick<AppContext, 'deps' | 'settings'> {
  return {
    deps,
    settings: { registration: env.REGISTRATION, origin: env.ORIGIN, corsOrigins: env.CORS_ORIGINS },
  };
}

function createHttpServer({ env }: Options, deps: Deps, pages: Omit<Pages, 'context'> | undefined): Server {
  return createWebServer({
    env,
    log: deps.log,
    metrics: deps.metrics,
    pages: pages === undefined ? undefined : { ...pages, context: toContext(env, deps) },
    health: {
      version,
      uptimeS: () => process.uptime(),
      database: () => deps.db.execute(sql`select 1`),
      jobsLagS: async () => {
        const lastClose = await findLastClose(deps.db);
        return lastClose === undefined ? null : Math.max(0, (deps.clock.now() - lastClose) / 1_000);
      },
      isRunningJobs: env.ROLE !== 'web',
    },
  });
}

function listen(server: Server, { PORT: port, HOST: host }: Env): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === 'EADDRINUSE';
      const found = isTaken ? 'is in use by another program' : `cannot be opened (${String(error.code)})`;
      reject(new StartError(`PORT: ${host}:${String(port)} ${found}. Set PORT (and HOST) to a free one.`));
    });
    server.listen(port, host, () => {
      resolve(server);
    });
  });
}

function toUrl(env: Env, server: Server): string {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : env.PORT;
  const host = env.HOST === '0.0.0.0' || env.HOST === '::' ? 'localhost' : env.HOST;
  return env.ORIGIN ?? `http://${host}:${String(port)}`;
}

/** Migrates, then runs what ROLE asks for until the lifecycle stops. Returns the URL that is served. */
export async function serve(options: Options): Promise<string> {
  const { env, lifecycle, say, databaseUrl, loadPages } = options;
  const pagesLoading = loadPages?.();
  pagesLoading?.catch(() => undefined);
  say('Bringing the database up to date …');
  await lifecycle.hold(() => migrateDatabase(databaseUrl));
  const deps = await openDeps(options, openLog(env));
  await ensureFirstUser(env, deps);
  if (env.ROLE !== 'web') {
    await lifecycle.hold(
      () => startRunner(deps),
      (runner) => runner.stop(),
    );
  }
  const server = createHttpServer(options, deps, await pagesLoading);
  await lifecycle.hold(
    () => listen(server, env),
    (listening) => closeWebServer(listening, WEB_GRACE_MS),
  );
  return toUrl(env, server);
}
