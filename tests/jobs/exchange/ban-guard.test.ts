import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listHealth } from '../../../db/queries/account-health.ts';
import { listOpenAlerts } from '../../../db/queries/alerts.ts';
import { insertIntents } from '../../../db/queries/orders.ts';
import { accountHealth } from '../../../db/schema/account-health.ts';
import { orders } from '../../../db/schema/orders.ts';
import type { AccountRef } from '../../../jobs/deps.ts';
import { money } from '../../../jobs/trading/decimal.ts';
import { clientOrderId } from '../../../jobs/trading/portfolio/client-order-id.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import {
  createTestClock,
  insertBot,
  insertKey,
  insertUser,
  startEngine,
  type Engine,
} from '../../support/engine.ts';
import { startExchangeSimulator, type ExchangeSimulator } from '../../support/exchange-simulator/start.ts';
import { candlesOf, failureOf, START_MS, SYMBOL } from './binance-scenario.ts';

const CREDENTIALS = { apiKey: 'ban-guard-key-0001', apiSecret: 'ban-guard-secret-0001' };
const BAN_S = 120;
/** Longer than another process may take to see a ban. */
const SEEN_MS = 300;

let database: TestDatabase;
let simulator: ExchangeSimulator;
/** Two processes on one database, each with its own memory and connections. */
let one: Engine;
let two: Engine;
let account: AccountRef;
let moveOn: (ms: number) => void;

beforeAll(async () => {
  database = await createTestDatabase();
});

beforeEach(async () => {
  const clocks = [createTestClock(START_MS), createTestClock(START_MS)] as const;
  moveOn = (ms) => {
    for (const clock of clocks) clock.nowMs += ms;
  };
  simulator = await startExchangeSimulator({
    clock: clocks[0],
    markets: [
      {
        symbol: SYMBOL,
        candles: candlesOf(Array.from({ length: 600 }, () => [100, 100] as const)),
        timeframeMs: 1_000,
        startMs: START_MS,
      },
    ],
    accounts: [{ apiKey: CREDENTIALS.apiKey, secret: CREDENTIALS.apiSecret, balances: { USDT: '1000' } }],
  });
  const shared = { database, encryptionKey: randomBytes(32), exchangeUrls: { binance: simulator.url } };
  one = await startEngine({ ...shared, clock: clocks[0] });
  two = await startEngine({ ...shared, clock: clocks[1] });
  const userId = await insertUser(one);
  const accountId = await insertKey(one, userId, { exchange: 'binance', credentials: CREDENTIALS });
  account = { accountId, userId, mode: 'live', venue: 'binance' };
});

afterEach(async () => {
  await one.stop();
  await two.stop();
  await simulator.stop();
  await database.db.delete(accountHealth);
});

afterAll(() => database.drop());

const balancesBy = async (engine: Engine) => (await engine.deps.accountFor(account)).fetchBalances();

/** The exchange answers requests to `path` with a ban. */
function banOn(path: string, status: number): void {
  simulator.setFault((request) =>
    request.path === path
      ? {
          type: 'reply',
          status,
          body: '{"code":-1003,"msg":"Too much."}',
          headers: { 'retry-after': String(BAN_S) },
        }
      : undefined,
  );
}

/** Returns how many requests reach the exchange while `work` runs. */
async function countRequests(work: () => Promise<unknown>): Promise<number> {
  const before = simulator.requests.length;
  await work();
  return simulator.requests.length - before;
}

async function intend(engine: Engine): Promise<string> {
  const botRunId = await insertBot(engine, {
    userId: account.userId,
    exchangeKeyId: account.accountId,
    venue: 'binance',
  });
  const [id, nowMs] = [randomUUID(), engine.clock.now()];
  await insertIntents(engine.deps.db, [
    {
      id,
      botRunId,
      userId: account.userId,
      accountId: account.accountId,
      venue: 'binance',
      symbol: SYMBOL,
      clientOrderId: clientOrderId({ botRunId, timeMs: nowMs, leg: 0 }),
      side: 'BUY',
      type: 'market',
      reason: 'signal',
      quantity: money('0.5'),
      candleTimeMs: nowMs,
      leg: 0,
      decidedAtMs: nowMs,
    },
  ]);
  await engine.boss.enqueue(engine.deps.db, 'place-order', [{ payload: { orderId: id } }]);
  return id;
}

