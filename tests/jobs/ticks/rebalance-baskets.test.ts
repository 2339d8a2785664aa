import { and, asc, eq, inArray } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findRebalance } from '../../../db/queries/rebalances.ts';
import { saveRiskLimits } from '../../../db/queries/risk-limits.ts';
import { botRuns, decisions } from '../../../db/schema/bots.ts';
import { orders } from '../../../db/schema/orders.ts';
import type { Deps } from '../../../jobs/deps.ts';
import { tickBot } from '../../../jobs/handlers/tick-bot.ts';
import { money } from '../../../jobs/trading/decimal.ts';
import type { Candle } from '../../../jobs/trading/types.ts';
import { createTestClock, insertKey, insertUser, startEngine, type Engine } from '../../support/engine.ts';
import { startExchangeSimulator, type ExchangeSimulator } from '../../support/exchange-simulator/start.ts';
import { makeRebalanced } from '../../support/rebalance-basket.ts';

const START_MS = Date.UTC(2030, 0, 1);
const KEY = { apiKey: 'crash-api-key-0001', apiSecret: 'crash-secret-0001' };
const SYMBOLS = ['BTC/USDT', 'ETH/USDT'];

/** Each test has a span of its own: time goes forward only. */
const SPAN_S = 100;
const STEP_S = 70;

/** One price for 70 seconds of each span, another for the rest. */
const stepping = (before: number, after: number): Candle[] =>
  Array.from({ length: 3_600 }, (_row, index) => {
    const price = index % SPAN_S < STEP_S ? before : after;
    return { openTimeMs: index, open: price, high: price, low: price, close: price, volume: 1 };
  });

let engine: Engine;
/** Another process: connections and memory of its own on the same database. */
let another: Engine;
let simulator: ExchangeSimulator;
let userId: string;
let basketId: string;
let legIds: string[];
let span = 0;

beforeAll(async () => {
  const clock = createTestClock(START_MS);
  simulator = await startExchangeSimulator({
    clock,
    markets: [
      { symbol: 'BTC/USDT', candles: stepping(100, 200), timeframeMs: 1_000, startMs: START_MS, spread: '0' },
      { symbol: 'ETH/USDT', candles: stepping(10, 10), timeframeMs: 1_000, startMs: START_MS, spread: '0' },
    ],
    accounts: [{ apiKey: KEY.apiKey, secret: KEY.apiSecret, balances: { USDT: '1000000' } }],
    fees: { maker: '0.001', taker: '0.001' },
  });
  const shared = { exchangeUrls: { binance: simulator.url }, encryptionKey: new Uint8Array(32).fill(7) };
  engine = await startEngine({ ...shared, clock });
  another = await startEngine({ ...shared, clock, database: engine.database });
});

afterAll(async () => {
  await another.stop();
  await engine.stop();
  await simulator.stop();
});

beforeEach(async () => {
  span += 1;
  engine.clock.nowMs = START_MS + (span * SPAN_S + 3) * 1_000;
  await start();
});

afterEach(async () => {
  simulator.setFault(undefined);
  await engine.deps.db.update(botRuns).set({ status: 'STOPPED' });
});

async function start(timeframe: '1s' | '1m' = '1s'): Promise<void> {
  userId = await insertUser(engine);
  const exchangeKeyId = await insertKey(engine, userId, { exchange: 'binance', credentials: KEY });
  ({ basketId, legIds } = await makeRebalanced(engine, {
    userId,
    exchangeKeyId,
    venue: 'binance',
    symbols: SYMBOLS,
    timeframe,
    params: { weights: 'BTC/USDT:50, ETH/USDT:30' },
  }));
}

/** What each leg's jobs say at the close of the candle that just ended. */
const ticksNow = () => legIds.map((botRunId) => ({ botRunId, candleTimeMs: engine.clock.nowMs - 1_000 }));

const readOrders = () =>
  engine.deps.db
    .select()
    .from(orders)
    .where(inArray(orders.botRunId, legIds))
    .orderBy(asc(orders.candleTime), asc(orders.symbol));

