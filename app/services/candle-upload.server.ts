import { findMisfit, importCandles, type ImportSeries } from '../../jobs/candle-files/import-candles.ts';
import { readCandles, type LoadedCandles } from '../../jobs/candle-files/load-candle-file.ts';
import { nameSeries } from '../../jobs/candle-files/name-series.ts';
import type { Deps } from '../../jobs/deps.ts';
import { CandleFileError, describeCounts, MENDS } from '../../jobs/trading/candle-problems.ts';
import type { UploadDone, UploadInput } from '../schemas/candles.ts';
import { AppError, refuseField } from './app-error.ts';
import { isVenue, venueName } from './markets.server.ts';

/** More than this is a matter for `npm run candles`: the page waits while it is stored. */
export const UPLOAD_LIMITS = { bytes: 64_000_000, rows: 1_000_000 };

type Upload = { name: string; bytes: AsyncIterable<Uint8Array> };

/** Stores the candles of a file. Throws 422 with a message for each of the first problems, and stores nothing then. */
export async function importUpload(deps: Deps, file: Upload, input: UploadInput): Promise<UploadDone> {
  const mend = MENDS.filter((each) => input[each] === 'on');
  const read = await readCandles(file.bytes, { mend, maxRows: UPLOAD_LIMITS.rows }).catch(refuseFile);
  const loaded = { ...nameSeries(file.name), ...read };
  const series = findSeries(loaded, input);
  const misfit = findMisfit(loaded.candles, series.timeframe, deps.clock.now());
  if (misfit !== undefined) throw refuseField('file', misfit);
  const { added, changed, differing } = await importCandles(deps.db, series, {
    candles: loaded.candles,
    replaces: input.replace === 'on',
    onProgress: () => true,
  });
  const same = loaded.candles.open.length - added - changed - differing.count;
  const { report } = loaded;
  const mended = describeCounts(report.mended);
  const details = [
    same > 0 && `${figure(same)} were stored already.`,
    changed > 0 && `${figure(changed)} had other figures and were replaced.`,
    differing.count > 0 &&
      `${figure(differing.count)} are stored with other figures and were kept. Tick “Replace” to take those of the file.`,
    mended !== '' && `Mended: ${mended}.`,
    report.gaps.count > 0 &&
      `${countOf(report.gaps.missing, 'candle')} missing in ${countOf(report.gaps.count, 'gap')}.`,
  ];
  return {
    title: `${countOf(added, 'candle')} of ${series.symbol} ${series.timeframe} (${venueName(series.venue)}) stored.`,
    details: details.filter((line) => line !== false),
  };
}

const figure = (count: number) => count.toLocaleString('en');
const countOf = (count: number, one: string) => `${figure(count)} ${one}${count === 1 ? '' : 's'}`;

function refuseFile(error: unknown): never {
  if (!(error instanceof CandleFileError)) throw error;
  const [first = ''] = error.message.split('\n');
  const errors = error.problems.map(({ line, detail }) => ({
    path: 'file',
    message: `Line ${line}: ${detail}`,
  }));
  const total = Object.values(error.counts).reduce((sum, count) => sum + count, 0);
  const more = total - errors.length;
  if (more > 0) errors.push({ path: 'file', message: `… and ${figure(more)} more` });
  throw new AppError('refused', `${first} Nothing was stored.`, { errors, cause: error });
}

function findSeries(loaded: LoadedCandles, input: UploadInput): ImportSeries {
  const venue = input.exchange === '' ? loaded.venue : input.exchange;
  const symbol = input.symbol === '' ? loaded.symbol : input.symbol;
  const timeframe = input.timeframe === '' ? (loaded.timeframe ?? loaded.report.timeframe) : input.timeframe;
  if (venue === undefined || !isVenue(venue)) {
    throw refuseField('exchange', 'The file’s name does not tell the exchange. Choose it.');
  }
  if (!symbol.includes('/'))
    throw refuseField('symbol', 'The file’s name does not tell the pair. Write it, such as BTC/USDT.');
  if (timeframe === undefined)
    throw refuseField('timeframe', 'The file does not tell its timeframe. Choose it.');
  return { venue, symbol, timeframe };
}
