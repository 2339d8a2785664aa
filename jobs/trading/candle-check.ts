/** Rows of a file to candles that can be trusted: what is wrong is refused, or mended by choice. */
import {
  addProblem,
  CandleFileError,
  describeCounts,
  firstProblems,
  kindsOf,
  mendOf,
  unreadable,
  type Mend,
  type ProblemCounts,
  type ProblemList,
} from './candle-problems.ts';
import type { CsvRows } from './candle-csv.ts';
import { mapColumns } from './candle-columns.ts';
import type { Candles } from './types.ts';

/** What was mended: rows dropped, and rows that were moved. */
export type Mended = { candles: Candles; counts: ProblemCounts; dropped: number };

/** Milliseconds since 1970 lie in between from 1973 to 5138; so do no seconds, microseconds or nanoseconds of our age. */
const EARLIEST_MS = 1e11;
const LATEST_MS = 1e14;
/** Seconds reach this on 3 March 1973; below it a file may count its candles from zero. */
const EARLIEST_S = 1e8;
const FIRST_LINE = 2;

type Check = { rows: Candles; problems: ProblemList; isDropped: Uint8Array };

/**
 * Returns the rows as candles, after `mends`. Throws `CandleFileError` with the first problems and all counts where a
 * problem remains. A volume of zero and gaps are none.
 */
export function checkRows({ rows, problems }: CsvRows, mends: readonly Mend[]): Mended {
  checkTimeUnit(rows.openTimeMs);
  if (isSound(rows)) return { candles: rows, counts: {}, dropped: 0 };
  const check = { rows, problems, isDropped: new Uint8Array(rows.open.length) };
  dropImpossible(check);
  const order = sortRows(check);
  dropRepeated(check, order);
  noteDisorder(check);
  refuseRest(check, mends);
  const kept = order.filter((row) => check.isDropped[row] === 0);
  if (kept.length === 0) throw unreadable('No row of the file is a candle.');
  const candles = mapColumns(rows, (column) => Float64Array.from(kept, (row) => at(column, row)));
  return { candles, counts: problems.counts, dropped: rows.open.length - kept.length };
}

const at = (column: Float64Array, row: number) => column[row] ?? NaN;

function checkTimeUnit(times: Float64Array): void {
  const firstMs = times.find((time) => !Number.isNaN(time)) ?? NaN;
  const row = times.findIndex((time) => unitOf(time, firstMs) !== undefined);
  if (row < 0) return;
  const time = at(times, row);
  throw unreadable(
    `Line ${row + FIRST_LINE}: the timestamp ${time} is in ${unitOf(time, firstMs) ?? ''}. Timestamps are the candle's open time in milliseconds since 1970, UTC; convert the whole file.`,
  );
}

function unitOf(time: number, firstMs: number): string | undefined {
  if (time >= LATEST_MS) return time >= LATEST_MS * 1e3 ? 'nanoseconds' : 'microseconds';
  const isSeconds = time >= EARLIEST_S && time < EARLIEST_MS && firstMs >= EARLIEST_S;
  return isSeconds ? 'seconds' : undefined;
}

/** Whether every row is a candle and later than the one before. */
function isSound(rows: Candles): boolean {
  let previousMs = -1;
  for (let row = 0; row < rows.open.length; row += 1) {
    const time = at(rows.openTimeMs, row);
    if (!(time > previousMs) || findFault(rows, row) !== undefined) return false;
    previousMs = time;
  }
  return true;
}

/** Returns what makes a row no candle; 'figure' where it was not read at all. */
function findFault(rows: Candles, row: number): 'figure' | keyof typeof REASONS | undefined {
  const high = at(rows.high, row);
  const low = at(rows.low, row);
  const open = at(rows.open, row);
  const close = at(rows.close, row);
  const time = at(rows.openTimeMs, row);
  if (Number.isNaN(time)) return 'figure';
  if (time < 0 || time !== Math.floor(time)) return 'time';
  if (Math.min(open, high, low, close) <= 0) return 'price';
  if (high < Math.max(open, close) || low > Math.min(open, close)) return 'range';
  return at(rows.volume, row) < 0 ? 'volume' : undefined;
}

function dropImpossible({ rows, problems, isDropped }: Check): void {
  for (let row = 0; row < isDropped.length; row += 1) {
    const fault = findFault(rows, row);
    if (fault === undefined) continue;
    isDropped[row] = 1;
    // Why a row could not be read is noted by the parser.
    if (fault === 'figure') continue;
    const detail = `${REASONS[fault]}: ${figuresOf(rows, row)}`;
    addProblem(problems, fault, { line: row + FIRST_LINE, detail });
  }
}

const REASONS = {
  time: 'the timestamp is no whole number of milliseconds since 1970',
  price: 'a price is zero or negative',
  range: 'the high is below, or the low above, another price',
  volume: 'the volume is negative',
} as const;

function figuresOf(rows: Candles, row: number): string {
  const { openTimeMs, open, high, low, close, volume } = rows;
  return `timestamp ${at(openTimeMs, row)}, open ${at(open, row)}, high ${at(high, row)}, low ${at(low, row)}, close ${at(close, row)}, volume ${at(volume, row)}`;
}

/** Returns the rows that are candles, by open time; those of one time in the file's order. */
function sortRows({ rows, isDropped }: Check): Uint32Array {
  const order = Uint32Array.from(isDropped.keys()).filter((row) => isDropped[row] === 0);
  const times = rows.openTimeMs;
  return order.sort((left, right) => at(times, left) - at(times, right) || left - right);
}

function dropRepeated({ rows, problems, isDropped }: Check, order: Uint32Array): void {
  let kept = order[0] ?? 0;
  for (const row of order.subarray(1)) {
    if (at(rows.openTimeMs, row) !== at(rows.openTimeMs, kept)) {
      kept = row;
      continue;
    }
    isDropped[row] = 1;
    const isSame = figuresOf(rows, row) === figuresOf(rows, kept);
    const where = `timestamp ${at(rows.openTimeMs, row)} is that of line ${kept + FIRST_LINE}`;
    const detail = isSame ? `${where}, with the same figures` : `${where}, with other figures`;
    addProblem(problems, isSame ? 'duplicate' : 'conflict', { line: row + FIRST_LINE, detail });
  }
}

/** What is neither dropped as impossible nor a repetition must rise. */
function noteDisorder({ rows, problems, isDropped }: Check): void {
  let previousMs = -1;
  for (let row = 0; row < isDropped.length; row += 1) {
    if (isDropped[row] !== 0) continue;
    const time = at(rows.openTimeMs, row);
    if (time < previousMs) {
      const detail = `timestamp ${time} after ${previousMs}`;
      addProblem(problems, 'disorder', { line: row + FIRST_LINE, detail });
    }
    previousMs = time;
  }
}

function refuseRest({ problems }: Check, mends: readonly Mend[]): void {
  const missing = new Set(
    kindsOf(problems.counts)
      .map(mendOf)
      .filter((mend) => !mends.includes(mend)),
  );
  if (missing.size === 0) return;
  const told = firstProblems(problems);
  const total = Object.values(problems.counts).reduce((sum, count) => sum + count, 0);
  const lines = told.map(({ line, detail }) => `  line ${line}: ${detail}`);
  const rest = total > told.length ? [`  … and ${total - told.length} more`] : [];
  const message = [
    `Refused: ${describeCounts(problems.counts)}.`,
    ...lines,
    ...rest,
    `Mend the file, or add --mend ${[...new Set([...mends, ...missing])].join(',')} to have it mended.`,
  ];
  throw new CandleFileError(message.join('\n'), { problems: told, counts: problems.counts });
}
