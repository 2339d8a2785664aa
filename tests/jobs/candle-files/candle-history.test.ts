import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listSeries } from '../../../db/queries/candle-history.ts';
import { storeCandles } from '../../../db/queries/candles.ts';
import { closedStretch, downloadCandles } from '../../../jobs/candle-files/download-candles.ts';
import { exportCandles } from '../../../jobs/candle-files/export-candles.ts';
import { findMisfit, importCandles } from '../../../jobs/candle-files/import-candles.ts';
import { loadStoredCandles } from '../../../jobs/candle-files/load-stored-candles.ts';
import { readCandles } from '../../../jobs/candle-files/load-candle-file.ts';
import { createMarketData } from '../../../jobs/create-deps.ts';
import { createLog } from '../../../jobs/log.ts';
import { toCandles, toRows } from '../../../jobs/trading/candles.ts';
import type { Candle, Candles } from '../../../jobs/trading/types.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { startExchangeSimulator, type ExchangeSimulator } from '../../support/exchange-simulator/start.ts';

const MINUTE_MS = 60_000;
const START_MS = Date.UTC(2024, 0, 1);
const ALL = { fromMs: 0, toMs: 1e14 };
const minute = (index: number) => START_MS + index * MINUTE_MS;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const awkward = [1e-8, 0.1 + 0.2, 123_456_789.123_456_78, 1.7976931348623157e15, 5e-9, 1 / 3];
const series = (symbol: string, venue = 'binance') => ({ venue, symbol, timeframe: '1m' as const });

const candle = (index: number, price = 100 + (index % 7)): Candle => ({
  openTimeMs: minute(index),
  open: price,
  high: price * 1.5,
  low: price,
  close: price,
  volume: index / 3,
});
const minutes = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => candle(from + index));

const take = (candles: Candles, replaces = false) => ({ candles, replaces, onProgress: () => true });

async function exported(symbol: string, venue = 'binance'): Promise<string> {
  let text = '';
  for await (const page of exportCandles(database.db, series(symbol, venue), ALL)) text += page;
  return text;
}

async function* bytesOf(text: string) {
  yield new TextEncoder().encode(text);
}

describe('candles that go in and out', () => {
  it('come out with the very figures that went in, and go in again as the same', async () => {
    const rows = awkward.map((price, index) => candle(index, price));
    await importCandles(database.db, series('ROUND/USDT'), take(toCandles(rows)));
    const text = await exported('ROUND/USDT');
    expect(text).not.toMatch(/e[+-]?\d/);
    const { candles } = await readCandles(bytesOf(text));
    expect(toRows(candles)).toEqual(rows);
    const again = await importCandles(database.db, series('ROUND/USDT'), take(candles));
    expect(again).toEqual({ done: 6, added: 0, changed: 0, differing: { count: 0, firstTimeMs: undefined } });
    expect(await exported('ROUND/USDT')).toBe(text);
    const stretch = { fromMs: minute(1), toMs: minute(5) };
    const stored = await loadStoredCandles(database.db, series('ROUND/USDT'), stretch);
    expect(toRows(stored.candles)).toEqual(rows.slice(1, 5));
    await expect(loadStoredCandles(database.db, series('NONE/USDT'), stretch)).rejects.toThrow('no candle');
  });

  it('leave what is stored as it is, and say where it differs, unless it is to be replaced', async () => {
    await importCandles(database.db, series('KEEP/USDT'), take(toCandles(minutes(0, 10))));
    const others = toCandles([candle(4, 999), candle(5, 999), ...minutes(6, 12)]);
    expect(await importCandles(database.db, series('KEEP/USDT'), take(others))).toEqual({
      done: 8,
      added: 2,
      changed: 0,
      differing: { count: 2, firstTimeMs: minute(4) },
    });
    expect(await importCandles(database.db, series('KEEP/USDT'), take(others, true))).toMatchObject({
      added: 0,
      changed: 2,
      differing: { count: 0 },
    });
    expect(await exported('KEEP/USDT')).toContain(`${minute(4)},999,1498.5,999,999,`);
  });

  it('can be stopped after a batch, and be taken up again', async () => {
    const candles = toCandles(minutes(0, 50_000));
    const stopped = await importCandles(database.db, series('STOP/USDT'), {
      candles,
      replaces: false,
      onProgress: (done) => done < 40_000,
    });
    expect(stopped).toMatchObject({ done: 40_000, added: 40_000 });
    expect(await importCandles(database.db, series('STOP/USDT'), take(candles))).toMatchObject({
      added: 10_000,
    });
    expect((await listSeries(database.db)).find((each) => each.symbol === 'STOP/USDT')).toEqual({
      ...series('STOP/USDT'),
      firstMs: minute(0),
      lastMs: minute(49_999),
      count: 50_000,
      isKept: true,
    });
  });

  it('must fit the timeframe, and be over', () => {
    const candles = toCandles(minutes(0, 10));
    const later = minute(20);
    expect(findMisfit(candles, '1m', later)).toBeUndefined();
    expect(findMisfit(candles, '5m', later)).toContain('does not open at a multiple of 5m');
    expect(findMisfit(candles, '1s', later)).toContain('No two candles lie 1s apart');
    expect(findMisfit(candles, '1m', minute(9) + MINUTE_MS)).toBeUndefined();
    expect(findMisfit(candles, '1m', minute(9) + MINUTE_MS - 1)).toContain('is not over yet');
    expect(findMisfit(toCandles(minutes(0, 1)), '1m', later)).toBeUndefined();
  });
});

