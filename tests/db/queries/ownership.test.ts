import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listOpenAlerts } from '../../../db/queries/alerts.ts';
import {
  findBotRun,
  insertBotRun,
  listBotRuns,
  lockBotRun,
  markBotRunning,
  markBotStopping,
  type NewBotRun,
} from '../../../db/queries/bots.ts';
import { listDecisions } from '../../../db/queries/decisions.ts';
import { findEquityAt, listEquityPoints, sumFillsByBot } from '../../../db/queries/reports.ts';
import { upsertStrategies } from '../../../db/queries/strategies.ts';
import {
  findOrder,
  listOpenOrders,
  listOrderEvents,
  listOrders,
  listTrades,
} from '../../../db/queries/trades.ts';
import { insertUser } from '../../../db/queries/users.ts';
import { decisions } from '../../../db/schema/bots.ts';
import { alerts } from '../../../db/schema/reports.ts';
import { money } from '../../../jobs/trading/decimal.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { logEquity, logFill } from '../../support/trade-log.ts';

describe('queries of the web side', () => {
  let database: TestDatabase;
  let owner: string;
  let stranger: string;
  let botRunId: string;
  let orderId: string;

  const newBot = (userId: string): NewBotRun => {
    const id = randomUUID();
    return {
      id,
      userId,
      name: 'Bot',
      strategy: 'RSI_CROSS',
      venue: 'demo',
      symbol: 'BTC/USDT',
      base: 'BTC',
      quote: 'USDT',
      timeframe: '1h',
      mode: 'paper',
      exchangeKeyId: null,
      accountId: id,
      parameters: {},
      sizingType: 'equity_fraction',
      sizingValue: money('0.1'),
      risk: {},
      initialBalance: money('1000.000000000000000001'),
      startedAt: new Date('2026-03-10T00:00:00Z'),
    };
  };

  beforeAll(async () => {
    database = await createTestDatabase();
    const { db } = database;
    await upsertStrategies(db, [{ name: 'RSI_CROSS', description: 'RSI' }]);
    const create = async (email: string) =>
      (await insertUser(db, { email, passwordHash: 'none', role: 'trader' }))!.id;
    owner = await create('owner@example.org');
    stranger = await create('stranger@example.org');
    botRunId = (await insertBotRun(db, newBot(owner))).id;
    orderId = await logFill(db, {
      userId: owner,
      botRunId,
      side: 'SELL',
      at: '2026-03-10T01:00:00Z',
      pnl: '3',
    });
    await database.sql`insert into order_events (order_id, status, at) values (${orderId}, 'filled', now())`;
    await logEquity(db, { userId: owner, botRunId, at: '2026-03-10T01:00:00Z', equity: '1003' });
    await db.insert(alerts).values([
      { userId: owner, botRunId, code: 'stale', title: 'Stale', detail: 'No candles.' },
      { userId: owner, botRunId, code: 'old', title: 'Old', detail: 'Over.', resolvedAt: new Date() },
    ]);
    await db.insert(decisions).values({
      botRunId,
      source: 'candle',
      candleTime: new Date('2026-03-10T00:00:00Z'),
      signal: 'SELL',
      confidence: money('0.5'),
      reason: 'RSI fell',
      outcome: 'order',
      detail: 'Sold.',
      price: money('50000'),
    });
  });
  afterAll(() => database.drop());

  it('give the owner everything, exactly', async () => {
    const { db } = database;
    expect((await findBotRun(db, owner, botRunId))?.initialBalance.toFixed()).toBe('1000.000000000000000001');
    expect(await listTrades(db, owner, { limit: 9 })).toMatchObject([
      { botName: 'Bot', base: 'BTC', orderId },
    ]);
    expect(await listOrders(db, owner, { botRunId, limit: 9 })).toHaveLength(1);
    expect(await listOpenOrders(db, owner)).toEqual([]);
    expect(await listOrderEvents(db, owner, orderId)).toHaveLength(1);
    expect(await listDecisions(db, owner, { botRunId, limit: 9 })).toMatchObject([
      { confidence: 0.5, price: '50000' },
    ]);
    expect(await listOpenAlerts(db, owner, 9)).toMatchObject([{ code: 'stale', botName: 'Bot' }]);
    expect((await sumFillsByBot(db, owner, {})).get(botRunId)).toMatchObject({ trades: 1 });
  });

  it('give a stranger nothing', async () => {
    const { db } = database;
    const range = { from: new Date(0), to: new Date('2027-01-01'), slots: 10, botRunId };
    expect(await findBotRun(db, stranger, botRunId)).toBeUndefined();
    expect(await listBotRuns(db, stranger)).toEqual([]);
    expect(await lockBotRun(db, stranger, botRunId)).toBeUndefined();
    expect(await listTrades(db, stranger, { botRunId, orderId, limit: 9 })).toEqual([]);
    expect(await listOrders(db, stranger, { botRunId, limit: 9 })).toEqual([]);
    expect(await findOrder(db, stranger, orderId)).toBeUndefined();
    expect(await listOrderEvents(db, stranger, orderId)).toEqual([]);
    expect(await listDecisions(db, stranger, { botRunId, limit: 9 })).toEqual([]);
    expect(await listOpenAlerts(db, stranger, 9)).toEqual([]);
    expect((await sumFillsByBot(db, stranger, {})).size).toBe(0);
    expect((await findEquityAt(db, stranger, new Date('2027-01-01'))).size).toBe(0);
    expect(await listEquityPoints(db, stranger, range)).toEqual([]);
  });

  it('let a stranger change nothing', async () => {
    const { db } = database;
    expect(await markBotStopping(db, stranger, { botRunId, closePosition: true })).toBeUndefined();
    expect(await markBotRunning(db, stranger, { botRunId, startedAt: new Date() })).toBeUndefined();
    expect(await findBotRun(db, owner, botRunId)).toMatchObject({ status: 'RUNNING', closeOnStop: false });
  });

  it('take the last snapshot of each part of the time', async () => {
    const { db } = database;
    const bot = await insertBotRun(db, newBot(owner));
    const at = (minute: number) => new Date(Date.UTC(2026, 2, 11, 0, minute));
    for (let minute = 0; minute < 60; minute++)
      await logEquity(db, {
        userId: owner,
        botRunId: bot.id,
        at: at(minute).toISOString(),
        equity: String(minute),
      });
    const points = await listEquityPoints(db, owner, {
      from: at(0),
      to: at(60),
      slots: 6,
      botRunIds: [bot.id],
    });
    expect(points.map((point) => point.equity.toNumber())).toEqual([9, 19, 29, 39, 49, 59]);
    const before = await findEquityAt(db, owner, at(30));
    expect(before.get(bot.id)?.toNumber()).toBe(30);
    expect(before.get(botRunId)?.toNumber()).toBe(1003);
  });
});
