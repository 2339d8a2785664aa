/**
 * CSV bytes to columns. A plain row (digits and points) is read straight from its bytes; whatever else a row may hold is
 * read from its text, line by line.
 */
import { addProblem, unreadable, type ProblemList } from './candle-problems.ts';
import { CANDLE_COLUMNS, LF, quote, readPlainRow, readTextRow, type Fault, type Scan } from './candle-row.ts';
import { mapColumns, newColumns } from './candle-columns.ts';
import type { Candles } from './types.ts';

/** The longest line, in bytes: a row of six figures takes a tenth of it. */
export const MAX_LINE_BYTES = 1_024;
/** Rows of one file, unless the caller says otherwise: 1 GB of columns. */
export const MAX_ROWS = 20_000_000;
/** After so many rows that cannot be read, a file is taken for something else. */
const MAX_UNREADABLE = 100_000;
const FIRST_CAPACITY = 4_096;
const LAST_ROW_LINE = 2;

/** Rows as they came: every line after the header is one, so row `i` is line `i + 2`. An unreadable one holds NaN alone. */
export type CsvRows = { rows: Candles; problems: ProblemList };

export type CsvParser = {
  /** Takes the next bytes; they may be reused afterwards. Throws `CandleFileError`. */
  push(bytes: Uint8Array): void;
  /** The number of lines read so far. */
  lines(): number;
  /** Returns all rows. Throws `CandleFileError`. */
  end(): CsvRows;
};

type Parse = {
  columns: Candles;
  count: number;
  maxRows: number;
  /** Columns of the header; 0 before it is read. */
  width: number;
  /** The beginning of a line whose end has not come yet. */
  carry: Uint8Array;
  blank: { from: number; length: number };
  unreadable: number;
  problems: ProblemList;
};

const NO_BYTES = new Uint8Array(0);

/**
 * Returns a parser for `timestamp,open,high,low,close,volume`: the header is required, further named columns are ignored;
 * a byte order mark, CRLF and blank lines at the end are accepted. Memory: the columns and one line.
 */
export function createCsvParser({ maxRows = MAX_ROWS } = {}): CsvParser {
  const parse: Parse = {
    columns: newColumns(Math.min(FIRST_CAPACITY, maxRows)),
    count: 0,
    maxRows,
    width: 0,
    carry: NO_BYTES,
    blank: { from: -1, length: 0 },
    unreadable: 0,
    problems: { counts: {}, kept: [] },
  };
  return {
    push: (bytes) => pushBytes(parse, bytes),
    lines: () => (parse.width === 0 ? 0 : parse.count + 1),
    end: () => endParse(parse),
  };
}

function pushBytes(parse: Parse, bytes: Uint8Array): void {
  let from = 0;
  if (parse.carry.length > 0) {
    const end = bytes.indexOf(LF);
    if (end < 0) {
      keepCarry(parse, join(parse.carry, bytes));
      return;
    }
    from = end + 1;
    const line = join(parse.carry, bytes.subarray(0, from));
    parse.carry = NO_BYTES;
    readLines(parse, line);
  }
  const until = bytes.lastIndexOf(LF) + 1;
  if (until > from) readLines(parse, bytes.subarray(from, until));
  keepCarry(parse, bytes.slice(Math.max(from, until)));
}

function keepCarry(parse: Parse, carry: Uint8Array): void {
  if (carry.length > MAX_LINE_BYTES) throw tooLong(parse);
  parse.carry = carry;
}

const nextLine = (parse: Parse) => (parse.width === 0 ? 1 : parse.count + LAST_ROW_LINE);

const tooLong = (parse: Parse) =>
  unreadable(
    `Line ${nextLine(parse)} is longer than ${MAX_LINE_BYTES} bytes. A candle file has one candle a line: ${CANDLE_COLUMNS.join(',')}.`,
  );

function join(left: Uint8Array, right: Uint8Array): Uint8Array {
  const both = new Uint8Array(left.length + right.length);
  both.set(left);
  both.set(right, left.length);
  return both;
}