describe('a download', () => {
  const ROWS = 5_000;
  let simulator: ExchangeSimulator;
  const clock = { now: () => minute(ROWS) };

  beforeAll(async () => {
    simulator = await startExchangeSimulator({
      clock,
      accounts: [],
      markets: [{ symbol: 'BTC/USDT', candles: minutes(0, ROWS), startMs: START_MS, timeframeMs: MINUTE_MS }],
    });
  });
  afterAll(() => simulator.stop());

  const marketOf = (venue: string) =>
    createMarketData({
      db: database.db,
      log: createLog({ level: 'silent' }),
      clock,
      exchangeUrls: { binance: simulator.url },
    })(venue);
  const candlePages = () => simulator.requests.filter(({ path }) => path.endsWith('/klines')).length;

  it('stores what the exchange has, goes on where it was stopped, and asks for nothing twice', async () => {
    const stretch = closedStretch({ timeframe: '1m', ...ALL, fromMs: START_MS + 1 }, clock.now());
    expect(stretch).toEqual({ fromMs: minute(1), toMs: minute(ROWS) });
    const download = { symbol: 'BTC/USDT', timeframe: '1m' as const, ...stretch };
    const steps: number[] = [];
    const stopAfterTwo = ({ reachedMs }: { reachedMs: number }) => steps.push(reachedMs) < 2;
    const parts = { db: database.db, market: marketOf('binance') };
    expect(await downloadCandles({ ...parts, onStep: stopAfterTwo }, download)).toBe(false);
    expect(steps).toEqual([minute(1_001), minute(2_001)]);
    let added = 0;
    const count = (step: { added: number }) => ((added += step.added), true);
    expect(await downloadCandles({ ...parts, onStep: count }, download)).toBe(true);
    expect(added).toBe(ROWS - 2_001);
    const { candles } = await readCandles(bytesOf(await exported('BTC/USDT')));
    expect(toRows(candles).map(({ openTimeMs }) => openTimeMs)).toEqual(
      minutes(1, ROWS).map(({ openTimeMs }) => openTimeMs),
    );
    const before = candlePages();
    expect(await downloadCandles({ ...parts, onStep: count }, download)).toBe(true);
    expect(candlePages()).toBe(before);
  });

  it('fills the holes of what is stored, and those alone', async () => {
    const rows = minutes(0, 300).filter((_, index) => (index < 100 || index >= 120) && index !== 250);
    await database.sql`delete from candles`;
    await database.sql`delete from candle_series`;
    await storeCandles(database.db, series('BTC/USDT'), { rows });
    const steps: { reachedMs: number; added: number }[] = [];
    const onStep = (step: { reachedMs: number; added: number }) => steps.push(step) > 0;
    const parts = { db: database.db, market: marketOf('binance'), onStep };
    await downloadCandles(parts, {
      symbol: 'BTC/USDT',
      timeframe: '1m',
      fromMs: minute(0),
      toMs: minute(300),
    });
    expect(steps).toEqual([
      { reachedMs: minute(120), added: 20 },
      { reachedMs: minute(251), added: 1 },
      { reachedMs: minute(300), added: 0 },
    ]);
    expect(await listSeries(database.db)).toMatchObject([{ count: 300, isKept: true }]);
  });

  it('has what came before a failure, and says what failed', async () => {
    await database.sql`delete from candles`;
    await database.sql`delete from candle_series`;
    const parts = { db: database.db, market: marketOf('binance'), onStep: () => true };
    const stretch = { fromMs: minute(0), toMs: minute(3_000) };
    let pages = 0;
    simulator.setFault(({ path }) =>
      path.endsWith('/klines') && ++pages > 1 ? { type: 'reply', status: 503, body: 'busy' } : undefined,
    );
    const failed = downloadCandles(parts, { symbol: 'BTC/USDT', timeframe: '1m', ...stretch });
    await expect(failed).rejects.toMatchObject({ name: 'ExchangeError', kind: 'transient' });
    simulator.setFault(undefined);
    expect(await listSeries(database.db)).toMatchObject([{ count: 1_000 }]);
    await downloadCandles(parts, { symbol: 'BTC/USDT', timeframe: '1m', ...stretch });
    expect(await listSeries(database.db)).toMatchObject([{ count: 3_000 }]);
  });

  it('takes the candles of the demo market as well', async () => {
    const parts = { db: database.db, market: marketOf('demo'), onStep: () => true };
    const stretch = { fromMs: minute(0), toMs: minute(100) };
    await downloadCandles(parts, { symbol: 'BTC/USDT', timeframe: '1m', ...stretch });
    expect((await exported('BTC/USDT', 'demo')).split('\n')).toHaveLength(102);
  });
});
