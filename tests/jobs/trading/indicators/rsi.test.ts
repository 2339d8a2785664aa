import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rsi } from '../../../../jobs/trading/indicators/rsi.ts';
import { findCandleFile, readCandleFile } from '../../../support/candle-files.ts';

const CANDLES = findCandleFile('BINANCE_BTC-USDT_5m');
const closes = fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 80 });
const smoothing = fc.constantFrom('simple' as const, 'wilder' as const);

describe('RSI by simple averages', () => {
  it('equals what is computed by hand', () => {
    // Changes: +1 −2 +3 −1. Over three: gains 4, losses 2 -> 100 − 100/3; then gains 3, losses 3 -> 50.
    expect([...rsi(new Float64Array([10, 11, 9, 12, 11]), 3, 'simple')]).toEqual([
      50,
      50,
      50,
      100 - 100 / 3,
      50,
    ]);
  });

  it('is neutral before the period is full', () => {
    expect([...rsi(new Float64Array([10, 9, 8]), 3, 'simple')]).toEqual([50, 50, 50]);
    expect([...rsi(new Float64Array([]), 3, 'simple')]).toEqual([]);
  });

  it('is 100 without a loss and 0 without a gain', () => {
    expect(rsi(new Float64Array([1, 2, 3]), 2, 'simple').at(-1)).toBe(100);
    expect(rsi(new Float64Array([2, 2, 2]), 2, 'simple').at(-1)).toBe(100);
    expect(rsi(new Float64Array([3, 2, 1]), 2, 'simple').at(-1)).toBe(0);
  });

  it('depends on nothing before its window', () => {
    fc.assert(
      fc.property(closes, fc.integer({ min: 1, max: 20 }), (series, period) => {
        const whole = rsi(new Float64Array(series), period, 'simple');
        for (let end = period + 1; end <= series.length; end += 1) {
          const window = new Float64Array(series.slice(end - period - 1, end));
          expect(whole[end - 1]).toBe(rsi(window, period, 'simple').at(-1));
        }
      }),
    );
  });
});

describe('RSI by Wilder averages', () => {
  it('equals what is computed by hand', () => {
    // Averages of the first two changes (+2 −1): gain 1, loss 0.5; then +1: gain (1+1)/2 = 1, loss 0.25 -> 80.
    const values = rsi(new Float64Array([10, 12, 11, 12]), 2, 'wilder');
    expect([...values]).toEqual([50, 50, 100 - 100 / 3, 80]);
  });

  it('starts where the simple one starts', () => {
    const series = new Float64Array([10, 11, 9, 12]);
    expect(rsi(series, 3, 'wilder')).toEqual(rsi(series, 3, 'simple'));
  });
});

describe('RSI of either kind', () => {
  it('never looks ahead: more closes change no earlier value', () => {
    fc.assert(
      fc.property(closes, fc.integer({ min: 1, max: 20 }), smoothing, (series, period, kind) => {
        const whole = rsi(new Float64Array(series), period, kind);
        const cut = Math.ceil(series.length / 2);
        expect(rsi(new Float64Array(series.slice(0, cut)), period, kind)).toEqual(whole.slice(0, cut));
      }),
    );
  });

  it('stays between 0 and 100, as long as its input', () => {
    fc.assert(
      fc.property(closes, fc.integer({ min: 1, max: 20 }), smoothing, (series, period, kind) => {
        const values = rsi(new Float64Array(series), period, kind);
        expect(values.length).toBe(series.length);
        expect(values.every((value) => value >= 0 && value <= 100)).toBe(true);
      }),
    );
  });

  it('refuses a period that is no positive whole number', () => {
    for (const period of [0, -1, 1.5, NaN]) {
      expect(() => rsi(new Float64Array([1, 2, 3]), period, 'simple')).toThrow(RangeError);
    }
  });
});

describe('RSI on real candles', () => {
  it.skipIf(!CANDLES)('equals an independent computation on 70,272 BTC/USDT candles', () => {
    const series = readCandleFile(CANDLES ?? '').map(({ close }) => close);
    for (const kind of ['simple', 'wilder'] as const) {
      const expected = kind === 'simple' ? naiveSimple(series, 14) : naiveWilder(series, 14);
      const actual = rsi(new Float64Array(series), 14, kind);
      const worst = expected.reduce(
        (max, value, index) => Math.max(max, Math.abs(value - (actual[index] ?? NaN))),
        0,
      );
      expect(series.length).toBe(70_272);
      expect(worst).toBeLessThan(1e-9);
    }
  });
});

/** The textbook in its other form: 100 x gains / (gains + losses), on arrays of changes. */
function naiveSimple(series: number[], period: number): number[] {
  const changes = series.map((close, index) => close - (series[index - 1] ?? close));
  return series.map((_, index) => {
    if (index < period) return 50;
    const window = changes.slice(index - period + 1, index + 1);
    const gains = window.filter((change) => change > 0).reduce((total, change) => total + change, 0);
    const losses = window.filter((change) => change < 0).reduce((total, change) => total - change, 0);
    return losses === 0 ? 100 : (100 * gains) / (gains + losses);
  });
}

/** Wilder's averages as an exponential filter of weight 1/period. */
function naiveWilder(series: number[], period: number): number[] {
  let up = 0;
  let down = 0;
  return series.map((close, index) => {
    const change = close - (series[index - 1] ?? close);
    const weight = index <= period ? 1 / Math.max(index, 1) : 1 / period;
    if (index > 0) {
      up += weight * (Math.max(change, 0) - up);
      down += weight * (Math.max(-change, 0) - down);
    }
    return index < period ? 50 : 100 - 100 / (1 + up / down);
  });
}
