import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { liftSwitch, pullSwitch } from '../../../app/services/kill-switch.server.ts';
import { restartBot } from '../../../app/services/bots.server.ts';
import { getRiskView } from '../../../app/services/risk.server.ts';
import type { KillResult } from '../../../app/schemas/risk.ts';
import { insertIntents, moveOrder } from '../../../db/queries/orders.ts';
import { botRuns } from '../../../db/schema/bots.ts';
import { orders } from '../../../db/schema/orders.ts';
import { ExchangeError } from '../../../jobs/exchange/errors.ts';
import type { AccountGateway } from '../../../jobs/exchange/gateway.ts';
import { money } from '../../../jobs/trading/decimal.ts';
import { clientOrderId } from '../../../jobs/trading/portfolio/client-order-id.ts';
import type { Market } from '../../../jobs/trading/types.ts';
import { createTestClock, insertBot, insertUser, startEngine, type Engine } from '../../support/engine.ts';
import { insertHoldingBot } from '../../support/holding-bot.ts';

const NOON_MS = Date.UTC(2030, 0, 1, 12);

let engine: Engine;
let userId: string;
let market: Market;

beforeAll(async () => {
  engine = await startEngine({ clock: createTestClock(NOON_MS) });
  const found = (await engine.deps.marketData('demo').loadMarkets()).get('BTC/USDT');
  if (!found) throw new Error('no demo market');
  market = found;
});

beforeEach(async () => {
  userId = await insertUser(engine);
});

afterAll(() => engine.stop());

const readBot = async (id: string) => {
  const [bot] = await engine.deps.db.select().from(botRuns).where(eq(botRuns.id, id));
  if (!bot) throw new Error(`no bot ${id}`);
  return bot;
};

async function holdingBot(): Promise<string> {
  const entryPrice = (await engine.deps.marketData('demo').fetchTicker('BTC/USDT')).last;
  return insertHoldingBot(engine, { entryPrice, market, bot: { userId, venue: 'demo' } });
}

/** A buy of a bot that was written, and by its status sent, and is not final. */
async function workingOrder(botRunId: string, status: 'intended' | 'open'): Promise<string> {
  const id = crypto.randomUUID();
  const timeMs = engine.clock.now();
  await insertIntents(engine.deps.db, [
    {
      id,
      botRunId,
      userId,
      accountId: botRunId,
      venue: 'demo',
      symbol: 'BTC/USDT',
      clientOrderId: clientOrderId({ botRunId, timeMs, leg: 0 }),
      side: 'BUY',
      type: 'limit',
      limitPrice: money(1),
      reason: 'signal',
      quantity: money('0.01'),
      candleTimeMs: timeMs,
      leg: 0,
      decidedAtMs: timeMs,
    },
  ]);
  if (status === 'intended') return id;
  await moveOrder(engine.deps.db, id, { status: 'submitting', atMs: timeMs });
  await moveOrder(engine.deps.db, id, { status: 'open', atMs: timeMs, exchangeOrderId: 'x1' });
  return id;
}

/** Takes some steps of every switch; one that cannot end yet would go on for ever. */
async function takeSteps(): Promise<void> {
  for (let step = 0; step < 8; step++) await engine.drainOnce('kill-switch');
}

async function work(): Promise<void> {
  for (let round = 0; round < 3; round++) {
    await takeSteps();
    await engine.drain(['place-order']);
    engine.clock.nowMs += 2_000;
  }
}

async function resultOf(botRunId: string): Promise<KillResult | undefined> {
  const { switches } = await getRiskView(engine.deps, userId, null);
  return switches[0]?.results.find((result) => result.botRunId === botRunId);
}

