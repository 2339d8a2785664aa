/** Small tables by hand for what bands, channels and scores are made of. */
import { describe, expect, it } from 'vitest';
import { toCandles } from '../../../../jobs/trading/candles.ts';
import { atr } from '../../../../jobs/trading/indicators/atr.ts';
import { bollinger } from '../../../../jobs/trading/indicators/bollinger.ts';
import { donchian } from '../../../../jobs/trading/indicators/donchian.ts';
import { ema, emaWarmUp } from '../../../../jobs/trading/indicators/ema.ts';
import { keltner } from '../../../../jobs/trading/indicators/keltner.ts';
import { macd } from '../../../../jobs/trading/indicators/macd.ts';
import { obv } from '../../../../jobs/trading/indicators/obv.ts';
import { sma } from '../../../../jobs/trading/indicators/sma.ts';
import { standardDeviation } from '../../../../jobs/trading/indicators/standard-deviation.ts';
import { superTrend } from '../../../../jobs/trading/indicators/super-trend.ts';
import { trueRange } from '../../../../jobs/trading/indicators/true-range.ts';
import { wma } from '../../../../jobs/trading/indicators/wma.ts';
import { zScore } from '../../../../jobs/trading/indicators/z-score.ts';
import { findCandleFile, readCandleFile } from '../../../support/candle-files.ts';

const FILE = findCandleFile('BINANCE_SOL-USDT_5m');

/** high, low, close */
const CANDLES = toCandles(
  [
    [12, 10, 11],
    [14, 11, 13],
    [13, 9, 10],
    [16, 15, 16],
  ].map(([high, low, close], index) => ({
    openTimeMs: index,
    open: low!,
    high: high!,
    low: low!,
    close: close!,
    volume: 10 ** index,
  })),
);

describe('By hand', () => {
  it('averages weigh closes evenly, by age, and by fading', () => {
    const close = new Float64Array([1, 2, 4, 8]);
    expect([...sma(close, 2)]).toEqual([NaN, 1.5, 3, 6]);
    expect([...wma(close, 2)].map((value) => Math.round(value * 3))).toEqual([NaN, 5, 10, 20]);
    // Seed (1 + 2 + 4) / 3, weight 1/2.
    expect(ema(close, 3).at(-1)).toBeCloseTo((7 / 3 + 8) / 2, 14);
  });

  it('bands and scores count population deviations', () => {
    // Mean 5, deviation 2.
    const close = new Float64Array([2, 4, 4, 4, 5, 5, 7, 9]);
    const { upper, middle, lower } = bollinger(close, 8, 1.5);
    expect([upper.at(-1), middle.at(-1), lower.at(-1)]).toEqual([8, 5, 2]);
    expect(zScore(close, 8).at(-1)).toBe(2);
  });

  it('ranges include the gap from the close before', () => {
    expect([...trueRange(CANDLES)]).toEqual([NaN, 3, 4, 6]);
    expect([...atr(CANDLES, 2)]).toEqual([NaN, NaN, 3.5, 4.75]);
  });

  it('a Donchian channel holds the newest candle too', () => {
    const { upper, middle, lower } = donchian(CANDLES, 3);
    expect([...upper]).toEqual([NaN, NaN, 14, 16]);
    expect([...lower]).toEqual([NaN, NaN, 9, 9]);
    expect([...middle]).toEqual([NaN, NaN, 11.5, 12.5]);
  });

  it('a Keltner channel is an exponential average and average true ranges around it', () => {
    // EMA of 3: (11 + 13 + 10) / 3, then half way to 16; ranges 3.5 and 4.75.
    const { upper, middle, lower } = keltner(CANDLES, { period: 3, atrPeriod: 2, factor: 2 });
    expect(middle[3]).toBeCloseTo((34 / 3 + 16) / 2, 13);
    expect(upper[3]! - middle[3]!).toBeCloseTo(9.5, 13);
    expect(middle[3]! - lower[3]!).toBeCloseTo(9.5, 13);
  });

  it('on-balance volume adds what rose and takes what fell', () => {
    expect([...obv(CANDLES)]).toEqual([1, 11, -89, 911]);
  });
});

