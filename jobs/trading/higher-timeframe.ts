import { newColumns } from './candle-columns.ts';
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
  let endMs = -Infinity;
  for (let index = 0; index < openTimeMs.length; index += 1) {
    const timeMs = openTimeMs[index] ?? NaN;
    if (timeMs < endMs) continue;
    const openMs = Math.floor(timeMs / higherMs) * higherMs;
    endMs = openMs + higherMs;
    if (index > 0 || timeMs === openMs) starts.push(index);
  }
  return starts;
}

const openOf = ({ openTimeMs }: Candles, at: number, higherMs: number) =>
  Math.floor((openTimeMs[at] ?? NaN) / higherMs) * higherMs;

type Groups = { closed: number[]; starts: number[]; higherMs: number };

function aggregate(base: Candles, { closed, starts, higherMs }: Groups): Candles {
  const higher = newColumns(closed.length);
  for (let at = 0; at < closed.length; at += 1) {
    const from = closed[at] ?? 0;
    const end = starts[at + 1] ?? base.openTimeMs.length;
    higher.openTimeMs[at] = openOf(base, from, higherMs);
    higher.open[at] = base.open[from] ?? NaN;
    higher.close[at] = base.close[end - 1] ?? NaN;
    let [high, low, volume] = [-Infinity, Infinity, 0];
    for (let index = from; index < end; index += 1) {
      high = Math.max(high, base.high[index] ?? NaN);
      low = Math.min(low, base.low[index] ?? NaN);
      volume += base.volume[index] ?? NaN;
    }
    higher.high[at] = high;
    higher.low[at] = low;
    higher.volume[at] = volume;
  }
  return higher;
}
