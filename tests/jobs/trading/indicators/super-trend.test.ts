import { describe, expect, it } from 'vitest';
import { toCandles } from '../../../../jobs/trading/candles.ts';
import { atr } from '../../../../jobs/trading/indicators/atr.ts';
import { superTrend } from '../../../../jobs/trading/indicators/super-trend.ts';
import { findCandleFile, readCandleFile } from '../../../support/candle-files.ts';

const FILE = findCandleFile('BINANCE_ETH-USDT_5m');

describe('SuperTrend', () => {
  it('equals what is computed by hand', () => {
    // Each candle is 2 high and opens where the last closed, but for the fall of the last one: true ranges 2, 2, 2, 8.
    const rows = [
      [11, 9, 10],
      [12, 10, 11],
      [13, 11, 12],
      [14, 12, 14],
      [13, 6, 6],
    ].map(([high, low, close], index) => ({
      openTimeMs: index,
      open: low!,
      high: high!,
      low: low!,
      close: close!,
      volume: 1,
    }));
    // Period 1, factor 1: middle 11 ± 2, 12 ± 2, 13 ± 2, 9.5 ± 8. Falling: the upper band stays at 13, until 14 closes above
    // it; rising: the lower band is 11, and 6 closes below it.
    const { line, direction } = superTrend(toCandles(rows), 1, 1);
    expect([...line]).toEqual([NaN, 13, 13, 11, 17.5]);
    expect([...direction]).toEqual([NaN, -1, -1, 1, -1]);
  });

  it.skipIf(FILE === undefined)('equals an independent implementation on real candles', () => {
    const candles = toCandles(readCandleFile(FILE ?? ''));
    for (const [period, factor] of [
      [10, 3],
      [7, 1.5],
    ] as const) {
      const ours = superTrend(candles, period, factor);
      const theirs = plainSuperTrend(candles, period, factor);
      expect([...ours.direction]).toEqual(
        theirs.map(({ isRising }) => (isRising === undefined ? NaN : isRising ? 1 : -1)),
      );
      expect([...ours.line]).toEqual(theirs.map(({ line }) => line));
      expect(new Set(ours.direction.subarray(period))).toEqual(new Set([1, -1]));
    }
  });
});

/** As TradingView's manual writes it out: two band series, then the side by which band the line lay on. */
function plainSuperTrend(candles: ReturnType<typeof toCandles>, period: number, factor: number) {
  const range = atr(candles, period);
  const upper: number[] = [];
  const lower: number[] = [];
  const result: { line: number; isRising?: boolean }[] = Array.from({ length: period }, () => ({
    line: NaN,
  }));
  for (let index = period; index < range.length; index += 1) {
    const middle = (candles.high[index]! + candles.low[index]!) / 2;
    const top = middle + factor * range[index]!;
    const bottom = middle - factor * range[index]!;
    const before = candles.close[index - 1]!;
    const [lastTop, lastBottom] = [upper.at(-1) ?? Infinity, lower.at(-1) ?? -Infinity];
    const wasFalling = index === period || result[index - 1]!.line === lastTop;
    upper.push(before > lastTop ? top : Math.min(top, lastTop));
    lower.push(before < lastBottom ? bottom : Math.max(bottom, lastBottom));
    const isRising = wasFalling
      ? candles.close[index]! > upper.at(-1)!
      : candles.close[index]! >= lower.at(-1)!;
    result.push({ line: isRising ? lower.at(-1)! : upper.at(-1)!, isRising });
  }
  return result;
}
