import { randomBytes } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { botRuns, strategies } from '../../db/schema/bots.ts';
import { fills, orders } from '../../db/schema/orders.ts';
import { sum, ZERO } from '../../jobs/trading/decimal.ts';
import { startProcess, type RunningApp } from '../support/app.ts';
import { createTestDatabase } from '../support/database.ts';
import { insertBot, insertKey, insertUser, startEngine, type Engine } from '../support/engine.ts';
import type { SimulatedOrder } from '../support/exchange-simulator/engine-types.ts';
import { startExchangeSimulator, type ExchangeSimulator } from '../support/exchange-simulator/start.ts';
import { waitUntil } from '../support/trading-world.ts';

const KEY = { apiKey: 'grid-api-key-0001', apiSecret: 'grid-secret-0001' };
const SECOND = 1_000;
/** The price swings through levels and rises above the top of the grid; then it stands still. */
const SWINGS_S = 24;
const priceAt = (second: number) =>
  Math.round((50_000 + 20 * second + 450 * Math.sin((second * 2 * Math.PI) / 8)) * 100) / 100;

function swinging(startS: number) {
  return Array.from({ length: 600 }, (_row, index) => {
    const at = (second: number) => priceAt(Math.min(Math.max(second - startS, 0), SWINGS_S));
    const [open, close] = [at(index), at(index + 1)];
    const [high, low] = [Math.max(open, close), Math.min(open, close)];
    return { openTimeMs: index, open, high, low, close, volume: 2 };
  });
}

const PARAMETERS = {
  lower_price: 49_200,
  upper_price: 50_800,
  levels: 9,
  spacing: 'arithmetic',
  initial_buy: true,
  trails_up: true,
  stop_price: 0,
  take_profit_pct: 0,
};

const isOpen = ({ status }: SimulatedOrder) => status === 'NEW' || status === 'PARTIALLY_FILLED';

describe('a live grid that two processes keep', () => {
  let engine: Engine;
  let simulator: ExchangeSimulator;
  let processes: RunningApp[] = [];
  let drop: () => Promise<void>;
  let botId: string;

  beforeAll(async () => {
    const database = await createTestDatabase();
    drop = () => database.drop();
    const startMs = Math.floor(Date.now() / SECOND) * SECOND;
    // The processes are up well before the price begins to move.
    const candles = swinging(20);
    simulator = await startExchangeSimulator({
      clock: { now: () => Date.now() },
      markets: [{ symbol: 'BTC/USDT', candles, timeframeMs: SECOND, startMs }],
      accounts: [{ apiKey: KEY.apiKey, secret: KEY.apiSecret, balances: { USDT: '20000' } }],
      fees: { maker: '0.001', taker: '0.001' },
    });
    const encryptionKey = randomBytes(32);
    const exchangeUrls = { binance: simulator.url };
    engine = await startEngine({
      clock: { nowMs: startMs, now: () => Date.now() },
      database,
      encryptionKey,
      exchangeUrls,
    });
    const userId = await insertUser(engine);
    await engine.deps.db.insert(strategies).values({ name: 'GRID', description: 'Grid' });
    const exchangeKeyId = await insertKey(engine, userId, { exchange: 'binance', credentials: KEY });
    const env = {
      ROLE: 'jobs',
      ENCRYPTION_KEY: encryptionKey.toString('base64'),
      EXCHANGE_URLS: JSON.stringify(exchangeUrls),
    };
    processes = await Promise.all([startProcess(database.url, env), startProcess(database.url, env)]);
    const sizing = { type: 'quote_amount' as const, value: '500' };
    const bot = {
      userId,
      exchangeKeyId,
      venue: 'binance',
      strategy: 'GRID',
      timeframe: '1m' as const,
      sizing,
    };
    botId = await insertBot(engine, { ...bot, parameters: PARAMETERS });
  }, 180_000);

  afterAll(async () => {
    await Promise.all(processes.map((each) => each.stop()));
    await engine.stop();
    await simulator.stop();
    await drop();
  });

  const readOrders = () => engine.deps.db.select().from(orders).where(eq(orders.botRunId, botId));
  const ids = (list: { clientOrderId: string }[]) =>
    list.map(({ clientOrderId }) => clientOrderId).toSorted();

  async function agrees(least: number): Promise<boolean> {
    const working = (await readOrders()).filter(({ closedAt }) => closedAt === null);
    const open = simulator.orders(KEY.apiKey).filter(isOpen);
    const isAcknowledged = working.every(({ status }) => status === 'open' || status === 'partially_filled');
    return (
      isAcknowledged && open.length >= least && JSON.stringify(ids(working)) === JSON.stringify(ids(open))
    );
  }

  it('has each level once while the price moves, one of them dies, and the other goes on', async () => {
    await waitUntil('the grid stands', () => agrees(8));
    await waitUntil('levels have filled', () => simulator.trades(KEY.apiKey).length >= 5);
    await processes[0]?.kill();
    await waitUntil('levels have filled after that', () => simulator.trades(KEY.apiKey).length >= 12);
    // A level that was sold and lies above the price waits for it to rise beyond.
    await waitUntil('all of it has settled', () => agrees(7));
    const own = await readOrders();
    const slots = new Map(own.map((order) => [order.clientOrderId, order.slot]));
    const atVenue = simulator.orders(KEY.apiKey);
    expect(ids(atVenue)).toEqual([...new Set(ids(atVenue))]);
    const overlaps = atVenue.flatMap((one) =>
      atVenue
        .filter(
          (other) =>
            other.id > one.id &&
            slots.get(other.clientOrderId) === slots.get(one.clientOrderId) &&
            (isOpen(one) || other.createdMs < one.updatedMs),
        )
        .map(
          (other) => `${slots.get(one.clientOrderId) ?? ''}: ${one.clientOrderId} and ${other.clientOrderId}`,
        ),
    );
    expect(overlaps).toEqual([]);
    const moved = await engine.deps.db.select().from(fills).where(eq(fills.botRunId, botId));
    const inBase = ({ fee, feeCurrency }: (typeof moved)[number]) => (feeCurrency === 'BTC' ? fee : ZERO);
    const held = sum([
      ZERO,
      ...moved.map((fill) => (fill.side === 'BUY' ? fill.quantity : fill.quantity.neg()).minus(inBase(fill))),
    ]);
    const [bot] = await engine.deps.db.select().from(botRuns).where(eq(botRuns.id, botId));
    expect(held.toFixed()).toBe(bot?.positionQuantity.toFixed());
    expect(held.toFixed()).toBe(ZERO.plus(simulator.balances(KEY.apiKey)['BTC']?.total ?? '0').toFixed());
  }, 240_000);
});
