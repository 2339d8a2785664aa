import { findFrom } from '../candles.ts';
import type { Candles } from '../types.ts';
import type { Pair } from './pair.ts';
import type { Run } from './run.ts';

/** What all is worth at the close of each candle, in quote units; `timeMs` is when the candle opened. */
export type EquityCurve = { timeMs: Float64Array; equity: Float64Array };

/** Returns the curve over the times of all pairs; where a pair has no candle, its last close counts. */
export function drawEquityCurve(run: Run): { curve: EquityCurve; heldCandles: number } {
  const columns = run.pairs.map(({ candles }) => candles.openTimeMs);
  const timeMs = joinTimes(columns);
  const isOneTime = timeMs === columns[0];
  const curve = { timeMs, equity: new Float64Array(timeMs.length) };
  fillCash(curve, run);
  const add = isOneTime ? addWorth : addWorthBetween;
  const heldCandles = run.pairs.reduce((total, pair) => total + addHoldings(curve, pair, add), 0);
  return { curve: fromWarmUp(curve, run.pairs), heldCandles };
}

/** Without what lies before the first candle that counts. */
function fromWarmUp({ timeMs, equity }: EquityCurve, pairs: readonly Pair[]): EquityCurve {
  const firstMs = pairs.map(({ candles, warmUp }) => candles.openTimeMs[warmUp] ?? Infinity);
  const from = findFrom(timeMs, Math.min(...firstMs));
  return { timeMs: timeMs.subarray(from), equity: equity.subarray(from) };
}

function fillCash({ timeMs, equity }: EquityCurve, { account }: Run): void {
  const { cashLog, initialBalance } = account;
  let cash = initialBalance.toNumber();
  let at = 0;
  for (let entry = 0; entry < cashLog.cash.length; entry += 1) {
    const untilMs = cashLog.timeMs[entry] ?? NaN;
    for (; (timeMs[at] ?? Infinity) < untilMs; at += 1) equity[at] = cash;
    cash = cashLog.cash[entry] ?? NaN;
  }
  equity.fill(cash, at);
}

/** Adds what a pair's holdings are worth; returns at how many of its closes a trade was open. */
function addHoldings(curve: EquityCurve, { candles, holdings }: Pair, add: typeof addWorth): number {
  const { index, quantity, isOpen } = holdings;
  let heldCandles = 0;
  for (let entry = 0; entry < index.length; entry += 1) {
    const held = quantity[entry] ?? 0;
    const from = index[entry] ?? 0;
    const to = index[entry + 1] ?? candles.close.length;
    if (held === 0 || from >= to) continue;
    if (isOpen[entry] === true) heldCandles += to - from;
    add(curve, candles, { held, from, to });
  }
  return heldCandles;
}

type Holding = { held: number; from: number; to: number };

/** Where the curve has the times of the pair. */
function addWorth({ equity }: EquityCurve, { close }: Candles, { held, from, to }: Holding): void {
  for (let at = from; at < to; at += 1) equity[at] = (equity[at] ?? NaN) + held * (close[at] ?? NaN);
}

/** Where the curve has times that the pair has not. */
function addWorthBetween(
  { timeMs, equity }: EquityCurve,
  candles: Candles,
  { held, from, to }: Holding,
): void {
  const { close, openTimeMs } = candles;
  const end = findFrom(timeMs, openTimeMs[to] ?? Infinity);
  let row = from;
  for (let at = findFrom(timeMs, openTimeMs[from] ?? NaN); at < end; at += 1) {
    while ((openTimeMs[row + 1] ?? Infinity) <= (timeMs[at] ?? NaN)) row += 1;
    equity[at] = (equity[at] ?? NaN) + held * (close[row] ?? NaN);
  }
}

/** Returns all times of columns that rise, each once, in order; the first column itself where all are the same. */
export function joinTimes(columns: Float64Array[]): Float64Array {
  const [first = new Float64Array()] = columns;
  return columns.every((column) => isSame(column, first)) ? first : unionOf(columns);
}

function unionOf(columns: Float64Array[]): Float64Array {
  const all = new Float64Array(columns.reduce((total, column) => total + column.length, 0));
  let count = 0;
  for (const column of columns) {
    all.set(column, count);
    count += column.length;
  }
  all.sort();
  let kept = 0;
  for (const time of all) if (kept === 0 || all[kept - 1] !== time) all[kept++] = time;
  return all.slice(0, kept);
}

function isSame(one: Float64Array, other: Float64Array): boolean {
  if (one === other) return true;
  if (one.length !== other.length) return false;
  for (let index = 0; index < one.length; index += 1) if (one[index] !== other[index]) return false;
  return true;
}