describe('On real candles', () => {
  it.skipIf(FILE === undefined)(
    'long windows depend on nothing before them, though that was a million times higher',
    () => {
      const { close } = toCandles(readCandleFile(FILE ?? ''));
      const history = close.slice(0, 30_000).map((price) => price * 1e6);
      const series = new Float64Array([...history, ...close]);
      for (const period of [20, 55, 200]) {
        const lines = [sma, wma, standardDeviation].map(
          (compute) => [compute, compute(series, period)] as const,
        );
        for (let end = history.length + period; end <= series.length; end += 499) {
          const window = series.subarray(end - period, end);
          for (const [compute, whole] of lines) {
            const alone = compute(window, period).at(-1)!;
            expect(Math.abs(whole[end - 1]! - alone)).toBeLessThanOrEqual(1e-12 * alone);
          }
        }
      }
    },
  );

  it.skipIf(FILE === undefined)('a Keltner channel equals one written out by weights', () => {
    const candles = toCandles(readCandleFile(FILE ?? '', { limit: 5_000 }));
    const { upper, lower, middle } = keltner(candles, { period: 20, atrPeriod: 10, factor: 2 });
    for (let index = 600; index < 5_000; index += 97) {
      let mean = 0;
      let range = 0;
      for (let age = 0; age < 590; age += 1) {
        const at = index - age;
        const before = candles.close[at - 1]!;
        mean += (2 / 21) * (19 / 21) ** age * candles.close[at]!;
        range +=
          0.1 * 0.9 ** age * (Math.max(candles.high[at]!, before) - Math.min(candles.low[at]!, before));
      }
      expect(Math.abs(middle[index]! / mean - 1)).toBeLessThan(1e-9);
      expect(Math.abs(upper[index]! / (mean + 2 * range) - 1)).toBeLessThan(1e-9);
      expect(Math.abs(lower[index]! / (mean - 2 * range) - 1)).toBeLessThan(1e-9);
    }
  });
});

describe('Refusals', () => {
  const close = new Float64Array([1, 2, 3]);

  it('name the indicator and the period', () => {
    for (const period of [0, -1, 1.5, NaN, Infinity]) {
      expect(() => sma(close, period)).toThrow(`SMA period must be 1 or more: ${String(period)}`);
      expect(() => ema(close, period)).toThrow(RangeError);
      expect(() => donchian(CANDLES, period)).toThrow(RangeError);
      expect(() => macd(close, { fast: period, slow: 9, signal: 3 })).toThrow(RangeError);
    }
    expect(() => macd(close, { fast: 9, slow: 9, signal: 3 })).toThrow(
      'fast period 9 must be below the slow one',
    );
  });

  it('name the factor', () => {
    for (const factor of [0, -2, NaN, Infinity]) {
      expect(() => bollinger(close, 2, factor)).toThrow('Bollinger factor must be above 0');
      expect(() => superTrend(CANDLES, 2, factor)).toThrow(RangeError);
      expect(() => keltner(CANDLES, { period: 2, atrPeriod: 2, factor })).toThrow(RangeError);
    }
  });

  it('name the value that is no number, and columns of unequal length', () => {
    expect(() => sma(new Float64Array([1, NaN, 3]), 2)).toThrow('SMA input 1 is NaN');
    expect(() => atr({ ...CANDLES, high: CANDLES.high.subarray(1) }, 2)).toThrow('columns of one length');
  });
});

describe('Warm-up', () => {
  it('is where the seed weighs 1e-12', () => {
    const spike = Float64Array.from({ length: emaWarmUp(14) }, (_, index) => (index < 14 ? 1 : 0));
    const values = ema(spike, 14);
    expect(values.at(-1)).toBeLessThanOrEqual(1e-12);
    expect(values.at(-2)).toBeGreaterThan(1e-12);
  });
});
