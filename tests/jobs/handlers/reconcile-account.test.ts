import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { botRuns } from '../../../db/schema/bots.ts';
import { fills, orders } from '../../../db/schema/orders.ts';
import { accountChanges, foreignOrders, reconciliations } from '../../../db/schema/reconciliation.ts';
import { alerts } from '../../../db/schema/reports.ts';
import { insertIntents } from '../../../db/queries/orders.ts';
import { money } from '../../../jobs/trading/decimal.ts';
import { clientOrderId } from '../../../jobs/trading/portfolio/client-order-id.ts';
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
const KEY = { apiKey: 'reconcile-key-0001', apiSecret: 'reconcile-secret-0001' };
const CANDLES: Candle[] = Array.from({ length: 3_600 }, (_row, index) => ({
  openTimeMs: START_MS + index * 1_000,
  open: 50_000,
  high: 50_000,
  low: 50_000,
  close: 50_000,
  volume: 1,
}));

let engine: Engine;
let simulator: ExchangeSimulator;
let userId: string;
let accountId: string;
let botId: string;
let byHand: AccountGateway;
let hands = 0;

beforeAll(async () => {
  const clock = createTestClock(START_MS + 60_000);
  simulator = await startExchangeSimulator({
    clock,
    markets: [{ symbol: 'BTC/USDT', candles: CANDLES, timeframeMs: 1_000, startMs: START_MS }],
    accounts: [{ apiKey: KEY.apiKey, secret: KEY.apiSecret, balances: { USDT: '10000', BTC: '1' } }],
    fees: { maker: '0.001', taker: '0.001' },
  });
  engine = await startEngine({ clock, exchangeUrls: { binance: simulator.url } });
  userId = await insertUser(engine);
  accountId = await insertKey(engine, userId, { exchange: 'binance', credentials: KEY });
  botId = await insertBot(engine, { userId, exchangeKeyId: accountId, venue: 'binance' });
  byHand = await engine.deps.accountFor({ accountId, userId, mode: 'live', venue: 'binance' });
});

afterAll(async () => {
  await engine.stop();
  await simulator.stop();
});

async function reconcile(): Promise<void> {
  engine.clock.nowMs += 60_000;
  await engine.boss.enqueue(engine.deps.db, 'reconcile-account', [{ payload: { accountId } }]);
  await engine.drain(['reconcile-account']);
}

async function readOutcome() {
  const [row] = await engine.deps.db
    .select()
    .from(reconciliations)
    .where(eq(reconciliations.accountId, accountId));
  return row;
}

const readDriftAlerts = async () =>
  (await engine.deps.db.select().from(alerts)).filter(({ code }) => code.startsWith('drift'));

const placeByHand = (quantity: string, limitPrice?: string) =>
  byHand.placeOrder({
    clientOrderId: `hand${(hands += 1)}`,
    symbol: 'BTC/USDT',
    side: 'BUY',
    type: limitPrice === undefined ? 'market' : 'limit',
    quantity: money(quantity),
    ...(limitPrice === undefined ? {} : { limitPrice: money(limitPrice) }),
  });

async function buyByBot(): Promise<string> {
  const id = crypto.randomUUID();
  const nowMs = engine.clock.now();
  const order = {
    id,
    botRunId: botId,
    userId,
    accountId,
    venue: 'binance',
    symbol: 'BTC/USDT',
    clientOrderId: clientOrderId({ botRunId: botId, timeMs: nowMs, leg: 0 }),
    side: 'BUY' as const,
    type: 'market' as const,
    reason: 'signal' as const,
    quantity: money('0.002'),
    candleTimeMs: nowMs,
    leg: 0,
    decidedAtMs: nowMs,
  };
  await insertIntents(engine.deps.db, [order]);
  await engine.boss.enqueue(engine.deps.db, 'place-order', [{ payload: { orderId: id } }]);
  await engine.drain(['place-order']);
  return id;
}

