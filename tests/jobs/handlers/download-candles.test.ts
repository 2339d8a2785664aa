import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  cancelDownload,
  findDownload,
  insertDownload,
  type CandleDownload,
} from '../../../db/queries/candle-downloads.ts';
import { listSeries } from '../../../db/queries/candle-history.ts';
import type { Candle } from '../../../jobs/trading/types.ts';
import { createTestClock, insertUser, startEngine, type Engine } from '../../support/engine.ts';
import { startExchangeSimulator, type ExchangeSimulator } from '../../support/exchange-simulator/start.ts';

const MINUTE_MS = 60_000;
const START_MS = Date.UTC(2024, 0, 1);
const ROWS = 4_500;
const minute = (index: number) => START_MS + index * MINUTE_MS;
const bar: Candle = { openTimeMs: 0, open: 10, high: 11, low: 9, close: 10, volume: 1 };
const clock = createTestClock(minute(ROWS));

let engine: Engine;
let simulator: ExchangeSimulator;
let userId: string;

beforeAll(async () => {
  simulator = await startExchangeSimulator({
    clock,
    accounts: [],
    markets: ['BTC/USDT', 'ETH/USDT', 'SOL/USDT', 'XRP/USDT'].map((symbol) => ({
      symbol,
      candles: Array.from({ length: ROWS }, () => bar),
      startMs: START_MS,
      timeframeMs: MINUTE_MS,
    })),
  });
  engine = await startEngine({ clock, exchangeUrls: { binance: simulator.url } });
  userId = await insertUser(engine);
});
afterAll(async () => {
  await engine.stop();
  await simulator.stop();
});
beforeEach(() => {
  clock.nowMs = minute(ROWS);
  simulator.setFault(undefined);
});

async function wish(symbol: string): Promise<CandleDownload> {
  const { deps } = engine;
  const times = { fromTime: new Date(minute(0)), toTime: new Date(minute(4_000)), createdAt: new Date() };
  const row = await insertDownload(deps.db, { userId, venue: 'binance', symbol, timeframe: '1m', ...times });
  if (!row) throw new Error('A download is under way.');
  await deps.boss.enqueue(deps.db, 'download-candles', [{ payload: { downloadId: row.id, step: 0 } }]);
  return row;
}
const stateOf = async ({ id }: CandleDownload) => findDownload(engine.deps.db, id);
const heldOf = async (symbol: string) =>
  (await listSeries(engine.deps.db)).find((series) => series.symbol === symbol)?.count;

describe('the download job', () => {
  it('brings a stretch in, slice by slice, and ends', async () => {
    const download = await wish('BTC/USDT');
    // Each page takes longer than a slice.
    simulator.setFault(({ path }) => {
      if (path.endsWith('/klines')) clock.nowMs += 31_000;
      return undefined;
    });
    expect(await engine.drainOnce('download-candles')).toBe(1);
    expect(await stateOf(download)).toMatchObject({
      status: 'running',
      stored: 1_000,
      reachedTime: new Date(minute(1_000)),
    });
    expect(await engine.drain(['download-candles'])).toBe(3);
    expect(await stateOf(download)).toMatchObject({
      status: 'done',
      stored: 4_000,
      reachedTime: download.toTime,
      problem: null,
    });
    expect(await heldOf('BTC/USDT')).toBe(4_000);
  });

  it('keeps what it has and says what it waits for while the exchange does not answer', async () => {
    const download = await wish('ETH/USDT');
    let pages = 0;
    simulator.setFault(({ path }) =>
      path.endsWith('/klines') && ++pages > 2 ? { type: 'reply', status: 503, body: 'busy' } : undefined,
    );
    await engine.drainOnce('download-candles');
    const waiting = await stateOf(download);
    expect(waiting).toMatchObject({ status: 'running', stored: 2_000 });
    expect(waiting?.problem).toBeTruthy();
    simulator.setFault(undefined);
    await engine.drain(['download-candles']);
    expect(await stateOf(download)).toMatchObject({ status: 'done', stored: 4_000, problem: null });
  });

  it('is given up where the exchange refuses for good', async () => {
    const download = await wish('NO/SUCH');
    await engine.drain(['download-candles']);
    const failed = await stateOf(download);
    expect(failed).toMatchObject({ status: 'failed', stored: 0, finishedAt: new Date(clock.nowMs) });
    expect(failed?.problem).toContain('NO/SUCH');
  });

  it('ends after the page that was under way when its owner calls it off, and for nobody else', async () => {
    const download = await wish('SOL/USDT');
    const own = { userId, id: download.id };
    const stranger = { userId: await insertUser(engine), id: download.id };
    expect(await cancelDownload(engine.deps.db, stranger, clock.nowMs)).toBe(false);
    let isCalledOff: Promise<boolean> | undefined;
    simulator.setFault(({ path }) => {
      if (path.endsWith('/klines')) isCalledOff ??= cancelDownload(engine.deps.db, own, clock.nowMs);
      return { type: 'delay', ms: 100 };
    });
    await engine.drain(['download-candles']);
    expect(await isCalledOff).toBe(true);
    expect(await stateOf(download)).toMatchObject({ status: 'canceled' });
    expect(await heldOf('SOL/USDT')).toBe(1_000);
  });

  it('runs once for a series, whoever asks', async () => {
    await wish('XRP/USDT');
    await expect(wish('XRP/USDT')).rejects.toThrow('A download is under way.');
    await engine.drain(['download-candles']);
    await wish('XRP/USDT');
    await engine.drain(['download-candles']);
    expect(await heldOf('XRP/USDT')).toBe(4_000);
  });
});
