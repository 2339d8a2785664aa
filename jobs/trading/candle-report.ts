import { TIMEFRAMES, timeframeMs, type Timeframe } from './timeframe.ts';
import type { CandleGap } from './candles.ts';
import type { Candles } from './types.ts';

/** Gaps told one by one. */
const GAPS_TOLD = 20;

/** What a series of candles is like. Gaps and candles without trades are facts, not faults. */
export type SeriesReport = {
  /** The most common distance of two candles, in ms; `undefined` below two candles. */
  stepMs: number | undefined;
  /** The timeframe of that length, if there is one. */
  timeframe: Timeframe | undefined;
  gaps: { count: number; missing: number; first: CandleGap[] };
  /** Candles that open at no multiple of the step. */
  offGrid: number;
  zeroVolume: number;
};

/** Returns what candles in order are like. */
export function describeSeries(candles: Candles): SeriesReport {
  const stepMs = commonStep(candles.openTimeMs);
  return {
    stepMs,
    timeframe: TIMEFRAMES.find((timeframe) => timeframeMs(timeframe) === stepMs),
    gaps: listGaps(candles.openTimeMs, stepMs ?? Infinity),
    offGrid: stepMs === undefined ? 0 : countWhere(candles.openTimeMs, (time) => time % stepMs !== 0),
    zeroVolume: countWhere(candles.volume, (volume) => volume === 0),
  };
}

function countWhere(column: Float64Array, test: (value: number) => boolean): number {
  let count = 0;
  for (const value of column) if (test(value)) count += 1;
  return count;
}

/** Of equally common steps the shortest counts. */
function commonStep(times: Float64Array): number | undefined {
  const counts = new Map<number, number>();
  let run = { step: NaN, length: 0 };
  const endRun = () => counts.set(run.step, (counts.get(run.step) ?? 0) + run.length);
  for (let index = 1; index < times.length; index += 1) {
    const step = (times[index] ?? NaN) - (times[index - 1] ?? NaN);
    if (step !== run.step) {
      endRun();
      run = { step, length: 0 };
    }
    run.length += 1;
  }
  endRun();
  counts.delete(NaN);
  const [first] = [...counts].sort(([a, countOfA], [b, countOfB]) => countOfB - countOfA || a - b);
  return first?.[0];
}

function listGaps(times: Float64Array, stepMs: number): SeriesReport['gaps'] {
  const gaps: SeriesReport['gaps'] = { count: 0, missing: 0, first: [] };
  for (let index = 1; index < times.length; index += 1) {
    const beforeMs = times[index - 1] ?? NaN;
    const missing = Math.ceil(((times[index] ?? NaN) - beforeMs) / stepMs) - 1;
    if (missing <= 0) continue;
    gaps.count += 1;
    gaps.missing += missing;
    if (gaps.count <= GAPS_TOLD) {
      gaps.first.push({ fromMs: beforeMs + stepMs, toMs: beforeMs + missing * stepMs, missing });
    }
  }
  return gaps;
}
