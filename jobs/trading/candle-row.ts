/** One row of figures: straight from its bytes where it is plain, else from its text. */
import type { ProblemKind } from './candle-problems.ts';
import type { Candles } from './types.ts';

export const CANDLE_COLUMNS = ['timestamp', 'open', 'high', 'low', 'close', 'volume'] as const;

/** Bytes that end with a line's end, and how far they are read. */
export type Scan = { bytes: Uint8Array; at: number };

/** Why a row cannot be read. */
export type Fault = { kind: ProblemKind; detail: string };

type Figures = readonly [
  time: number,
  open: number,
  high: number,
  low: number,
  close: number,
  volume: number,
];

/** The byte that ends a line. */
export const LF = 10;
const CR = 13;
const COMMA = 44;
const POINT = 46;
const ZERO = 48;

/** Whole numbers up to 2^53 and these powers of ten are exact, so their quotient is the double nearest to the text. */
const POWERS_OF_TEN = Float64Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));

const digitAt = (bytes: Uint8Array, at: number) => ((bytes[at] ?? 0) - ZERO) >>> 0;

/** Reads digits with or without a point, up to a `separator`; NaN where the field is anything else. */
function readPlain(scan: Scan, separator: number): number {
  const { bytes, at: start } = scan;
  let at = start;
  let whole = 0;
  for (let digit = digitAt(bytes, at); digit <= 9; digit = digitAt(bytes, at)) {
    whole = whole * 10 + digit;
    at += 1;
  }
  if (at === start) return NaN;
  const point = at;
  if (bytes[at] === POINT) {
    at += 1;
    for (let digit = digitAt(bytes, at); digit <= 9; digit = digitAt(bytes, at)) {
      whole = whole * 10 + digit;
      at += 1;
    }
  }
  if (bytes[at] !== separator) return NaN;
  scan.at = at + 1;
  const power = at - point < 2 ? 1 : POWERS_OF_TEN[at - point - 1];
  if (whole > Number.MAX_SAFE_INTEGER || power === undefined) return readLong(bytes.subarray(start, at));
  return whole / power;
}

const LONGEST = 64;

/** More digits than fit exactly; of a figure that is longer than any, NaN. */
const readLong = (digits: Uint8Array) =>
  digits.length > LONGEST ? NaN : Number(String.fromCharCode(...digits));

/** Reads a row of digits and points into the columns; false, with `scan` anywhere in the row, where it is anything else. */
export function readPlainRow(scan: Scan, columns: Candles, row: number): boolean {
  const time = readPlain(scan, COMMA);
  const open = readPlain(scan, COMMA);
  const high = readPlain(scan, COMMA);
  const low = readPlain(scan, COMMA);
  const close = readPlain(scan, COMMA);
  const volume = readLast(scan);
  if (Number.isNaN(time + open + high + low + close + volume)) return false;
  columns.openTimeMs[row] = time;
  columns.open[row] = open;
  columns.high[row] = high;
  columns.low[row] = low;
  columns.close[row] = close;
  columns.volume[row] = volume;
  return true;
}

function readLast(scan: Scan): number {
  const start = scan.at;
  const value = readPlain(scan, LF);
  if (!Number.isNaN(value)) return value;
  scan.at = start;
  const beforeReturn = readPlain(scan, CR);
  if (scan.bytes[scan.at] !== LF) return NaN;
  scan.at += 1;
  return beforeReturn;
}

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const NO_FIGURES: Figures = [NaN, NaN, NaN, NaN, NaN, NaN];

/**
 * Reads a row of `width` fields from its text, with exponents, signs, spaces and further columns, into the columns. Where it
 * is no row, its figures are all NaN, and why is returned.
 */
export function readTextRow(
  text: string,
  width: number,
  into: { columns: Candles; row: number },
): Fault | undefined {
  const fields = text.split(',').map((field) => field.trim());
  const [time, open, high, low, close, volume] = fields;
  const figures = [time, open, high, low, close, volume].map(toFigure);
  const fault = findFault(fields, figures, width);
  setRow(into, fault ? NO_FIGURES : (figures as unknown as Figures));
  return fault;
}

function setRow({ columns, row }: { columns: Candles; row: number }, figures: Figures): void {
  [
    columns.openTimeMs[row],
    columns.open[row],
    columns.high[row],
    columns.low[row],
    columns.close[row],
    columns.volume[row],
  ] = figures;
}

const toFigure = (field = '') => (DECIMAL.test(field) ? Number(field) : NaN);

function findFault(fields: string[], figures: number[], width: number): Fault | undefined {
  if (fields.length === 1 && fields[0] === '') return { kind: 'blank', detail: 'nothing in this line' };
  if (fields.length !== width) {
    return {
      kind: 'columns',
      detail: `${fields.length} columns where the header has ${width}: ${quote(fields.join(','))}`,
    };
  }
  const bad = figures.findIndex((figure) => !Number.isFinite(figure));
  if (bad < 0) return undefined;
  const field = fields[bad] ?? '';
  const found = field === '' ? 'is empty' : `is ${quote(field)}, which is no number`;
  return { kind: 'figure', detail: `${CANDLE_COLUMNS[bad] ?? ''} ${found}` };
}

const QUOTED = 60;
/** Returns text that a file held, cut to what a message can show. */
export const quote = (text: string) =>
  JSON.stringify(text.length > QUOTED ? `${text.slice(0, QUOTED)}…` : text);
