import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sliceCandles, toCandles, toRows } from '../../../jobs/trading/candles.ts';
import { toHigherTimeframe } from '../../../jobs/trading/higher-timeframe.ts';
import type { Candles } from '../../../jobs/trading/types.ts';
import { findCandleFile, readCandleFile } from '../../support/candle-files.ts';

const MINUTE = 60_000;

/** Minute candles at these minutes; the open is the minute's number plus 100. */
function minutes(...at: number[]): Candles {
  return toCandles(
    at.map((minute) => {
      const open = 100 + minute;
      return { openTimeMs: minute * MINUTE, open, high: open + 5, low: open - 5, close: open + 1, volume: 2 };
    }),
  );
}

describe('candles of a higher timeframe', () => {
  it('are made of the base candles, and count only once they have closed', () => {
    const { candles, newestClosed } = toHigherTimeframe(minutes(3, 4, 5, 6, 7), '1m', '3m');
    expect(toRows(candles)).toEqual([
      { openTimeMs: 3 * MINUTE, open: 103, high: 110, low: 98, close: 106, volume: 6 },
    ]);
    expect([...newestClosed]).toEqual([-1, -1, 0, 0, 0]);
  });

  it('leave out a first one whose beginning is not there', () => {
    const { candles, newestClosed } = toHigherTimeframe(minutes(4, 5, 6, 7, 8), '1m', '3m');
    expect([...candles.openTimeMs]).toEqual([6 * MINUTE]);
    expect([...newestClosed]).toEqual([-1, -1, -1, -1, 0]);
  });

  it('are made of what there is where base candles are absent, and close with the next one', () => {
    const { candles, newestClosed } = toHigherTimeframe(minutes(0, 1, 4, 5, 9), '1m', '3m');
    expect(toRows(candles).map(({ open, close }) => [open, close])).toEqual([
      [100, 102],
      [104, 106],
    ]);
    expect([...newestClosed]).toEqual([-1, -1, 0, 1, 1]);
  });

  it('are the candles themselves on the same timeframe, and none of none', () => {
    const base = minutes(1, 2, 3);
    expect(toHigherTimeframe(base, '1m', '1m').candles).toEqual(base);
    expect([...toHigherTimeframe(minutes(), '1m', '1h').newestClosed]).toEqual([]);
  });

  it('refuse a timeframe that is no multiple', () => {
    expect(() => toHigherTimeframe(minutes(1), '3m', '5m')).toThrow(
      /5m candles cannot be made of 3m candles/,
    );
  });

  it('show a base candle nothing that a prefix would not show it', () => {
    const times = fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(times, fc.nat(39), (at, end) => {
        const base = minutes(...at.sort((a, b) => a - b));
        const seen = (candles: Candles) => {
          const higher = toHigherTimeframe(candles, '1m', '5m');
          const rows = toRows(higher.candles);
          return [...higher.newestClosed].map((newest) => rows[newest] ?? null);
        };
        expect(seen(sliceCandles(base, 0, end))).toEqual(seen(base).slice(0, end));
      }),
    );
  });

  const files = [findCandleFile('BINANCE_BTC-USDT_5m_2023'), findCandleFile('BINANCE_BTC-USDT_1h')];
  it.skipIf(files.includes(undefined))('equal the hours that the exchange itself states', () => {
    const [fives, hours] = files.map((file) => toCandles(readCandleFile(file ?? '')));
    const made = toRows(toHigherTimeframe(fives!, '5m', '1h').candles);
    const stated = new Map(toRows(hours!).map((row) => [row.openTimeMs, row]));
    const same = made.filter((row) => {
      const { open, high, low, close } = stated.get(row.openTimeMs) ?? row;
      return row.open === open && row.high === high && row.low === low && row.close === close;
    });
    expect(made.length).toBeGreaterThan(8_700);
    // The hours of the halt of 2023-03-24 are made of other rows than the exchange's.
    expect(made.length - same.length).toBeLessThanOrEqual(2);
  });
});