describe('reconciling an account', () => {
  it('says why it could not, and opens no books, when the exchange does not answer the first time', async () => {
    simulator.setFault(() => ({ type: 'reply', status: 503, body: '{}' }));
    await reconcile();
    simulator.setFault(undefined);
    expect(await readOutcome()).toMatchObject({ booksOpenedAt: null });
    expect((await readOutcome())?.error).not.toBeNull();
  });

  it('opens the books with what is there, and agrees from then on', async () => {
    await buyByBot();
    await reconcile();
    await reconcile();
    expect(await readOutcome()).toMatchObject({ differences: {}, error: null });
    await buyByBot();
    await reconcile();
    expect(await readOutcome()).toMatchObject({ differences: {}, error: null });
    expect(await readDriftAlerts()).toEqual([]);
  });

  it('notes a trade by hand as such, and keeps it out of the bot', async () => {
    const [before] = await engine.deps.db.select().from(botRuns).where(eq(botRuns.id, botId));
    await placeByHand('0.003');
    await reconcile();
    const noted = await engine.deps.db.select().from(accountChanges);
    expect(noted).toMatchObject([{ kind: 'trade', accountId }]);
    expect(noted[0]?.detail).toContain('Bought 0.003 BTC');
    expect(await readOutcome()).toMatchObject({ differences: {} });
    const [after] = await engine.deps.db.select().from(botRuns).where(eq(botRuns.id, botId));
    expect(after).toEqual(before);
    await reconcile();
    expect(await engine.deps.db.select().from(accountChanges)).toHaveLength(1);
  });

  it('lists an order placed by hand while it rests, and sees it go', async () => {
    const placed = await placeByHand('0.01', '40000');
    await reconcile();
    expect(await engine.deps.db.select().from(foreignOrders)).toMatchObject([
      { exchangeOrderId: placed.exchangeOrderId, status: 'open', choice: null },
    ]);
    await byHand.cancelOrder({ symbol: 'BTC/USDT', exchangeOrderId: placed.exchangeOrderId, sinceMs: 0 });
    await reconcile();
    expect(await engine.deps.db.select().from(foreignOrders)).toMatchObject([{ status: 'canceled' }]);
    expect(await readOutcome()).toMatchObject({ differences: {} });
  });

  it('explains deposits and withdrawals, fees included', async () => {
    simulator.engine.deposit(KEY.apiKey, { asset: 'USDT', amount: '500' });
    simulator.engine.withdraw(KEY.apiKey, { asset: 'BTC', amount: '0.2', fee: '0.0005' });
    await reconcile();
    expect(await readOutcome()).toMatchObject({ differences: {} });
    const kinds = (await engine.deps.db.select().from(accountChanges)).map(({ kind }) => kind);
    expect(kinds.sort()).toEqual(['deposit', 'trade', 'withdrawal']);
  });

  it('books a fill of ours that is missing in the log', async () => {
    const id = await buyByBot();
    await engine.deps.db.delete(fills).where(eq(fills.orderId, id));
    await reconcile();
    expect(await engine.deps.db.select().from(fills).where(eq(fills.orderId, id))).toHaveLength(1);
    const [order] = await engine.deps.db.select().from(orders).where(eq(orders.id, id));
    expect(order?.filledQuantity.toFixed()).toBe('0.002');
  });

  it('raises one alert with the figures when a difference stays, and ends it when it is gone', async () => {
    const [noted] = await engine.deps.db
      .select()
      .from(accountChanges)
      .where(eq(accountChanges.kind, 'trade'));
    await engine.deps.db.delete(accountChanges).where(eq(accountChanges.id, noted?.id ?? 0));
    // The trade is older than what is asked for again, so nothing explains it any more.
    const later = new Date(engine.clock.now() + 1_200_000);
    await engine.deps.db.update(reconciliations).set({ tradesUntil: later });
    await reconcile();
    await reconcile();
    const raised = await readDriftAlerts();
    expect(raised).toHaveLength(1);
    expect(raised[0]?.detail).toMatch(/\+0\.002997 BTC/);
    expect(raised[0]?.resolvedAt).toBeNull();
    if (!noted) throw new Error('nothing was noted');
    const { kind, reference, detail, amounts, happenedAt, exchangeOrderId } = noted;
    const again = { accountId, kind, reference, detail, amounts, happenedAt, exchangeOrderId };
    await engine.deps.db.insert(accountChanges).values(again);
    await reconcile();
    expect((await readDriftAlerts())[0]?.resolvedAt).not.toBeNull();
  });

  it('says that it could not compare when the exchange does not answer, and changes nothing', async () => {
    const before = await readOutcome();
    simulator.setFault(() => ({ type: 'reply', status: 503, body: '{}' }));
    await reconcile();
    simulator.setFault(undefined);
    const after = await readOutcome();
    expect(after?.error).not.toBeNull();
    expect(after?.checkedAt).toEqual(before?.checkedAt);
    expect(after?.differences).toEqual(before?.differences);
  });
});