describe('the kill switch', () => {
  it('ends entries at once, and leaves orders and positions where they are', async () => {
    const botId = await holdingBot();
    await pullSwitch(engine.deps, userId, { target: 'all', level: 'entries' });
    expect(await readBot(botId)).toMatchObject({ status: 'HALTED', haltRule: 'kill-switch' });
    expect((await readBot(botId)).positionQuantity.toFixed()).toBe('0.01');
    expect(await resultOf(botId)).toMatchObject({
      entries: 'No new entries',
      position: 'Keeps 0.01 BTC, stops still watched',
      outcome: 'done',
    });
  });

  it('cancels what works, and keeps the position', async () => {
    const botId = await holdingBot();
    const orderId = await workingOrder(botId, 'intended');
    await pullSwitch(engine.deps, userId, { target: `bot:${botId}`, level: 'orders' });
    expect(await resultOf(botId)).toMatchObject({ orders: '1 not confirmed yet', outcome: 'working' });
    await work();
    const [order] = await engine.deps.db.select().from(orders).where(eq(orders.id, orderId));
    expect(order).toMatchObject({ status: 'canceled' });
    expect((await readBot(botId)).positionQuantity.toFixed()).toBe('0.01');
    expect(await resultOf(botId)).toMatchObject({ orders: '1 cancelled', outcome: 'done' });
  });

  it('sells every position, of stopped bots too, and says what was sold', async () => {
    const running = await holdingBot();
    const stopped = await holdingBot();
    await engine.deps.db.update(botRuns).set({ status: 'STOPPED' }).where(eq(botRuns.id, stopped));
    await pullSwitch(engine.deps, userId, { target: 'all', level: 'positions' });
    await work();
    for (const id of [running, stopped]) {
      expect((await readBot(id)).positionQuantity.toFixed()).toBe('0');
      expect(await resultOf(id)).toMatchObject({ position: 'Sold 0.01 BTC', outcome: 'done' });
    }
    const sold = await engine.deps.db.select().from(orders).where(eq(orders.userId, userId));
    expect(sold.filter(({ side }) => side === 'SELL')).toHaveLength(2);
  });

  it('lets no page wait for an exchange, says what is not confirmed, and goes on until it is', async () => {
    const botId = await insertBot(engine, { userId, venue: 'demo' });
    const orderId = await workingOrder(botId, 'open');
    const accountFor = engine.deps.accountFor;
    const silent = () => Promise.reject(new ExchangeError('transient', 'It does not answer.'));
    const slow = { venue: 'demo', cancelOrder: silent, findOrder: silent } as unknown as AccountGateway;
    engine.deps.accountFor = () => Promise.resolve(slow);
    const startedMs = performance.now();
    await pullSwitch(engine.deps, userId, { target: 'all', level: 'orders' });
    expect(performance.now() - startedMs).toBeLessThan(1_000);
    await takeSteps();
    expect((await readBot(botId)).error).toContain('could not be cancelled yet');
    expect(await resultOf(botId)).toMatchObject({ orders: '1 not confirmed yet', outcome: 'working' });
    engine.deps.accountFor = accountFor;
    const recovered = {
      venue: 'demo',
      cancelOrder: async () => {
        await moveOrder(engine.deps.db, orderId, { status: 'canceled', atMs: engine.clock.now() });
      },
    } as unknown as AccountGateway;
    engine.deps.accountFor = () => Promise.resolve(recovered);
    await work();
    engine.deps.accountFor = accountFor;
    expect(await resultOf(botId)).toMatchObject({ orders: '1 cancelled', outcome: 'done' });
  });

  it('covers one bot alone, whose "Trade again" lifts it', async () => {
    const [one, other] = [await holdingBot(), await holdingBot()];
    await pullSwitch(engine.deps, userId, { target: `bot:${one}`, level: 'entries' });
    expect((await readBot(other)).status).toBe('RUNNING');
    await restartBot(engine.deps, userId, one);
    expect(await readBot(one)).toMatchObject({ status: 'RUNNING', haltRule: null });
    const { switches } = await getRiskView(engine.deps, userId, null);
    expect(switches[0]?.liftedAt).not.toBeNull();
  });

  it('lets no bot start while it is on for everything, and lets its own bots trade again once lifted', async () => {
    const [halted, drawnDown] = [await holdingBot(), await holdingBot()];
    await engine.deps.db
      .update(botRuns)
      .set({ status: 'HALTED', haltRule: 'max-drawdown', haltedAt: new Date(NOON_MS) })
      .where(eq(botRuns.id, drawnDown));
    const pulled = await pullSwitch(engine.deps, userId, { target: 'all', level: 'entries' });
    await expect(restartBot(engine.deps, userId, halted)).rejects.toMatchObject({ code: 'conflict' });
    await liftSwitch(engine.deps, userId, pulled.id);
    expect((await readBot(halted)).status).toBe('RUNNING');
    expect((await readBot(drawnDown)).status).toBe('HALTED');
  });

  it('stays on for what another switch covers', async () => {
    const botId = await holdingBot();
    const all = await pullSwitch(engine.deps, userId, { target: 'all', level: 'entries' });
    await pullSwitch(engine.deps, userId, { target: `bot:${botId}`, level: 'entries' });
    await liftSwitch(engine.deps, userId, all.id);
    expect((await readBot(botId)).status).toBe('HALTED');
  });

  it('does nothing to, and tells nothing of, what belongs to somebody else', async () => {
    const botId = await holdingBot();
    const stranger = await insertUser(engine);
    await expect(
      pullSwitch(engine.deps, stranger, { target: `bot:${botId}`, level: 'positions' }),
    ).rejects.toMatchObject({ code: 'not_found' });
    await expect(
      pullSwitch(engine.deps, stranger, { target: `account:${botId}`, level: 'positions' }),
    ).rejects.toMatchObject({ code: 'not_found' });
    await pullSwitch(engine.deps, stranger, { target: 'all', level: 'positions' });
    expect((await readBot(botId)).status).toBe('RUNNING');
    const mine = await pullSwitch(engine.deps, userId, { target: 'all', level: 'entries' });
    await liftSwitch(engine.deps, stranger, mine.id);
    expect((await readBot(botId)).status).toBe('HALTED');
    expect((await getRiskView(engine.deps, stranger, null)).exposure).toEqual([]);
  });
});
