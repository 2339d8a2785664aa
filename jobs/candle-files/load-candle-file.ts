import { createReadStream } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { checkRows } from '../trading/candle-check.ts';
import { createCsvParser, type CsvParser } from '../trading/candle-csv.ts';
import { CandleFileError, unreadable, type Mend, type ProblemCounts } from '../trading/candle-problems.ts';
import { describeSeries, type SeriesReport } from '../trading/candle-report.ts';
import type { Candles } from '../trading/types.ts';
import { nameSeries, type NamedSeries } from './name-series.ts';

export type LoadOptions = {
  /** What may be mended; nothing unless given. */
  mend?: readonly Mend[];
  /** More rows than this are refused. */
  maxRows?: number;
};

export type CandleFileReport = SeriesReport & {
  /** Rows of the file, the header not counted. */
  rows: number;
  /** What was mended, by kind of problem, and how many rows that dropped; both empty unless mending was chosen. */
  mended: ProblemCounts;
  dropped: number;
};

export type LoadedCandles = NamedSeries & { candles: Candles; report: CandleFileReport };

const CHUNK_BYTES = 262_144;
const GZIP_MAGIC = [0x1f, 0x8b];

/**
 * Reads `timestamp,open,high,low,close,volume`, plain or compressed with gzip (told by its content, not its name). Symbol,
 * venue and timeframe are what the file's name says. Memory: the columns, two chunks and one line. Throws
 * `CandleFileError` with the file's name and what to do.
 */
export async function loadCandleFile(file: string, options: LoadOptions = {}): Promise<LoadedCandles> {
  const name = path.basename(file);
  try {
    const source = createReadStream(file, { highWaterMark: CHUNK_BYTES });
    return { ...nameSeries(name), ...(await readCandles(source, options)) };
  } catch (error) {
    throw withName(error, file);
  }
}

/** Reads candles as `loadCandleFile` does, from any source of bytes. Throws `CandleFileError`. */
export async function readCandles(
  source: AsyncIterable<Uint8Array>,
  { mend = [], maxRows }: LoadOptions = {},
): Promise<{ candles: Candles; report: CandleFileReport }> {
  const parser = createCsvParser(maxRows === undefined ? {} : { maxRows });
  await pour(source, parser);
  const parsed = parser.end();
  const { candles, counts, dropped } = checkRows(parsed, mend);
  const report = { rows: parsed.rows.open.length, mended: counts, dropped, ...describeSeries(candles) };
  return { candles, report };
}

async function pour(source: AsyncIterable<Uint8Array>, parser: CsvParser): Promise<void> {
  const iterator = source[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done === true) return;
  const isGzip = GZIP_MAGIC.every((byte, index) => first.value[index] === byte);
  async function* all() {
    yield first.value as Uint8Array;
    yield* { [Symbol.asyncIterator]: () => iterator };
  }
  const parse = async (chunks: AsyncIterable<Uint8Array>) => {
    for await (const chunk of chunks) parser.push(chunk);
  };
  if (!isGzip) {
    await parse(all());
    return;
  }
  await pipeline(all(), createGunzip({ chunkSize: CHUNK_BYTES }), parse).catch((error: unknown) => {
    throw explainGzip(error, parser.lines());
  });
}

function explainGzip(error: unknown, lines: number): unknown {
  const code = codeOf(error);
  const after = lines === 0 ? 'before its first line' : `after line ${lines}`;
  if (code === 'Z_BUF_ERROR') {
    return unreadable(`The gzip file is cut off ${after}. Fetch it again; nothing of it was kept.`);
  }
  if (code?.startsWith('Z_') === true) {
    return unreadable(`The gzip file is damaged ${after}. Fetch it again; nothing of it was kept.`);
  }
  return error;
}

const codeOf = (error: unknown) =>
  error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;

const SYSTEM_WORDS: Record<string, string> = {
  ENOENT: 'There is no such file.',
  EACCES: 'The file may not be read.',
  EISDIR: 'This is a folder.',
};

function withName(error: unknown, file: string): unknown {
  const words = SYSTEM_WORDS[codeOf(error) ?? ''];
  if (words !== undefined) return unreadable(`${file}: ${words}`);
  return error instanceof CandleFileError ? new CandleFileError(`${file}: ${error.message}`, error) : error;
}