describe('an account that its exchange shuts out', () => {
  beforeEach(async () => {
    await balancesBy(one);
    await balancesBy(two);
    await wait(SEEN_MS);
  });

  it.each([418, 429])(
    'is called by no process before the pause asked for with %i is over',
    async (status) => {
      banOn('/api/v3/account', status);
      expect(await failureOf(balancesBy(one))).toMatchObject({ kind: 'rate-limited' });
      simulator.setFault(undefined);
      await wait(SEEN_MS);
      for (const engine of [one, two]) {
        const sent = await countRequests(async () => {
          const failure = await failureOf(balancesBy(engine));
          expect(failure).toMatchObject({ kind: 'rate-limited', retryAfterMs: BAN_S * 1_000 });
          expect(failure.message).toBe(
            'binance asked for a pause: nothing is sent to it before 00:02:00 UTC.',
          );
        });
        expect(sent).toBe(0);
      }
      moveOn(BAN_S * 1_000);
      expect((await balancesBy(two)).get('USDT')?.total.toFixed()).toBe('1000');
    },
  );

  it('keeps another process’s order as an intent, and gets it once the pause is over', async () => {
    banOn('/api/v3/account', 418);
    await failureOf(balancesBy(one));
    simulator.setFault(undefined);
    await wait(SEEN_MS);
    const id = await intend(two);
    const statusOf = async () =>
      (await database.db.select().from(orders).where(eq(orders.id, id)))[0]?.status;
    expect(await countRequests(() => two.drainOnce('place-order'))).toBe(0);
    expect(await statusOf()).toBe('intended');
    simulator.setFault(undefined);
    // Within the age at which an entry is dropped.
    await database.db.update(orders).set({ decidedAt: new Date(START_MS + BAN_S * 1_000) });
    moveOn(BAN_S * 1_000);
    await two.drain(['place-order', 'sync-order']);
    expect(await statusOf()).toBe('filled');
    expect(simulator.orders(CREDENTIALS.apiKey)).toHaveLength(1);
  });

  it('leaves market data alone', async () => {
    banOn('/api/v3/account', 418);
    await failureOf(balancesBy(one));
    await wait(SEEN_MS);
    expect((await two.deps.marketData('binance').fetchTicker(SYMBOL)).last.toFixed()).toBe('100');
  });

  it('has an alert for its owner until the pause is over', async () => {
    banOn('/api/v3/account', 418);
    await failureOf(balancesBy(one));
    const look = async () => {
      await two.boss.enqueue(two.deps.db, 'deliver-alerts', [{ payload: { slotMs: 0 } }]);
      await two.drainOnce('deliver-alerts');
      return listOpenAlerts(two.deps.db, account.userId, 10);
    };
    expect(await look()).toMatchObject([{ title: 'test is shut out by its exchange' }]);
    expect((await look())[0]?.detail).toContain('No bot calls it before 00:02:00 UTC.');
    moveOn(BAN_S * 1_000);
    expect(await look()).toEqual([]);
  });
});

describe('a venue whose public side asks for a pause', () => {
  it('gets no public request from any process, while orders and what is in memory go on', async () => {
    const ticker = (engine: Engine) => engine.deps.marketData('binance').fetchTicker(SYMBOL);
    await Promise.all([ticker(one), ticker(two), balancesBy(two)]);
    banOn(simulator.requests.find((request) => request.path.includes('ticker'))?.path ?? '', 429);
    expect(await failureOf(ticker(one))).toMatchObject({ kind: 'rate-limited' });
    simulator.setFault(undefined);
    await wait(SEEN_MS);
    const sent = await countRequests(async () => {
      expect(await failureOf(ticker(two))).toMatchObject({ kind: 'rate-limited' });
      expect((await two.deps.marketData('binance').loadMarkets()).has(SYMBOL)).toBe(true);
    });
    expect(sent).toBe(0);
    expect((await balancesBy(two)).has('USDT')).toBe(true);
    moveOn(BAN_S * 1_000);
    await ticker(two);
  });

  it('gets no request of a call that was under way when the pause began', async () => {
    const data = () => one.deps.marketData('binance');
    await data().fetchTicker(SYMBOL);
    const isBook = (path: string) => path === '/api/v3/depth';
    simulator.setFault(({ path }) => {
      if (path === '/api/v3/klines') return { type: 'delay', ms: 1_500 };
      if (!isBook(path)) return undefined;
      return { type: 'reply', status: 429, body: '{}', headers: { 'retry-after': String(BAN_S) } };
    });
    // More candles than one page holds: the second page is asked for after the pause began.
    moveOn(1_500_000);
    const query = { symbol: SYMBOL, timeframe: '1s', sinceMs: START_MS, limit: 1_400 } as const;
    const candles = failureOf(data().fetchCandles(query));
    await wait(150);
    expect(await failureOf(data().fetchOrderBook(SYMBOL, 5))).toMatchObject({ kind: 'rate-limited' });
    expect(await candles).toMatchObject({ kind: 'rate-limited' });
    expect(simulator.requests.filter(({ path }) => path === '/api/v3/klines')).toHaveLength(1);
  });
});

describe('what is known of an account', () => {
  it('is written down for all processes: latency, weight, last success and last error', async () => {
    simulator.setFault((request) =>
      request.path === '/api/v3/account'
        ? { type: 'reply', status: 503, body: '', headers: { 'x-mbx-used-weight-1m': '320' } }
        : undefined,
    );
    await failureOf(balancesBy(one));
    await wait(3_300);
    const health = (await listHealth(two.deps.db, [account.accountId], two.clock.now())).get(
      account.accountId,
    );
    expect(health).toMatchObject({
      weight: { used: 320, limit: 6_000, atMs: START_MS },
      lastError: { atMs: START_MS },
      lastOkAtMs: START_MS,
      ban: null,
    });
    expect(health?.latencyMs).toBeGreaterThanOrEqual(0);
    expect(health?.lastError?.message).toContain('503');
  });
});
