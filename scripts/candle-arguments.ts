/** The words after `npm run candles --`. */
import { parseArgs } from 'node:util';
import { findVenue } from '../jobs/exchange/venues.ts';
import { MENDS, type Mend } from '../jobs/trading/candle-problems.ts';
import { isTimeframe, TIMEFRAMES, type Timeframe } from '../jobs/trading/timeframe.ts';
import { StartError } from './lifecycle.ts';

const USAGE = `npm run candles -- import FILE … [--venue V] [--symbol BTC/USDT] [--timeframe 1m] [--mend ${MENDS.join(',')}] [--replace]
npm run candles -- export --venue V --symbol S --timeframe T [--from DATE] [--to DATE] [--out FILE.csv[.gz]]
npm run candles -- download --venue V --symbol S --timeframe T --from DATE [--to DATE]

FILE is CSV, plain or compressed with gzip: timestamp,open,high,low,close,volume, timestamp in ms since 1970, UTC.
Without --venue, --symbol or --timeframe an import goes by the file's name (BINANCE_BTC-USDT_5m.csv.gz) and its steps.
DATE is a day or a moment (2024-01-31, 2024-01-31T12:00Z), UTC; --to is exclusive.`;

type SeriesWords = { venue: string; symbol: string; timeframe: Timeframe };

export type ImportCommand = Partial<SeriesWords> & {
  name: 'import';
  files: string[];
  mend: Mend[];
  replaces: boolean;
};
export type ExportCommand = SeriesWords & {
  name: 'export';
  fromMs: number | undefined;
  toMs: number | undefined;
  out: string | undefined;
};
export type DownloadCommand = SeriesWords & { name: 'download'; fromMs: number; toMs: number | undefined };

const OPTIONS = {
  venue: { type: 'string' },
  symbol: { type: 'string' },
  timeframe: { type: 'string' },
  mend: { type: 'string' },
  replace: { type: 'boolean' },
  from: { type: 'string' },
  to: { type: 'string' },
  out: { type: 'string' },
} as const;

const ALLOWED: Record<string, string[]> = {
  import: ['venue', 'symbol', 'timeframe', 'mend', 'replace'],
  export: ['venue', 'symbol', 'timeframe', 'from', 'to', 'out'],
  download: ['venue', 'symbol', 'timeframe', 'from', 'to'],
};

type Words = ReturnType<typeof readWords>;

/** Returns what is asked for. Throws `StartError` with what is wrong. */
export function parseCommand(argv: string[]): ImportCommand | ExportCommand | DownloadCommand {
  const words = readWords(argv);
  const { name, values, rest } = words;
  const allowed = ALLOWED[name];
  if (allowed === undefined) {
    throw new StartError(name === '' ? USAGE : `There is no "${name}".\n\n${USAGE}`);
  }
  const odd = Object.keys(values).find((option) => !allowed.includes(option));
  if (odd !== undefined) throw new StartError(`${name} takes no --${odd}.\n\n${USAGE}`);
  if (name === 'import') return toImport(words);
  if (rest.length > 0) throw new StartError(`What is "${rest.join(' ')}"?\n\n${USAGE}`);
  return name === 'export' ? toExport(words) : toDownload(words);
}

function readWords(argv: string[]) {
  try {
    const { values, positionals } = parseArgs({ args: argv, options: OPTIONS, allowPositionals: true });
    const [name = '', ...rest] = positionals;
    return { name, values, rest };
  } catch (error) {
    throw new StartError(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}

function toImport({ values, rest }: Words): ImportCommand {
  if (rest.length === 0) throw new StartError(`Which file?\n\n${USAGE}`);
  const { venue, symbol, timeframe } = values;
  return {
    name: 'import',
    files: rest,
    ...(venue === undefined ? {} : { venue: toVenue(venue) }),
    ...(symbol === undefined ? {} : { symbol: toSymbol(symbol) }),
    ...(timeframe === undefined ? {} : { timeframe: toTimeframe(timeframe) }),
    mend: toMends(values.mend ?? ''),
    replaces: values.replace ?? false,
  };
}

function toExport({ values }: Words): ExportCommand {
  const { from, to, out } = values;
  return {
    name: 'export',
    ...toSeries(values),
    fromMs: from === undefined ? undefined : toMoment(from),
    toMs: to === undefined ? undefined : toMoment(to),
    out,
  };
}

function toDownload({ values }: Words): DownloadCommand {
  const { from, to } = values;
  if (from === undefined) throw new StartError(`From when? Add --from 2024-01-01.`);
  const fromMs = toMoment(from);
  const toMs = to === undefined ? undefined : toMoment(to);
  if (toMs !== undefined && toMs <= fromMs) throw new StartError('--to must be later than --from.');
  return { name: 'download', ...toSeries(values), fromMs, toMs };
}

function toSeries({ venue, symbol, timeframe }: Words['values']): SeriesWords {
  if (venue === undefined || symbol === undefined || timeframe === undefined) {
    throw new StartError(`Name the series: --venue binance --symbol BTC/USDT --timeframe 5m.`);
  }
  return { venue: toVenue(venue), symbol: toSymbol(symbol), timeframe: toTimeframe(timeframe) };
}

/** Returns the id of a venue. Throws `StartError` where there is none. */
export function toVenue(text: string): string {
  const id = text.toLowerCase();
  if (id === 'demo' || findVenue(id) !== undefined) return id;
  throw new StartError(
    `There is no exchange called "${text}". Use its id, such as binance or kraken, or demo.`,
  );
}

/** Returns a pair. Throws `StartError` where it is none. */
export function toSymbol(text: string): string {
  const symbol = text.toUpperCase();
  if (/^[^\s/]+\/[^\s/]+$/.test(symbol)) return symbol;
  throw new StartError(`"${text}" is no pair. Write base and quote asset, such as --symbol BTC/USDT.`);
}

function toTimeframe(text: string): Timeframe {
  if (isTimeframe(text)) return text;
  throw new StartError(`There is no timeframe "${text}". There are ${TIMEFRAMES.join(', ')}.`);
}

function toMends(text: string): Mend[] {
  const named = text.split(',').filter((part) => part !== '');
  const odd = named.find((part) => !MENDS.some((mend) => mend === part));
  if (odd === undefined) return MENDS.filter((mend) => named.includes(mend));
  throw new StartError(`There is no mending called "${odd}". There are ${MENDS.join(', ')}.`);
}

const ISO = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})?)?$/;
const HAS_ZONE = /(?:Z|[+-]\d{2}:\d{2})$/;

function toMoment(text: string): number {
  const isBare = text.includes('T') && !HAS_ZONE.test(text);
  const timeMs = ISO.test(text) ? Date.parse(isBare ? `${text}Z` : text) : NaN;
  if (!Number.isNaN(timeMs)) return timeMs;
  throw new StartError(`"${text}" is no date. Write 2024-01-31 or 2024-01-31T12:00Z.`);
}