function endParse(parse: Parse): CsvRows {
  if (parse.carry.length > 0) readLines(parse, join(parse.carry, new Uint8Array([LF])));
  if (parse.width === 0) throw unreadable('The file is empty.');
  dropTrailingBlanks(parse);
  if (parse.count === 0) throw unreadable('The file has a header and no candle.');
  return {
    rows: mapColumns(parse.columns, (column) => column.slice(0, parse.count)),
    problems: parse.problems,
  };
}

function dropTrailingBlanks(parse: Parse): void {
  const { blank, problems } = parse;
  if (blank.from < 0 || blank.from + blank.length !== parse.count) return;
  parse.count -= blank.length;
  problems.counts.blank = (problems.counts.blank ?? 0) - blank.length;
  problems.kept = problems.kept.filter(({ line }) => line < blank.from + LAST_ROW_LINE);
}

/** Reads bytes that end with a line's end. */
function readLines(parse: Parse, bytes: Uint8Array): void {
  const scan = { bytes, at: 0 };
  if (parse.width === 0) readHeader(parse, scan);
  while (scan.at < bytes.length) {
    if (parse.count === parse.columns.open.length) grow(parse);
    const start = scan.at;
    if (!readPlainRow(scan, parse.columns, parse.count)) readOtherRow(parse, lineAt(parse, scan, start));
    parse.count += 1;
  }
}

function grow(parse: Parse): void {
  if (parse.count >= parse.maxRows) {
    throw unreadable(`The file has more than ${parse.maxRows} rows. Cut it into several files.`);
  }
  const capacity = Math.min(2 * parse.count, parse.maxRows);
  parse.columns = mapColumns(parse.columns, (column) => {
    const larger = new Float64Array(capacity);
    larger.set(column);
    return larger;
  });
}

/** Moves to the next line and returns the text of this one. */
function lineAt(parse: Parse, scan: Scan, start: number): string {
  const end = scan.bytes.indexOf(LF, start);
  if (end - start > MAX_LINE_BYTES) throw tooLong(parse);
  scan.at = end + 1;
  const text = new TextDecoder().decode(scan.bytes.subarray(start, end));
  if (!isText(text)) {
    throw unreadable(
      `Line ${nextLine(parse)} holds binary data. Give a CSV file, plain or compressed with gzip.`,
    );
  }
  return text.endsWith('\r') ? text.slice(0, -1) : text;
}

const FIRST_PRINTED = 32;
const isText = (text: string) =>
  !Array.from(text).some((sign) => sign < String.fromCharCode(FIRST_PRINTED) && !'\t\r'.includes(sign));

function readHeader(parse: Parse, scan: Scan): void {
  const text = lineAt(parse, scan, 0);
  const names = text.split(',').map((name) => name.trim().toLowerCase());
  if (!CANDLE_COLUMNS.every((column, index) => names[index] === column)) {
    throw unreadable(
      `Line 1 must be the header ${CANDLE_COLUMNS.join(',')}, with further columns after these if need be; it is ${quote(text)}.`,
    );
  }
  parse.width = names.length;
}

/** Reads a row that is not plain; what is no row becomes a problem. */
function readOtherRow(parse: Parse, text: string): void {
  const fault = readTextRow(text, parse.width, { columns: parse.columns, row: parse.count });
  if (fault) noteFault(parse, fault);
}

function noteFault(parse: Parse, { kind, detail }: Fault): void {
  const { blank, count: row } = parse;
  if (kind === 'blank') {
    parse.blank =
      blank.from + blank.length === row ? { ...blank, length: blank.length + 1 } : { from: row, length: 1 };
  }
  addProblem(parse.problems, kind, { line: row + LAST_ROW_LINE, detail });
  parse.unreadable += 1;
  if (parse.unreadable > MAX_UNREADABLE) {
    throw unreadable(
      `More than ${MAX_UNREADABLE} rows cannot be read; line ${row + LAST_ROW_LINE} is one: ${detail}.`,
    );
  }
}
