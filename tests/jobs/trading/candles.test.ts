import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  appendCandle,
  candleAt,
  checkCandles,
  concatCandles,
  findGaps,
  sliceCandles,
  tailCandles,
  toCandles,
  toRows,
} from '../../../jobs/trading/candles.ts';
import type { Candle } from '../../../jobs/trading/types.ts';

const row = (minute: number, change: Partial<Candle> = {}): Candle => ({
  openTimeMs: minute * 60_000,
  open: 10,
  high: 12,
  low: 9,
  close: 11,
  volume: 1,
  ...change,
});

describe('candles', () => {
  it('turns rows into columns and back', () => {
    const rows = [row(0), row(1, { close: 12 }), row(3)];
    expect(toRows(toCandles(rows))).toEqual(rows);
    expect(toCandles(rows).close).toEqual(new Float64Array([11, 12, 11]));
    expect(toRows(toCandles([]))).toEqual([]);
  });

  it.each([
    ['a close that is no number', row(1, { close: NaN }), /Candle 1 .*not finite/],
    ['a time that repeats', row(0), /Candle 1 .*no later/],
    ['a time that goes back', row(-1), /no later/],
    ['a high below its close', row(1, { high: 10.5 }), /high or low inside the body/],
    ['a low above its open', row(1, { low: 10.5 }), /high or low inside the body/],
    ['a price of zero', row(1, { low: 0 }), /above zero/],
    ['a negative volume', row(1, { volume: -1 }), /negative volume/],
  ])('refuses %s', (_, bad, message) => {
    expect(() => toCandles([row(0), bad])).toThrow(message);
  });

  it('refuses columns of unequal length', () => {
    const candles = toCandles([row(0), row(1)]);
    expect(() => checkCandles({ ...candles, close: new Float64Array(1) })).toThrow(
      /Column close is not 2 long/,
    );
  });

  it('joins what follows and refuses what overlaps', () => {
    const older = toCandles([row(0), row(1)]);
    expect(toRows(concatCandles(older, toCandles([row(2)])))).toEqual([row(0), row(1), row(2)]);
    expect(toRows(appendCandle(older, row(5)))).toEqual([row(0), row(1), row(5)]);
    expect(() => concatCandles(older, toCandles([row(1)]))).toThrow(/do not follow/);
    expect(toRows(concatCandles(toCandles([]), older))).toEqual(toRows(older));
    expect(toRows(concatCandles(older, toCandles([])))).toEqual(toRows(older));
  });

  it('cuts slices and tails', () => {
    const candles = toCandles([row(0), row(1), row(2)]);
    expect(toRows(sliceCandles(candles, 1, 2))).toEqual([row(1)]);
    expect(toRows(tailCandles(candles, 2))).toEqual([row(1), row(2)]);
    expect(tailCandles(candles, 9).openTimeMs.length).toBe(3);
    expect(tailCandles(candles, 0).openTimeMs.length).toBe(0);
  });

  it('reads one candle, from either end', () => {
    const candles = toCandles([row(0), row(1)]);
    expect(candleAt(candles, 0)).toEqual(row(0));
    expect(candleAt(candles, -1)).toEqual(row(1));
    expect(() => candleAt(candles, 2)).toThrow(RangeError);
  });
});

describe('gaps', () => {
  it('names each run of missing candles by its open times', () => {
    const times = [0, 60_000, 240_000, 300_000, 420_000];
    expect(findGaps(times, '1m')).toEqual([
      { fromMs: 120_000, toMs: 180_000, missing: 2 },
      { fromMs: 360_000, toMs: 360_000, missing: 1 },
    ]);
    expect(findGaps([0, 60_000], '1m')).toEqual([]);
    expect(findGaps([], '1m')).toEqual([]);
  });

  it('accounts for every candle between the first and the last', () => {
    const present = fc.uniqueArray(fc.integer({ min: 0, max: 500 }), { minLength: 1 });
    fc.assert(
      fc.property(present, (minutes) => {
        const times = minutes.toSorted((a, b) => a - b).map((minute) => minute * 60_000);
        const missing = findGaps(times, '1m').reduce((total, gap) => total + gap.missing, 0);
        const span = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 60_000 + 1;
        expect(missing + times.length).toBe(span);
      }),
    );
  });
});
