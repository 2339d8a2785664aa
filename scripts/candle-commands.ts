/** What `npm run candles` does, once there is a database. */
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import type { Db } from '../db/client.ts';
import { listSeries } from '../db/queries/candle-history.ts';
import { closedStretch, downloadCandles } from '../jobs/candle-files/download-candles.ts';
import { exportCandles } from '../jobs/candle-files/export-candles.ts';
import { findMisfit, importCandles, type ImportSeries } from '../jobs/candle-files/import-candles.ts';
import { loadCandleFile, type LoadedCandles } from '../jobs/candle-files/load-candle-file.ts';
import { systemClock } from '../jobs/clock.ts';
import { createMarketData } from '../jobs/create-deps.ts';
import { ExchangeError } from '../jobs/exchange/errors.ts';
import { createLog } from '../jobs/log.ts';
import { describeCounts } from '../jobs/trading/candle-problems.ts';
import type { DownloadCommand, ExportCommand, ImportCommand } from './candle-arguments.ts';
import { StartError } from './lifecycle.ts';

export type Place = {
  db: Db;
  exchangeUrls: Record<string, string>;
  say: (line: string) => void;
  /** Aborted when the command is to end. */
  signal: AbortSignal;
};

const figure = (count: number) => count.toLocaleString('en');
const toIso = (timeMs: number) => new Date(timeMs).toISOString().replace('.000Z', 'Z');
const nameOf = ({ venue, symbol, timeframe }: ImportSeries) => `${venue} ${symbol} ${timeframe}`;

export async function runImport(place: Place, command: ImportCommand): Promise<void> {
  for (const file of command.files) {
    if (place.signal.aborted) return;
    const loaded = await loadCandleFile(file, { mend: command.mend }).catch((error: unknown) => {
      throw command.files.length > 1 ? afterOthers(error) : error;
    });
    await importFile(place, { file, loaded, command });
  }
}

const afterOthers = (error: unknown) =>
  error instanceof Error && error.name === 'CandleFileError'
    ? new StartError(`${error.message}\nNothing of this file was stored; files named before it were.`)
    : error;

type ImportWork = { file: string; loaded: LoadedCandles; command: ImportCommand };

async function importFile({ db, say, signal }: Place, work: ImportWork): Promise<void> {
  const { candles } = work.loaded;
  const series = findSeries(work);
  const misfit = findMisfit(candles, series.timeframe, Date.now());
  if (misfit !== undefined) throw new StartError(`${work.file}: ${misfit}`);
  describeFile(work, say);
  const progress = every(1_000, (done: number) => say(`  ${figure(done)} of ${figure(candles.open.length)}`));
  const result = await importCandles(db, series, {
    candles,
    replaces: work.command.replaces,
    onProgress: (done) => {
      progress(done);
      return !signal.aborted;
    },
  });
  const { done, added, changed, differing } = result;
  const same = done - added - changed - differing.count;
  say(`${nameOf(series)}: ${figure(added)} stored, ${figure(same)} were there already.`);
  if (done < candles.open.length) {
    say(
      `  Stopped after ${figure(done)} of ${figure(candles.open.length)}; the same command stores the rest.`,
    );
  }
  if (changed > 0) say(`  ${figure(changed)} had other figures and were replaced.`);
  if (differing.count > 0) {
    say(
      `  ${figure(differing.count)} are stored with other figures, from ${toIso(differing.firstTimeMs ?? 0)} on, and were kept; --replace takes those of the file.`,
    );
  }
}

function describeFile({ file, loaded: { report } }: ImportWork, say: Place['say']): void {
  say(`${file}: ${figure(report.rows)} rows`);
  const mended = describeCounts(report.mended);
  if (mended !== '') say(`  mended: ${mended}; ${figure(report.dropped)} rows dropped`);
  const { count, missing, first } = report.gaps;
  if (count > 0) {
    say(
      `  gaps: ${figure(count)}, ${figure(missing)} candles missing, the first from ${toIso(first[0]?.fromMs ?? 0)}`,
    );
  }
  if (report.zeroVolume > 0) say(`  candles without trades: ${figure(report.zeroVolume)}`);
}

