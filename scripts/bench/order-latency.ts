/** From a candle's close to the order at the venue, with many live bots. */
import { orders } from '../../db/schema/orders.ts';
import { startRunner } from '../../jobs/runner.ts';
import type { Candle } from '../../jobs/trading/types.ts';
import { startTestServer } from '../../tests/support/database.ts';
import { insertBot, insertKey, insertUser, startEngine, type Engine } from '../../tests/support/engine.ts';
import {
  startExchangeSimulator,
  type ExchangeSimulator,
} from '../../tests/support/exchange-simulator/start.ts';
import { percentile, type Benchmark } from '../measure.ts';

const BOTS = 1_000;
const SYMBOLS = 50;
const ACCOUNTS = 100;
const SECOND_MS = 1_000;
const HISTORY = 120;
/** Seconds in which bots and keys are written, before the replay's present begins. */
const LEAD = 25;
/** Seconds that are measured. */
const MEASURED = 40;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const symbolOf = (index: number) => `C${String(index)}/USDT`;
const keyOf = (index: number) => ({
  apiKey: `bench-key-${String(index)}`,
  apiSecret: `bench-secret-${String(index)}`,
});

/** A seeded random walk of 0.1 % steps: signals come as they do, a few a second over all bots. Mulberry32. */
function makeCandles(seed: number): Candle[] {
  let state = seed * 0x9e3779b9;
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  let close = 1_000;
  return Array.from({ length: HISTORY + LEAD + MEASURED + 60 }, (_row, index) => {
    const open = close;
    close = Math.round(open * (1 + (random() - 0.5) / 500) * 100) / 100;
    return {
      openTimeMs: index,
      open,
      high: Math.max(open, close),
      low: Math.min(open, close),
      close,
      volume: 1,
    };
  });
}

async function insertBots(engine: Engine): Promise<void> {
  const userId = await insertUser(engine);
  const keys: string[] = [];
  for (let index = 0; index < ACCOUNTS; index++) {
    keys.push(
      await insertKey(engine, userId, {
        exchange: 'binance',
        credentials: keyOf(index),
        label: String(index),
      }),
    );
  }
  for (let index = 0; index < BOTS; index++) {
    const exchangeKeyId = keys[index % ACCOUNTS];
    if (exchangeKeyId === undefined) continue;
    const symbol = symbolOf(index % SYMBOLS);
    const parameters = { rsi_period: 5 + (index % 20), oversold: 30, overbought: 70, smoothing: 'simple' };
    await insertBot(engine, { userId, exchangeKeyId, venue: 'binance', symbol, sizing: SIZING, parameters });
  }
}

const SIZING = { type: 'quote_amount' as const, value: '100' };

/** As many bare requests at once to the same server: what HTTP alone takes. */
async function measureBare(url: string): Promise<number[]> {
  const began = performance.now();
  const one = () =>
    fetch(`${url}/api/v3/time`).then(async (reply) => (await reply.text(), performance.now() - began));
  return Promise.all(Array.from({ length: BOTS }, one));
}

const ordersOf = (simulator: ExchangeSimulator) =>
  Array.from({ length: ACCOUNTS }, (_account, index) => simulator.orders(keyOf(index).apiKey)).flat();

/** Returns how long after the close of the candle that it answers to each order reached the venue. */
async function measureOrders(simulator: ExchangeSimulator, engine: Engine): Promise<number[]> {
  const runner = await startRunner(engine.deps);
  await pause(MEASURED * SECOND_MS);
  await runner.stop();
  const ours = await engine.deps.db
    .select({ id: orders.clientOrderId, candleTime: orders.candleTime })
    .from(orders);
  const closes = new Map(ours.map(({ id, candleTime }) => [id, candleTime.getTime() + SECOND_MS]));
  return ordersOf(simulator).map((order) => order.createdMs - (closes.get(order.clientOrderId) ?? NaN));
}

export const benchmark: Benchmark = {
  title: `Order latency: ${String(BOTS)} live bots on ${String(SYMBOLS)} symbols and ${String(ACCOUNTS)} accounts, one candle a second`,
  run: async () => {
    const stopServer = await startTestServer();
    const clock = { now: () => Date.now(), nowMs: 0 };
    const startMs = Math.floor(Date.now() / SECOND_MS) * SECOND_MS - HISTORY * SECOND_MS;
    const simulator = await startExchangeSimulator({
      clock,
      markets: Array.from({ length: SYMBOLS }, (_market, index) => ({
        symbol: symbolOf(index),
        candles: makeCandles(index + 1),
        timeframeMs: SECOND_MS,
        startMs,
      })),
      accounts: Array.from({ length: ACCOUNTS }, (_account, index) => {
        const { apiKey, apiSecret } = keyOf(index);
        return { apiKey, secret: apiSecret, balances: { USDT: '100000' } };
      }),
      fees: { maker: '0.001', taker: '0.001' },
    });
    const engine = await startEngine({ clock, exchangeUrls: { binance: simulator.url }, supervise: true });
    await insertBots(engine);
    const bare = await measureBare(simulator.url);
    const latencies = await measureOrders(simulator, engine);
    await engine.stop();
    await simulator.stop();
    await stopServer();
    const [p50, p95, p99] = [0.5, 0.95, 0.99].map((fraction) => percentile(latencies, fraction).toFixed(0));
    return {
      unit: 'ms at p95',
      ours: percentile(latencies, 0.95),
      yardstick: percentile(bare, 0.95),
      notes: [
        `${String(latencies.length)} orders in ${String(MEASURED)} s; p50 ${String(p50)} ms, p95 ${String(p95)} ms, p99 ${String(p99)} ms after the close`,
        `exchange, database and engine share this machine; the yardstick is ${String(BOTS)} bare requests at once`,
      ],
    };
  },
};
