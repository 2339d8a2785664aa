import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCandleStore } from '../../jobs/candle-store.ts';
import { ExchangeError } from '../../jobs/exchange/errors.ts';
import type { CandleQuery, MarketDataGateway } from '../../jobs/exchange/gateway.ts';
import type { Candle } from '../../jobs/trading/types.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const MINUTE = 60_000;
const START_MS = Date.UTC(2030, 0, 1);
let database: TestDatabase;
let symbols = 0;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const candleAt = (openTimeMs: number): Candle => ({
  openTimeMs,
  open: 10,
  high: 12,
  low: 9,
  close: 11,
  volume: 1,
});

/** A venue that has every minute but those named, counts its calls, and answers after a moment. */
function makeVenue(clock: { nowMs: number }, options: { missing?: Set<number>; listedMs?: number } = {}) {
  const calls: CandleQuery[] = [];
  const gateway = {
    async fetchCandles(query: CandleQuery) {
      calls.push(query);
      await new Promise((resolve) => setTimeout(resolve, 5));
      const rows: Candle[] = [];
      for (let at = query.sinceMs; at + MINUTE <= clock.nowMs && rows.length < query.limit; at += MINUTE) {
        if (!options.missing?.has(at) && at >= (options.listedMs ?? 0)) rows.push(candleAt(at));
      }
      return rows;
    },
  } as Partial<MarketDataGateway> as MarketDataGateway;
  return { calls, gateway };
}

function setUp(options: Parameters<typeof makeVenue>[1] = {}) {
  const clock = { nowMs: START_MS + 100 * MINUTE, now: () => clock.nowMs };
  const venue = makeVenue(clock, options);
  const open = () => createCandleStore({ db: database.db, clock, marketData: () => venue.gateway });
  const query = { venue: 'somewhere', symbol: `S${symbols++}/USDT`, timeframe: '1m' as const };
  return { clock, venue, store: open(), open, query };
}

describe('the candle store', () => {
  it('gives the newest closed candles, and asks the venue once for any number of callers', async () => {
    const { venue, store, query } = setUp();
    const all = await Promise.all(Array.from({ length: 20 }, () => store.latest({ ...query, count: 30 })));
    expect(venue.calls).toHaveLength(1);
    for (const candles of all) {
      expect(candles.openTimeMs).toHaveLength(30);
      expect(candles.openTimeMs.at(-1)).toBe(START_MS + 99 * MINUTE);
    }
  });

  it('asks only for what is new after that', async () => {
    const { clock, venue, store, query } = setUp();
    await store.latest({ ...query, count: 30 });
    await store.latest({ ...query, count: 20 });
    clock.nowMs += MINUTE;
    await store.latest({ ...query, count: 30 });
    expect(venue.calls.map(({ sinceMs, limit }) => [sinceMs, limit])).toEqual([
      [START_MS + 70 * MINUTE, 30],
      [START_MS + 100 * MINUTE, 1],
    ]);
  });

  it('reaches further back when more is wanted', async () => {
    const { store, query } = setUp();
    await store.latest({ ...query, count: 5 });
    expect((await store.latest({ ...query, count: 50 })).openTimeMs).toHaveLength(50);
  });

  it('keeps as many candles as were ever asked for, and fetches again what it has let go', async () => {
    const { clock, venue, store, query } = setUp();
    clock.nowMs = START_MS + 5_000 * MINUTE;
    expect((await store.latest({ ...query, count: 800 })).close).toHaveLength(800);
    clock.nowMs += 900 * MINUTE;
    // Of these 1,700 known candles the store keeps 1,000.
    expect((await store.latest({ ...query, count: 1_000 })).close).toHaveLength(1_000);
    const many = await store.latest({ ...query, count: 1_600 });
    expect(many.openTimeMs[0]).toBe(clock.nowMs - 1_600 * MINUTE);
    expect(many.close).toHaveLength(1_600);
    const calls = venue.calls.length;
    expect((await store.latest({ ...query, count: 1_600 })).close).toHaveLength(1_600);
    expect(venue.calls).toHaveLength(calls);
  });

  it('reads what is stored after a restart, and fetches only the rest', async () => {
    const { clock, open, venue, store, query } = setUp();
    await store.latest({ ...query, count: 30 });
    clock.nowMs += 2 * MINUTE;
    const candles = await open().latest({ ...query, count: 30 });
    expect(candles.openTimeMs).toHaveLength(30);
    expect(venue.calls.at(-1)).toMatchObject({ sinceMs: START_MS + 100 * MINUTE, limit: 2 });
  });

  it('asks again for candles that are missing, and has them once the venue does', async () => {
    const missing = new Set([START_MS + 90 * MINUTE]);
    const { venue, store, query } = setUp({ missing });
    expect((await store.latest({ ...query, count: 20 })).openTimeMs).toHaveLength(19);
    missing.clear();
    const mended = await store.latest({ ...query, count: 20 });
    expect([...mended.openTimeMs]).toContain(START_MS + 90 * MINUTE);
    expect(venue.calls.at(-1)).toMatchObject({ sinceMs: START_MS + 90 * MINUTE, limit: 1 });
  });

  it('stops asking for a candle that the venue does not have', async () => {
    const { venue, store, query } = setUp({ missing: new Set([START_MS + 90 * MINUTE]) });
    for (let round = 0; round < 6; round++) await store.latest({ ...query, count: 20 });
    expect(venue.calls.length).toBeLessThanOrEqual(3);
  });

  it('does not ask again and again for the time before a market was listed', async () => {
    const { venue, store, query } = setUp({ listedMs: START_MS + 95 * MINUTE });
    for (let round = 0; round < 3; round++) {
      expect((await store.latest({ ...query, count: 30 })).openTimeMs).toHaveLength(5);
    }
    expect(venue.calls).toHaveLength(1);
  });

  it('passes an error of the venue on, and recovers', async () => {
    const { venue, store, query } = setUp();
    const { gateway } = venue;
    const fetchCandles = gateway.fetchCandles.bind(gateway);
    gateway.fetchCandles = () => Promise.reject(new ExchangeError('transient', 'down'));
    await expect(store.latest({ ...query, count: 5 })).rejects.toThrow('down');
    gateway.fetchCandles = fetchCandles;
    expect((await store.latest({ ...query, count: 5 })).openTimeMs).toHaveLength(5);
  });
});