async function sayOrders(): Promise<string[]> {
  return (await readOrders()).map(
    ({ side, symbol, quantity, status }) => `${side} ${quantity.toFixed()} ${symbol} ${status}`,
  );
}

const setLeg = (at: number, change: Partial<typeof botRuns.$inferInsert>) =>
  engine.deps.db.update(botRuns).set(change).where(eq(botRuns.id, legIds[at]!));

/** The next close: ticks, and all that follows from them. */
async function pass(ms = 1_000): Promise<void> {
  engine.clock.nowMs += ms;
  await tickBot(engine.deps, ticksNow());
  await engine.drain(['place-order', 'sync-order']);
}

/** How many orders of this basket the exchange itself has. */
async function countAtVenue(): Promise<number> {
  const known = new Set((await readOrders()).map(({ clientOrderId }) => clientOrderId));
  return simulator.orders(KEY.apiKey).filter(({ clientOrderId }) => known.has(clientOrderId)).length;
}

const FIRST = ['BUY 50 BTC/USDT filled', 'BUY 300 ETH/USDT filled'];

describe('a basket at target weights', () => {
  it('decides once for a candle, whichever processes tick its legs at the same time', async () => {
    const [btc, eth] = ticksNow();
    await Promise.all([
      tickBot(engine.deps, [btc!]),
      tickBot(another.deps, [eth!]),
      tickBot(another.deps, [btc!, eth!]),
      tickBot(engine.deps, [eth!]),
    ]);
    expect(await sayOrders()).toEqual(['BUY 50 BTC/USDT intended', 'BUY 300 ETH/USDT intended']);
    await engine.drain(['place-order', 'sync-order']);
    expect(await sayOrders()).toEqual(FIRST);
    expect(await countAtVenue()).toBe(2);
  });

  it('leaves nothing half done where its process dies while it decides, and the job is taken up by another', async () => {
    const enqueue: Deps['boss']['enqueue'] = (db, queue, items) =>
      queue === 'place-order'
        ? Promise.reject(new Error('killed'))
        : engine.deps.boss.enqueue(db, queue, items);
    const dying = { ...engine.deps, boss: { ...engine.deps.boss, enqueue } };
    await expect(tickBot(dying, ticksNow())).rejects.toThrow('killed');
    expect(await readOrders()).toEqual([]);
    expect(await findRebalance(engine.deps.db, basketId)).toBeUndefined();
    await tickBot(another.deps, ticksNow());
    await engine.drain(['place-order', 'sync-order']);
    expect(await sayOrders()).toEqual(FIRST);
  });

  it('doubles nothing where its process dies between intent and sending', async () => {
    await tickBot(engine.deps, ticksNow());
    await tickBot(another.deps, ticksNow());
    engine.clock.nowMs += 1_000;
    await tickBot(another.deps, ticksNow());
    expect(await sayOrders()).toEqual(['BUY 50 BTC/USDT intended', 'BUY 300 ETH/USDT intended']);
    expect((await findRebalance(engine.deps.db, basketId))?.detail).toBe(
      'An order for BTC/USDT is still working: it decides once that has ended.',
    );
    await another.drain(['place-order', 'sync-order']);
    await engine.drain(['place-order', 'sync-order']);
    expect(await sayOrders()).toEqual(FIRST);
    expect(await countAtVenue()).toBe(2);
  });

  it('waits while the outcome of an order is not known, and goes on once it is', async () => {
    simulator.setFault(({ method, path, params }) =>
      method === 'POST' && path === '/api/v3/order' && params['symbol'] === 'ETHUSDT'
        ? { type: 'drop-reply' }
        : undefined,
    );
    await tickBot(engine.deps, ticksNow());
    await engine.drainOnce('place-order');
    simulator.setFault(undefined);
    expect(await sayOrders()).toEqual(['BUY 50 BTC/USDT filled', 'BUY 300 ETH/USDT unknown']);
    engine.clock.nowMs += 1_000;
    await tickBot(engine.deps, ticksNow());
    expect((await readOrders()).length).toBe(2);
    await pass();
    expect(await sayOrders()).toEqual(FIRST);
    expect(await countAtVenue()).toBe(2);
    expect((await findRebalance(engine.deps.db, basketId))?.detail).toMatch(/still working/);
    await pass();
    expect((await findRebalance(engine.deps.db, basketId))?.detail).toMatch(
      /^All shares are near enough\. The nearest to its band: .*; it acts once they are 5 % of all apart\.$/,
    );
  });

  it('brings its legs back after a drift, sales and buys in one transaction', async () => {
    await pass(0);
    await pass(68_000);
    // BTC is 9,990 of 14,987 and ETH 2,997: with 2,000 free no buy has to wait.
    expect((await sayOrders()).slice(2)).toEqual([
      'SELL 12.4825 BTC/USDT filled',
      'BUY 149.91 ETH/USDT filled',
    ]);
    const log = await engine.deps.db
      .select()
      .from(decisions)
      .where(and(inArray(decisions.botRunId, legIds), eq(decisions.signal, 'SELL')));
    expect(log[0]?.reason).toMatch(/^BTC\/USDT is 66\.\d+ % of all, its target 50 %: sells/);
  });

  it('neither buys nor sells a leg that is halted or stopped, and gives its money to no other', async () => {
    await setLeg(0, { status: 'HALTED' });
    await pass(0);
    expect(await sayOrders()).toEqual(['BUY 300 ETH/USDT filled']);
    const stored = await findRebalance(engine.deps.db, basketId);
    expect(stored?.shares).toEqual([
      { symbol: 'ETH/USDT', pct: '0', targetPct: '30', isFrozen: false },
      { symbol: 'BTC/USDT', pct: '0', targetPct: '50', isFrozen: true },
    ]);
    await setLeg(1, { status: 'STOPPED' });
    await pass(68_000);
    expect((await readOrders()).length).toBe(1);
  });

  it('keeps to the limits of its owner, and leaves an asset alone for a while that was refused', async () => {
    const limits = { maxExposureTotalQuote: money('1000') };
    await saveRiskLimits(engine.deps.db, userId, { limits, atMs: engine.clock.nowMs });
    const countRefusals = () =>
      engine.deps.db.$count(
        decisions,
        and(inArray(decisions.botRunId, legIds), eq(decisions.outcome, 'refused')),
      );
    const counts: number[] = [];
    for (const ms of [0, 1_000, 1_000, 1_000, 10_000]) {
      await pass(ms);
      counts.push(await countRefusals());
    }
    expect(await sayOrders()).toEqual(['BUY 10 BTC/USDT filled']);
    // ETH at once, BTC when more of it is wanted, and then none for a while.
    expect(counts).toEqual([1, 2, 2, 2, 2]);
    span += 3;
    await pass(300_000);
    expect(await countRefusals()).toBeGreaterThan(2);
  });

  it('is sized by the price of now where it is decided late', async () => {
    await engine.deps.db.update(botRuns).set({ status: 'STOPPED' });
    await start('1m');
    // Prices at the close of the minute are those before the step.
    const closeMs = Math.ceil(engine.clock.nowMs / 60_000) * 60_000;
    engine.clock.nowMs = START_MS + (span * SPAN_S + STEP_S + 25) * 1_000;
    const candleTimeMs = Math.floor(engine.clock.nowMs / 60_000) * 60_000 - 60_000;
    expect(engine.clock.nowMs - candleTimeMs - 60_000).toBeGreaterThan(10_000);
    expect(closeMs).toBeLessThanOrEqual(candleTimeMs + 60_000);
    await tickBot(
      engine.deps,
      legIds.map((botRunId) => ({ botRunId, candleTimeMs })),
    );
    expect(await sayOrders()).toEqual(['BUY 25 BTC/USDT intended', 'BUY 300 ETH/USDT intended']);
  });
});