function findSeries({ file, loaded, command }: ImportWork): ImportSeries {
  const venue = command.venue ?? loaded.venue;
  const symbol = command.symbol ?? loaded.symbol;
  const timeframe = command.timeframe ?? loaded.timeframe ?? loaded.report.timeframe;
  if (venue === undefined) throw new StartError(`${file}: name the exchange, such as --venue binance.`);
  if (!symbol.includes('/')) throw new StartError(`${file}: name the pair, such as --symbol BTC/USDT.`);
  if (timeframe === undefined) throw new StartError(`${file}: name the timeframe, such as --timeframe 1m.`);
  return { venue, symbol, timeframe };
}

/** Returns `tell`, called at most once in so many ms. */
function every<T>(ms: number, tell: (value: T) => void): (value: T) => void {
  let lastMs = Date.now();
  return (value) => {
    if (Date.now() - lastMs < ms) return;
    lastMs = Date.now();
    tell(value);
  };
}

export async function runExport({ db, say, signal }: Place, command: ExportCommand): Promise<void> {
  const stored = (await listSeries(db)).find((each) => nameOf(each as ImportSeries) === nameOf(command));
  if (stored === undefined) throw new StartError(`Nothing is stored of ${nameOf(command)}.`);
  const stretch = { fromMs: command.fromMs ?? stored.firstMs, toMs: command.toMs ?? stored.lastMs + 1 };
  const source = Readable.from(exportCandles(db, command, stretch));
  if (command.out === undefined) {
    await pipeline(source, process.stdout, { signal, end: false }).catch(unlessUnread);
    return;
  }
  // Written beside its place: a file of that name is always whole.
  const part = `${command.out}.part`;
  const target = createWriteStream(part);
  try {
    if (command.out.endsWith('.gz')) await pipeline(source, createGzip(), target, { signal });
    else await pipeline(source, target, { signal });
    await rename(part, command.out);
  } catch (error) {
    await rm(part, { force: true });
    if (signal.aborted) say('Stopped; nothing was written.');
    throw toPlain(error, command.out);
  }
  say(`${nameOf(command)} written to ${command.out}.`);
}

/** Whoever read the output, such as `head`, had enough of it. */
function unlessUnread(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
}

function toPlain(error: unknown, file: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  return code === undefined ? error : new StartError(`${file}: cannot be written (${code}).`);
}

const RETRIES = { most: 8, firstMs: 1_000, longestMs: 60_000 };

export async function runDownload(place: Place, command: DownloadCommand): Promise<void> {
  const { db, say, signal } = place;
  const log = createLog({ level: 'silent' });
  const market = createMarketData({ db, log, clock: systemClock, exchangeUrls: place.exchangeUrls })(
    command.venue,
  );
  const stretch = closedStretch({ ...command, toMs: command.toMs ?? Date.now() }, Date.now());
  if (stretch.toMs <= stretch.fromMs) throw new StartError('No candle has closed in that time yet.');
  let stored = 0;
  let tries = 0;
  const progress = every(1_000, (reachedMs: number) => {
    const part = (reachedMs - stretch.fromMs) / (stretch.toMs - stretch.fromMs);
    say(`  ${toIso(reachedMs)}  ${(100 * part).toFixed(0)} %  ${figure(stored)} new`);
  });
  const onStep = ({ reachedMs, added }: { reachedMs: number; added: number }) => {
    stored += added;
    tries = 0;
    progress(reachedMs);
    return !signal.aborted;
  };
  const attempt = () => downloadCandles({ db, market, onStep }, { ...command, ...stretch });
  const isDone = await keepTrying(attempt, () => tries++, place);
  say(
    isDone
      ? `${nameOf(command)}: ${figure(stored)} candles stored; nothing else that the exchange has is missing.`
      : `Stopped: ${figure(stored)} candles are stored. The same command goes on from here.`,
  );
}

/** What is stored stays, so that another try goes on where the last one ended. */
async function keepTrying(
  attempt: () => Promise<boolean>,
  countTry: () => number,
  { say, signal }: Place,
): Promise<boolean> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      const tries = countTry();
      if (signal.aborted) return false;
      if (!isPassing(error) || tries >= RETRIES.most) throw error;
      const waitMs = error.retryAfterMs ?? Math.min(RETRIES.firstMs * 2 ** tries, RETRIES.longestMs);
      say(`  ${error.message} Trying again in ${Math.ceil(waitMs / 1_000)} s.`);
      await pause(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

function isPassing(error: unknown): error is ExchangeError {
  return error instanceof ExchangeError && ['transient', 'rate-limited'].includes(error.kind);
}
