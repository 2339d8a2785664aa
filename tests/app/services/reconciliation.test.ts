import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  acceptDifferences,
  adoptForeignOrder,
  cancelForeignOrder,
  getReconciliation,
  ignoreForeignOrder,
} from '../../../app/services/reconciliation.server.ts';
import { botRuns } from '../../../db/schema/bots.ts';
import { orders } from '../../../db/schema/orders.ts';
import { money } from '../../../jobs/trading/decimal.ts';
import type { AccountGateway } from '../../../jobs/exchange/gateway.ts';
import type { Candle } from '../../../jobs/trading/types.ts';
import {
  createTestClock,
  insertBot,
  insertKey,
  insertUser,
  startEngine,
  type Engine,
} from '../../support/engine.ts';
import { startExchangeSimulator, type ExchangeSimulator } from '../../support/exchange-simulator/start.ts';

const START_MS = Date.UTC(2030, 0, 1);
const KEY = { apiKey: 'account-key-0001', apiSecret: 'account-secret-0001' };
/** Falls by 10 a second from 50,000: a limit order below is reached after a while. */
const CANDLES: Candle[] = Array.from({ length: 3_600 }, (_row, index) => {
  const [open, close] = [50_000 - index * 10, 50_000 - (index + 1) * 10];
  return { openTimeMs: START_MS + index * 1_000, open, high: open, low: close, close, volume: 5 };
});

let engine: Engine;
let simulator: ExchangeSimulator;
let userId: string;
let keyId: string;
let botId: string;
let byHand: AccountGateway;
let hands = 0;

beforeAll(async () => {
  const clock = createTestClock(START_MS + 10_000);
  simulator = await startExchangeSimulator({
    clock,
    markets: [{ symbol: 'BTC/USDT', candles: CANDLES, timeframeMs: 1_000, startMs: START_MS }],
    accounts: [{ apiKey: KEY.apiKey, secret: KEY.apiSecret, balances: { USDT: '10000', BTC: '1' } }],
    fees: { maker: '0.001', taker: '0.001' },
  });
  engine = await startEngine({ clock, exchangeUrls: { binance: simulator.url } });
  userId = await insertUser(engine);
  keyId = await insertKey(engine, userId, { exchange: 'binance', credentials: KEY });
  botId = await insertBot(engine, { userId, exchangeKeyId: keyId, venue: 'binance' });
  byHand = await engine.deps.accountFor({ accountId: keyId, userId, mode: 'live', venue: 'binance' });
  await reconcile();
});

afterAll(async () => {
  await engine.stop();
  await simulator.stop();
});

async function reconcile(): Promise<void> {
  engine.clock.nowMs += 6_000;
  await engine.boss.enqueue(engine.deps.db, 'reconcile-account', [{ payload: { accountId: keyId } }]);
  await engine.drain(['reconcile-account', 'sync-order']);
}

async function placeByHand(limitPrice: string): Promise<string> {
  await byHand.placeOrder({
    clientOrderId: `hand${String((hands += 1))}`,
    symbol: 'BTC/USDT',
    side: 'BUY',
    type: 'limit',
    quantity: money('0.01'),
    limitPrice: money(limitPrice),
  });
  await reconcile();
  const [newest] = (await getReconciliation(engine.deps, userId, keyId)).foreignOrders;
  if (!newest?.isOpen) throw new Error('the order is not listed as open');
  return newest.id;
}

const find = async (id: string) =>
  (await getReconciliation(engine.deps, userId, keyId)).foreignOrders.find((order) => order.id === id);

describe('orders of an account that are not ours', () => {
  it('can be left alone', async () => {
    const id = await placeByHand('20000');
    await ignoreForeignOrder(engine.deps, userId, { keyId, foreignOrderId: id });
    expect(await find(id)).toMatchObject({ choice: 'ignored', isOpen: true });
  });

  it('can be cancelled at the exchange', async () => {
    const id = await placeByHand('20100');
    await cancelForeignOrder(engine.deps, userId, { keyId, foreignOrderId: id });
    await engine.drain(['reconcile-account']);
    expect(await find(id)).toMatchObject({ choice: 'canceled', status: 'canceled' });
    await expect(cancelForeignOrder(engine.deps, userId, { keyId, foreignOrderId: id })).rejects.toThrow(
      'not open any more',
    );
  });

  it('can be adopted by a bot, whose fill it is when it comes', async () => {
    const id = await placeByHand('49500');
    await adoptForeignOrder(engine.deps, userId, { keyId, foreignOrderId: id, botRunId: botId });
    await engine.drain(['sync-order']);
    const mine = () => engine.deps.db.select().from(orders).where(eq(orders.botRunId, botId));
    expect(await mine()).toMatchObject([{ status: 'open', side: 'BUY' }]);
    engine.clock.nowMs += 60_000;
    await engine.boss.enqueue(engine.deps.db, 'sync-order', [
      { payload: { orderId: (await mine())[0]?.id ?? '' } },
    ]);
    await engine.drain(['sync-order']);
    expect(await mine()).toMatchObject([{ status: 'filled' }]);
    const [bot] = await engine.deps.db.select().from(botRuns).where(eq(botRuns.id, botId));
    expect(bot?.positionQuantity.toFixed()).toBe('0.00999');
    await reconcile();
    expect(await getReconciliation(engine.deps, userId, keyId)).toMatchObject({
      differences: [],
      error: null,
    });
    await expect(
      adoptForeignOrder(engine.deps, userId, { keyId, foreignOrderId: id, botRunId: botId }),
    ).rejects.toThrow('adopted already');
  });

  it('and the whole account, are nobody else’s business', async () => {
    const stranger = await insertUser(engine);
    const id = await placeByHand('20200');
    const chosen = { keyId, foreignOrderId: id };
    await expect(getReconciliation(engine.deps, stranger, keyId)).rejects.toThrow('no such account');
    await expect(ignoreForeignOrder(engine.deps, stranger, chosen)).rejects.toThrow('no such account');
    await expect(cancelForeignOrder(engine.deps, stranger, chosen)).rejects.toThrow('no such account');
    const adoption = adoptForeignOrder(engine.deps, stranger, { ...chosen, botRunId: botId });
    await expect(adoption).rejects.toThrow('no such account');
    await expect(acceptDifferences(engine.deps, stranger, keyId)).rejects.toThrow('no such account');
    expect(await find(id)).toMatchObject({ choice: null, isOpen: true });
  });
});
