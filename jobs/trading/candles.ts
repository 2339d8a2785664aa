import { timeframeMs, type Timeframe } from './timeframe.ts';
import type { Candle, Candles } from './types.ts';

/** A run of candles that are absent between two present ones, named by their open times, both inclusive. */
export type CandleGap = { fromMs: number; toMs: number; missing: number };

const COLUMNS = ['openTimeMs', 'open', 'high', 'low', 'close', 'volume'] as const;

/** Returns rows (oldest first) as columns. Throws a RangeError on the first row that cannot be a candle, see `checkCandles`. */
export function toCandles(rows: readonly Candle[]): Candles {
  const candles = emptyColumns(rows.length);
  for (const [index, row] of rows.entries()) {
    for (const column of COLUMNS) candles[column][index] = row[column];
  }
  checkCandles(candles);
  return candles;
}

/** Returns columns as rows, oldest first. */
export function toRows(candles: Candles): Candle[] {
  return Array.from(candles.openTimeMs, (_, index) => candleAt(candles, index));
}

/** Returns one candle as a row; a negative index counts from the newest. Throws a RangeError beyond the ends. */
export function candleAt(candles: Candles, index: number): Candle {
  const at = (column: Float64Array): number => {
    const value = column.at(index);
    if (value === undefined) throw new RangeError(`No candle at ${index} of ${column.length}`);
    return value;
  };
  return {
    openTimeMs: at(candles.openTimeMs),
    open: at(candles.open),
    high: at(candles.high),
    low: at(candles.low),
    close: at(candles.close),
    volume: at(candles.volume),
  };
}

/**
 * Throws a RangeError unless columns have one length, every figure is finite, prices are above zero, open times strictly
 * rise, `low <= open, close <= high` and no volume is negative. The message names the candle and the figures.
 */
export function checkCandles(candles: Candles): void {
  const count = candles.openTimeMs.length;
  for (const column of COLUMNS) {
    if (candles[column].length !== count) throw new RangeError(`Column ${column} is not ${count} long`);
  }
  let previousMs = -Infinity;
  for (let index = 0; index < count; index += 1) {
    const candle = candleAt(candles, index);
    const fault = findFault(candle, previousMs);
    if (fault !== undefined) throw new RangeError(`Candle ${index} (${candle.openTimeMs}): ${fault}`);
    previousMs = candle.openTimeMs;
  }
}

function findFault(candle: Candle, previousMs: number): string | undefined {
  const { open, high, low, close, volume } = candle;
  const figures = `open ${open}, high ${high}, low ${low}, close ${close}, volume ${volume}`;
  if (!Number.isFinite(candle.openTimeMs + open + high + low + close + volume))
    return `not finite: ${figures}`;
  if (candle.openTimeMs <= previousMs) return `opens no later than the one before it (${previousMs})`;
  if (low <= 0) return `price not above zero: ${figures}`;
  if (high < Math.max(open, close) || low > Math.min(open, close))
    return `high or low inside the body: ${figures}`;
  return volume < 0 ? `negative volume: ${figures}` : undefined;
}

/** Returns the candles of both, in order. Throws a RangeError unless the second begins after the first ends. */
export function concatCandles(older: Candles, newer: Candles): Candles {
  const count = older.openTimeMs.length;
  const lastMs = older.openTimeMs.at(-1) ?? -Infinity;
  const firstMs = newer.openTimeMs[0] ?? Infinity;
  if (firstMs <= lastMs) throw new RangeError(`Candles from ${firstMs} do not follow those until ${lastMs}`);
  const joined = emptyColumns(count + newer.openTimeMs.length);
  for (const column of COLUMNS) {
    joined[column].set(older[column], 0);
    joined[column].set(newer[column], count);
  }
  return joined;
}

/** Returns candles with one more at the end. Throws a RangeError unless it is a candle that follows the last. */
export function appendCandle(candles: Candles, candle: Candle): Candles {
  return concatCandles(candles, toCandles([candle]));
}

/** Returns the candles from index `from` up to `to` (exclusive), as views on the same memory. */
export function sliceCandles(candles: Candles, from: number, to?: number): Candles {
  return {
    openTimeMs: candles.openTimeMs.subarray(from, to),
    open: candles.open.subarray(from, to),
    high: candles.high.subarray(from, to),
    low: candles.low.subarray(from, to),
    close: candles.close.subarray(from, to),
    volume: candles.volume.subarray(from, to),
  };
}

/** Returns the index of the first of rising times that is `timeMs` or later; how many there are where none is. */
export function findFrom(timesMs: Float64Array, timeMs: number): number {
  let [low, high] = [0, timesMs.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((timesMs[middle] ?? Infinity) < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Returns the newest `count` candles, or all where there are fewer, as views on the same memory. */
export function tailCandles(candles: Candles, count: number): Candles {
  return sliceCandles(candles, Math.max(0, candles.openTimeMs.length - count));
}

/** Returns the runs of open times that are absent between the first candle and the last, oldest first. */
export function findGaps(openTimesMs: ArrayLike<number>, timeframe: Timeframe): CandleGap[] {
  const length = timeframeMs(timeframe);
  const gaps: CandleGap[] = [];
  for (let index = 1; index < openTimesMs.length; index += 1) {
    const beforeMs = openTimesMs[index - 1] ?? 0;
    const missing = Math.ceil(((openTimesMs[index] ?? 0) - beforeMs) / length) - 1;
    if (missing > 0) gaps.push({ fromMs: beforeMs + length, toMs: beforeMs + missing * length, missing });
  }
  return gaps;
}

function emptyColumns(count: number): Candles {
  return {
    openTimeMs: new Float64Array(count),
    open: new Float64Array(count),
    high: new Float64Array(count),
    low: new Float64Array(count),
    close: new Float64Array(count),
    volume: new Float64Array(count),
  };
}
