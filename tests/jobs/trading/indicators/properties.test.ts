/** What holds for every indicator. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatCandles, sliceCandles, toCandles } from '../../../../jobs/trading/candles.ts';
import { macd } from '../../../../jobs/trading/indicators/macd.ts';
import { sma } from '../../../../jobs/trading/indicators/sma.ts';
import type { Candle, Candles } from '../../../../jobs/trading/types.ts';
import { findCandleFile, readCandleFile } from '../../../support/candle-files.ts';
import { CASE_TIMEFRAME_MS, INDICATOR_CASES, type IndicatorCase } from '../../../support/indicator-cases.ts';

const FILE = findCandleFile('BINANCE_BTC-USDT_1h');
const REAL = FILE === undefined ? toCandles([]) : toCandles(readCandleFile(FILE, { limit: 20_000 }));

const row = fc.record({
  open: fc.integer({ min: 500, max: 1_500 }),
  close: fc.integer({ min: 500, max: 1_500 }),
  up: fc.integer({ min: 0, max: 300 }),
  down: fc.integer({ min: 0, max: 300 }),
  volume: fc.integer({ min: 0, max: 50 }),
});
type Row = typeof row extends fc.Arbitrary<infer Value> ? Value : never;

const toCandle = ({ open, close, up, down, volume }: Row, index: number): Candle => ({
  openTimeMs: index * CASE_TIMEFRAME_MS,
  open: open / 100,
  close: close / 100,
  high: (Math.max(open, close) + up) / 100,
  low: (Math.min(open, close) - down) / 100,
  volume: volume / 10,
});
const series = fc.array(row, { maxLength: 60 }).map((rows) => toCandles(rows.map(toCandle)));

const lengthOf = (candles: Candles) => candles.close.length;

/** The distance between two values, against the newest price or the scale of the indicator. */
function errorAt(each: IndicatorCase, candles: Candles, [ours, theirs]: readonly [number, number]): number {
  const scale = each.scale === 'price' ? candles.close.at(-1)! : each.scale;
  return Math.abs(ours - theirs) / scale;
}

describe.each(INDICATOR_CASES)('$name', (each) => {
  const { compute, first, warmUp, memory, flat } = each;

  it('is as long as its input, and NaN exactly before its first value', () => {
    fc.assert(
      fc.property(series, (candles) => {
        const values = compute(candles);
        expect(values.length).toBe(lengthOf(candles));
        values.forEach((value, index) => expect(Number.isFinite(value)).toBe(index >= first));
        expect(values.subarray(0, first).every((value) => Number.isNaN(value))).toBe(true);
      }),
    );
  });

  it('never looks ahead: a prefix of the candles gives the same values', () => {
    fc.assert(
      fc.property(series, fc.nat(60), (candles, cut) => {
        expect(compute(sliceCandles(candles, 0, cut))).toEqual(compute(candles).slice(0, cut));
      }),
    );
  });

  it('leaves its input alone, and gives the same values twice', () => {
    fc.assert(
      fc.property(series, (candles) => {
        const copy = structuredClone(candles);
        const values = compute(candles);
        expect(candles).toEqual(copy);
        expect(compute(candles)).toEqual(values);
      }),
    );
  });

  it('has a value once it is warm', () => {
    expect(warmUp).toBeGreaterThan(first);
  });

  if (memory === 'window')
    it('depends on the candles of its warm-up alone, whatever came before', () => {
      const history = fc.array(row, { minLength: 24, maxLength: 48 });
      const newest = fc.array(row, { minLength: warmUp, maxLength: warmUp });
      fc.assert(
        fc.property(history, newest, fc.constantFrom(1, 1e3, 1e9), (before, after, factor) => {
          const rows = [...before.slice(before.length % 24), ...after].map(toCandle);
          const candles = toCandles(rows);
          const begin = rows.length - warmUp;
          for (const column of ['open', 'high', 'low', 'close', 'volume'] as const) {
            for (let index = 0; index < begin; index += 1) candles[column][index]! *= factor;
          }
          const alone = compute(sliceCandles(candles, begin)).at(-1)!;
          expect(errorAt(each, candles, [compute(candles).at(-1)!, alone])).toBeLessThan(1e-12);
        }),
      );
    });

  if (memory !== 'whole')
    it.skipIf(FILE === undefined)('needs no more candles than its warm-up', () => {
      const whole = compute(REAL);
      let worst = 0;
      for (let end = warmUp + 24; end <= lengthOf(REAL); end += 137) {
        const candles = sliceCandles(REAL, end - warmUp, end);
        worst = Math.max(worst, errorAt(each, candles, [whole[end - 1]!, compute(candles).at(-1)!]));
      }
      expect(worst).toBeLessThan(memory === 'window' ? 1e-12 : 2e-12);
    });

  if (flat !== undefined)
    it('stands still, to the last bit, while nothing moves', () => {
      const price = 0.1;
      const flatRow = { open: price, high: price, low: price, close: price, volume: 0.3 };
      const rows = Array.from({ length: 50 }, (_, index) => ({
        ...flatRow,
        openTimeMs: index * CASE_TIMEFRAME_MS,
      }));
      const values = compute(toCandles(rows)).subarray(first);
      expect([...new Set(values)]).toEqual([flat === 'price' ? price : flat]);
    });

  it('refuses NaN and infinities among its candles', () => {
    for (const bad of [NaN, Infinity, -Infinity]) {
      const candles = toCandles(Array.from({ length: 30 }, (_, index) => toCandle(ROW, index)));
      for (const column of ['high', 'low', 'close', 'volume'] as const) candles[column][17] = bad;
      expect(() => compute(candles)).toThrow(RangeError);
    }
  });
});

const ROW: Row = { open: 1_000, close: 1_001, up: 2, down: 2, volume: 5 };

describe('An indicator of an indicator', () => {
  const closes = Float64Array.from({ length: 40 }, (_, index) => 100 + Math.sin(index));

  it('begins where the inner one begins', () => {
    const average = sma(sma(closes, 5), 3);
    expect(average.findIndex((value) => !Number.isNaN(value))).toBe(6);
    expect(average.subarray(6)).toEqual(sma(sma(closes, 5).subarray(4), 3).subarray(2));
    expect(
      macd(sma(closes, 5), { fast: 2, slow: 4, signal: 3 }).signal.findIndex((value) => value === value),
    ).toBe(9);
  });

  it('has no value where the inner one has none', () => {
    expect(sma(new Float64Array(5).fill(NaN), 2)).toEqual(new Float64Array(5).fill(NaN));
  });
});

describe('A series of candles', () => {
  it('keeps its values when candles are appended', () => {
    const rows = Array.from({ length: 30 }, (_, index) => toCandle({ ...ROW, close: 1_000 + index }, index));
    const older = toCandles(rows.slice(0, 20));
    const whole = concatCandles(older, toCandles(rows.slice(20)));
    for (const { compute } of INDICATOR_CASES) expect(compute(whole).slice(0, 20)).toEqual(compute(older));
  });
});
