import { describe, expect, it } from 'vitest';
import { sliceCandles, toCandles } from '../../../../jobs/trading/candles.ts';
import { rollingVwap } from '../../../../jobs/trading/indicators/rolling-vwap.ts';
import { sessionVwap, sessionVwapWarmUp } from '../../../../jobs/trading/indicators/session-vwap.ts';
import type { Candle } from '../../../../jobs/trading/types.ts';
import { findCandleFile, readCandleFile } from '../../../support/candle-files.ts';

const FILES = ['BINANCE_BTC-USDT_1h', 'BINANCE_BTC-USDT_5m_2023'].map((name) => findCandleFile(name));
const HOUR_MS = 3_600_000;
const MIDNIGHT_MS = Date.UTC(2024, 0, 2);

/** Candles of one typical price each: high and low 1 around the close. */
const toHours = (prices: number[], volumes: number[], from = MIDNIGHT_MS): Candle[] =>
  prices.map((price, index) => ({
    openTimeMs: from + index * HOUR_MS,
    open: price,
    high: price + 1,
    low: price - 1,
    close: price,
    volume: volumes[index]!,
  }));

describe('Rolling VWAP', () => {
  it('equals what is computed by hand', () => {
    // (10 x 1 + 20 x 3) / 4 = 17.5; (20 x 3 + 30 x 1) / 4 = 22.5; (30 x 1 + 40 x 0) / 1 = 30; nothing traded: the price.
    const candles = toCandles(toHours([10, 20, 30, 40, 50], [1, 3, 1, 0, 0]));
    expect([...rollingVwap(candles, 2)]).toEqual([NaN, 17.5, 22.5, 30, 50]);
  });

  it.skipIf(FILES.includes(undefined))('equals sums taken afresh on real candles', () => {
    for (const file of FILES) {
      const candles = toCandles(readCandleFile(file ?? ''));
      for (const period of [14, 200]) {
        const ours = rollingVwap(candles, period);
        for (let end = period; end <= ours.length; end += 97) {
          const plain = plainVwap(candles, end - period, end);
          expect(Math.abs(ours[end - 1]! - plain)).toBeLessThanOrEqual(1e-12 * plain);
        }
      }
    }
  });
});

describe('Session VWAP', () => {
  it('equals what is computed by hand, and begins anew at midnight UTC', () => {
    const candles = toCandles(toHours([10, 20, 30, 40], [1, 3, 4, 0], MIDNIGHT_MS - 2 * HOUR_MS));
    const whole = toCandles([
      ...toHours(Array<number>(22).fill(10), Array<number>(22).fill(1), MIDNIGHT_MS - 24 * HOUR_MS),
    ]);
    expect(sessionVwap(whole).at(-1)).toBe(10);
    // The first two hours belong to a day whose beginning is not there.
    expect([...sessionVwap(candles)]).toEqual([NaN, NaN, 30, 30]);
    expect([...sessionVwap(toCandles(toHours([10, 20, 40], [1, 3, 4])))]).toEqual([10, 17.5, 28.75]);
  });

  it('stands at the price while nothing was traded', () => {
    expect([...sessionVwap(toCandles(toHours([10, 20, 30], [0, 0, 1])))]).toEqual([10, 20, 30]);
  });

  it('begins at the first candle of a day, though midnight itself is absent', () => {
    const rows = toHours([10, 20, 30, 40], [1, 1, 1, 1], MIDNIGHT_MS - HOUR_MS);
    expect([...sessionVwap(toCandles(rows.filter((_, index) => index !== 1)))]).toEqual([NaN, 30, 35]);
  });

  it('needs a day of candles, and one where a candle is a day or more', () => {
    expect(sessionVwapWarmUp(HOUR_MS)).toBe(24);
    expect(sessionVwapWarmUp(7 * HOUR_MS)).toBe(4);
    expect(sessionVwapWarmUp(24 * HOUR_MS)).toBe(1);
    expect(sessionVwapWarmUp(7 * 24 * HOUR_MS)).toBe(1);
  });

  it.skipIf(FILES.includes(undefined))(
    'equals sums by calendar date on real candles, whatever came before',
    () => {
      for (const file of FILES) {
        const candles = toCandles(readCandleFile(file ?? ''));
        const dates = [...candles.openTimeMs].map((time) => new Date(time).toISOString().slice(0, 10));
        const ours = sessionVwap(candles);
        const begin = dates.lastIndexOf(dates[0]!) + 1;
        for (let index = begin; index < ours.length; index += 293) {
          const plain = plainVwap(candles, dates.indexOf(dates[index]!), index + 1);
          expect(Math.abs(ours[index]! - plain)).toBeLessThanOrEqual(1e-12 * plain);
          const length = index % 288 === 0 ? 288 : 300;
          const alone = sessionVwap(sliceCandles(candles, Math.max(0, index + 1 - length), index + 1));
          expect(alone.at(-1)).toBe(ours[index]);
        }
      }
    },
  );
});

function plainVwap(candles: ReturnType<typeof toCandles>, from: number, to: number): number {
  let turnover = 0;
  let volume = 0;
  for (let index = from; index < to; index += 1) {
    const price = (candles.high[index]! + candles.low[index]! + candles.close[index]!) / 3;
    turnover += price * candles.volume[index]!;
    volume += candles.volume[index]!;
  }
  const last = to - 1;
  return volume > 0
    ? turnover / volume
    : (candles.high[last]! + candles.low[last]! + candles.close[last]!) / 3;
}
