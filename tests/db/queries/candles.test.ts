import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  deleteCandlesBefore,
  findDifferences,
  keepSeries,
  storeCandles,
} from '../../../db/queries/candles.ts';
import { candles, candleSeries } from '../../../db/schema/market.ts';
import type { Candle } from '../../../jobs/trading/types.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

const START_MS = Date.UTC(2030, 0, 1);
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const candle = (second: number, close = 10): Candle => ({
  openTimeMs: START_MS + second * 1_000,
  open: 10,
  high: Math.max(10, close),
  low: Math.min(10, close),
  close,
  volume: 1,
});
const seriesOf = (symbol: string) => ({ venue: 'binance', symbol, timeframe: '1s' });
const seconds = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => candle(from + index));

async function listed(symbol: string) {
  const rows = await database.db.select().from(candleSeries);
  const row = rows.find((each) => each.symbol === symbol);
  return row && [row.count, secondOf(row.firstOpenTime), secondOf(row.lastOpenTime), row.isKept];
}
const secondOf = (time: Date) => (time.getTime() - START_MS) / 1_000;

describe('the stored candles', () => {
  it('are counted by series as they are added, each once', async () => {
    const series = seriesOf('COUNT/USDT');
    const added = await storeCandles(database.db, series, { rows: seconds(10, 20) });
    expect(added).toEqual({ added: 10, changed: 0 });
    expect(await storeCandles(database.db, series, { rows: seconds(5, 15) })).toEqual({
      added: 5,
      changed: 0,
    });
    expect(await storeCandles(database.db, series, { rows: seconds(5, 15) })).toEqual({
      added: 0,
      changed: 0,
    });
    expect(await listed('COUNT/USDT')).toEqual([15, 5, 19, false]);
  });

  it('are counted right when two writers add the same ones at once', async () => {
    const series = seriesOf('RACE/USDT');
    const writers = Array.from({ length: 4 }, () =>
      storeCandles(database.db, series, { rows: seconds(0, 500) }),
    );
    const results = await Promise.all(writers);
    expect(results.reduce((sum, { added }) => sum + added, 0)).toBe(500);
    expect(await listed('RACE/USDT')).toEqual([500, 0, 499, false]);
  });

  it('stay as they are, unless they are to be replaced', async () => {
    const series = seriesOf('DIFF/USDT');
    await storeCandles(database.db, series, { rows: seconds(0, 3) });
    const other = [candle(1, 11), candle(2), candle(3)];
    expect(await findDifferences(database.db, series, other)).toEqual({
      count: 1,
      firstTimeMs: START_MS + 1_000,
    });
    expect(await storeCandles(database.db, series, { rows: other })).toEqual({ added: 1, changed: 0 });
    expect((await findDifferences(database.db, series, other)).count).toBe(1);
    const replaced = await storeCandles(database.db, series, { rows: other, replaces: true });
    expect(replaced).toEqual({ added: 0, changed: 1 });
    expect(await findDifferences(database.db, series, other)).toEqual({ count: 0, firstTimeMs: undefined });
    expect(await listed('DIFF/USDT')).toEqual([4, 0, 3, false]);
  });

  it('go once they are old, except those of a series that somebody brought in', async () => {
    await storeCandles(database.db, seriesOf('OLD/USDT'), { rows: seconds(0, 10) });
    await storeCandles(database.db, seriesOf('GONE/USDT'), { rows: seconds(0, 3) });
    await storeCandles(database.db, seriesOf('KEPT/USDT'), { rows: seconds(0, 10), keeps: true });
    await storeCandles(database.db, seriesOf('LATER/USDT'), { rows: seconds(0, 10) });
    await keepSeries(database.db, seriesOf('LATER/USDT'));
    await deleteCandlesBefore(database.db, '1s', START_MS + 4_000);
    expect(await listed('OLD/USDT')).toEqual([6, 4, 9, false]);
    expect(await listed('GONE/USDT')).toBeUndefined();
    expect(await listed('KEPT/USDT')).toEqual([10, 0, 9, true]);
    expect(await listed('LATER/USDT')).toEqual([10, 0, 9, true]);
    const left = await database.db.select({ symbol: candles.symbol }).from(candles);
    expect(left.filter((row) => row.symbol === 'OLD/USDT')).toHaveLength(6);
    expect(left.filter((row) => row.symbol === 'KEPT/USDT')).toHaveLength(10);
  });
});
