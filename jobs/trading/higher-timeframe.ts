import { timeframeMs, type Timeframe } from './timeframe.ts';
import type { Candles } from './types.ts';

/** Candles of a higher timeframe, closed ones only, and what each base candle may know of them. */
export type HigherCandles = {
  candles: Candles;
  /** For each base candle, which higher candle was the newest that had closed when it closed; -1 before the first. */
  newestClosed: Int32Array;
};

/**
 * Returns candles of a higher timeframe, made of the base candles: aligned to the Unix epoch in UTC, as venues do. A first
 * one whose beginning is not there is dropped, and so is a last one that has not closed. Where base candles are absent, a
 * higher candle is made of those there are. A RangeError unless the higher timeframe is a multiple of the base's.
 */
export function toHigherTimeframe(base: Candles, from: Timeframe, to: Timeframe): HigherCandles {
  const [baseMs, higherMs] = [timeframeMs(from), timeframeMs(to)];
  if (higherMs % baseMs !== 0) throw new RangeError(`${to} candles cannot be made of ${from} candles`);
  const count = base.openTimeMs.length;
  const newestClosed = new Int32Array(count).fill(-1);
  const starts = findStarts(base, higherMs);
  const lastCloseMs = (base.openTimeMs[count - 1] ?? -Infinity) + baseMs;
  const closed = starts.filter((at) => openOf(base, at, higherMs) + higherMs <= lastCloseMs);
  const candles = aggregate(base, { closed, starts, higherMs });
  let newest = -1;
  for (let index = 0; index < count; index += 1) {
    const closeMs = (base.openTimeMs[index] ?? NaN) + baseMs;
    while ((candles.openTimeMs[newest + 1] ?? Infinity) + higherMs <= closeMs) newest += 1;
    newestClosed[index] = newest;
  }
  return { candles, newestClosed };
}

/** Where higher candles begin; without the first where its beginning is missing. */
function findStarts({ openTimeMs }: Candles, higherMs: number): number[] {
  const starts: number[] = [];
  let currentMs = -Infinity;
  for (const [index, timeMs] of openTimeMs.entries()) {
    const openMs = Math.floor(timeMs / higherMs) * higherMs;
    if (openMs === currentMs) continue;
    currentMs = openMs;
    if (index > 0 || timeMs === openMs) starts.push(index);
  }
  return starts;
}

const openOf = ({ openTimeMs }: Candles, at: number, higherMs: number) =>
  Math.floor((openTimeMs[at] ?? NaN) / higherMs) * higherMs;

type Groups = { closed: number[]; starts: number[]; higherMs: number };

function aggregate(base: Candles, { closed, starts, higherMs }: Groups): Candles {
  const column = (value: (from: number, end: number) => number) =>
    Float64Array.from(closed, (from, at) => value(from, starts[at + 1] ?? base.openTimeMs.length));
  const span = (values: Float64Array, from: number, end: number) => values.subarray(from, end);
  return {
    openTimeMs: column((from) => openOf(base, from, higherMs)),
    open: column((from) => base.open[from] ?? NaN),
    high: column((from, end) => span(base.high, from, end).reduce((a, b) => Math.max(a, b))),
    low: column((from, end) => span(base.low, from, end).reduce((a, b) => Math.min(a, b))),
    close: column((_, end) => base.close[end - 1] ?? NaN),
    volume: column((from, end) => span(base.volume, from, end).reduce((a, b) => a + b, 0)),
  };
}
