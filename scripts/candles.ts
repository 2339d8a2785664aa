/** `npm run candles -- import|export|download …`: fills and reads the candle store. Messages go to stderr. */
import { openDatabase } from '../db/client.ts';
import { findRunningPostgres } from '../db/embedded.ts';
import { migrateDatabase } from '../db/migrate.ts';
import { ExchangeError } from '../jobs/exchange/errors.ts';
import { loadEnv } from '../jobs/env.ts';
import { CandleFileError } from '../jobs/trading/candle-problems.ts';
import { parseCommand } from './candle-arguments.ts';
import { runDownload, runExport, runImport, type Place } from './candle-commands.ts';
import { openDatabaseServer } from './database.ts';
import { explainFailure } from './launch.ts';
import { createLifecycle, StartError } from './lifecycle.ts';

const say = (line: string) => {
  process.stderr.write(`${line}\n`);
};
const lifecycle = createLifecycle(say);
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());

async function openPlace(): Promise<Place> {
  const env = loadEnv();
  const running = env.DATABASE_URL === undefined ? await findRunningPostgres(env.DATA_DIR) : undefined;
  const url = running ?? (await openDatabaseServer(env, lifecycle, say));
  await lifecycle.hold(() => migrateDatabase(url));
  const database = await lifecycle.hold(
    () => Promise.resolve(openDatabase(url, { max: 2, applicationName: 'candles' })),
    (opened) => opened.close(),
  );
  return { db: database.db, exchangeUrls: env.EXCHANGE_URLS, say, signal: stop.signal };
}

async function run(): Promise<void> {
  const command = parseCommand(process.argv.slice(2));
  const place = await openPlace();
  // Held: a signal ends it at the next batch, and only then are its connections closed.
  await lifecycle.hold(async () => {
    if (command.name === 'import') await runImport(place, command);
    else if (command.name === 'export') await runExport(place, command);
    else await runDownload(place, command);
  });
}

const inPlainWords = (error: unknown) =>
  error instanceof CandleFileError || error instanceof ExchangeError ? new StartError(error.message) : error;

await run().then(
  () => lifecycle.stop(0),
  (error: unknown) => {
    explainFailure(lifecycle)(inPlainWords(error));
  },
);
