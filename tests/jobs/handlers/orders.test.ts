import { asc, eq } from 'drizzle-orm';
import { afterEach, beforeAll, afterAll, describe, expect, it } from 'vitest';
import { botRuns } from '../../../db/schema/bots.ts';
import { fills, orderEvents, orders } from '../../../db/schema/orders.ts';
import { alerts } from '../../../db/schema/reports.ts';
import { moveOrder } from '../../../db/queries/orders.ts';
import { syncOrder } from '../../../jobs/handlers/sync-order.ts';
import { recordVenueOrder } from '../../../jobs/orders/record-venue-order.ts';
import { money } from '../../../jobs/trading/decimal.ts';
import type { Engine, TestBot } from '../../support/engine.ts';
import type { ExchangeSimulator } from '../../support/exchange-simulator/start.ts';
import type { Fault } from '../../support/exchange-simulator/server.ts';
import { intend as intendOn, type Wish } from '../../support/intend.ts';
import { startVenueEngine, VENUE_NAMES, type VenueEngine } from '../../support/venue-engine.ts';

let at: VenueEngine;
let engine: Engine;
let simulator: ExchangeSimulator;

const makeBot = (bot: Partial<TestBot> = {}) => at.makeBot(bot);

/** A bot that has bought 0.01. */
async function makeHoldingBot(): Promise<string> {
  const botId = await makeBot();
  await intend(botId, { quantity: '0.01' });
  await engine.drain();
  return botId;
}

const intend = (botRunId: string, wish: Wish = {}) => intendOn(engine, botRunId, wish);

async function readOrder(id: string) {
  const [order] = await engine.deps.db.select().from(orders).where(eq(orders.id, id));
  if (!order) throw new Error(`no order ${id}`);
  return order;
}

const readEvents = (id: string) =>
  engine.deps.db.select().from(orderEvents).where(eq(orderEvents.orderId, id)).orderBy(asc(orderEvents.id));

async function readBot(id: string) {
  const [bot] = await engine.deps.db.select().from(botRuns).where(eq(botRuns.id, id));
  if (!bot) throw new Error(`no bot ${id}`);
  return bot;
}

/** Lets time pass as the scheduler would: a sweep, and what it leads to. */
async function pass(ms: number): Promise<void> {
  engine.clock.nowMs += ms;
  await engine.boss.enqueue(engine.deps.db, 'sweep-orders', [{ payload: { slotMs: engine.clock.nowMs } }]);
  await engine.drain(['sweep-orders', 'place-order', 'sync-order']);
}

const placedAtVenue = (order: { clientOrderId: string }) =>
  simulator.orders(at.apiKey).filter((placed) => placed.clientOrderId === order.clientOrderId).length;

describe.each(VENUE_NAMES)('on %s', (venue) => {
  beforeAll(async () => {
    at = await startVenueEngine(venue, { fillsPerMarketOrder: 3 });
    ({ engine, simulator } = at);
  });

  afterEach(() => simulator.setFault(undefined));

  afterAll(() => at.stop());

  describe('an order sent to an exchange', () => {
    it('goes from intent to filled, with every fill and its fee in the log', async () => {
      const botId = await makeBot();
      const id = await intend(botId);
      await engine.drain();
      const order = await readOrder(id);
      expect(order).toMatchObject({ status: 'filled' });
      expect(order.filledQuantity.toFixed()).toBe('0.002');
      const booked = await engine.deps.db.select().from(fills).where(eq(fills.orderId, id));
      expect(booked).toHaveLength(3);
      const events = await readEvents(id);
      // Kraken acknowledges with an id alone.
      const between = venue === 'kraken' ? ['open'] : [];
      expect(events.map((event) => event.status)).toEqual(['intended', 'submitting', ...between, 'filled']);
      const bot = await readBot(botId);
      const inBase = booked.filter((fill) => fill.feeCurrency === 'BTC');
      expect(inBase).toHaveLength(venue === 'kraken' ? 0 : 3);
      const fees = inBase.reduce((total, fill) => total.plus(fill.fee), money(0));
      expect(bot.positionQuantity.toFixed()).toBe(money('0.002').minus(fees).toFixed());
      expect(bot.feesQuote.toFixed()).toMatch(/^0\.10000/);
    });

    it.each<[string, Fault]>([
      ['the reply is lost after the exchange took it', { type: 'drop-reply' }],
      ['the reply is cut off half way', { type: 'truncate' }],
      ['the exchange takes it and answers 503', { type: 'reply', status: 503, body: '{}', isHandled: true }],
      [
        'the exchange takes it and answers nonsense',
        { type: 'reply', status: 200, body: '{"hello":1}', isHandled: true },
      ],
    ])('is found by its client order id and booked once when %s', async (_what, fault) => {
      const botId = await makeBot();
      at.failPlacing(fault);
      const id = await intend(botId);
      await engine.drain(['place-order']);
      expect((await readOrder(id)).status).toBe('unknown');
      simulator.setFault(undefined);
      await pass(5_000);
      const order = await readOrder(id);
      expect(order.status).toBe('filled');
      expect(placedAtVenue(order)).toBe(1);
      const booked = await engine.deps.db.select().from(fills).where(eq(fills.orderId, id));
      expect(booked.reduce((total, fill) => total.plus(fill.quantity), money(0)).toFixed()).toBe('0.002');
    });

    it('is dropped as an entry at the market when the exchange never received it', async () => {
      const botId = await makeBot();
      at.failPlacing({ type: 'drop-request' });
      const id = await intend(botId);
      await engine.drain(['place-order']);
      simulator.setFault(undefined);
      await pass(5_000);
      expect((await readOrder(id)).status).toBe('unknown');
      await pass(31_000);
      const order = await readOrder(id);
      expect(order).toMatchObject({ status: 'expired', sends: 1 });
      expect(order.statusDetail).toContain('never received it');
      expect(placedAtVenue(order)).toBe(0);
    });

    it.each([
      ['an exit', { side: 'SELL' as const }, 'filled'],
      ['an entry that rests at its own price', { limitPrice: '40000' }, 'open'],
    ])('is sent once more, under the same id, as %s', async (_what, wish, status) => {
      const botId = await makeHoldingBot();
      at.failPlacing({ type: 'drop-request' });
      const id = await intend(botId, wish);
      await engine.drain(['place-order']);
      expect(await readOrder(id)).toMatchObject({ status: 'unknown', sends: 1, lookups: null });
      simulator.setFault(undefined);
      await pass(5_000);
      expect(await readOrder(id)).toMatchObject({ status: 'unknown', sends: 1 });
      await pass(31_000);
      const order = await readOrder(id);
      expect(order).toMatchObject({ status, sends: 2 });
      expect(order.lookups).toEqual(at.lookups);
      expect(placedAtVenue(order)).toBe(1);
      const events = await readEvents(id);
      const again = events.slice(3);
      const steps = ['intended', 'submitting', 'unknown', 'intended', 'submitting'];
      expect(events.slice(0, 5).map((event) => event.status)).toEqual(steps);
      expect(events.at(-1)?.status).toBe(status);
      expect(again[0]?.detail).toContain('among the open orders, among the closed orders');
      expect(again[1]?.detail).toBe('For the second time.');
    });

    it('is given up when the exchange received it neither the first nor the second time', async () => {
      const botId = await makeHoldingBot();
      at.failPlacing({ type: 'drop-request' });
      const id = await intend(botId, { side: 'SELL' });
      await engine.drain(['place-order']);
      for (let round = 0; round < 4; round++) await pass(31_000);
      const order = await readOrder(id);
      expect(order).toMatchObject({ status: 'rejected', sends: 2 });
      expect(order.statusDetail).toContain('It was sent twice');
      expect(placedAtVenue(order)).toBe(0);
      expect((await readBot(botId)).error).toContain('never reached the exchange');
      simulator.setFault(undefined);
      await pass(31_000);
      expect(placedAtVenue(order)).toBe(0);
    });

    it('is not taken for absent while one of the look-ups fails', async () => {
      const botId = await makeHoldingBot();
      at.failPlacing({ type: 'drop-request' });
      const id = await intend(botId, { side: 'SELL' });
      await engine.drain(['place-order']);
      simulator.setFault(({ path }) =>
        /allOrders|ClosedOrders/.test(path) ? { type: 'reply', status: 503, body: '{}' } : undefined,
      );
      engine.clock.nowMs += 60_000;
      await engine.boss.enqueue(engine.deps.db, 'sync-order', [{ payload: { orderId: id } }]);
      await engine.drainOnce('sync-order');
      expect(await readOrder(id)).toMatchObject({ status: 'unknown', sends: 1 });
      simulator.setFault(undefined);
      await pass(5_000);
      expect((await readOrder(id)).status).toBe('filled');
    });

    it('is looked for, not given up, when its second hand-over is refused since the first had arrived', async () => {
      const botId = await makeHoldingBot();
      const id = await intend(botId, { side: 'SELL', limitPrice: '60000' });
      at.failPlacing({ type: 'drop-reply' });
      await engine.drain(['place-order']);
      simulator.setFault(at.knowsNothing);
      engine.clock.nowMs += 31_000;
      await engine.boss.enqueue(engine.deps.db, 'sync-order', [{ payload: { orderId: id } }]);
      await engine.drainOnce('sync-order');
      await engine.drainOnce('place-order');
      const order = await readOrder(id);
      expect(order).toMatchObject({ status: 'unknown', sends: 2 });
      expect(order.statusDetail).toMatch(/Duplicate/);
      simulator.setFault(undefined);
      await pass(5_000);
      expect((await readOrder(id)).status).toBe('open');
      expect(placedAtVenue(order)).toBe(1);
    });

    it('stays as it was when the process dies before its second hand-over is committed', async () => {
      const botId = await makeHoldingBot();
      at.failPlacing({ type: 'drop-request' });
      const id = await intend(botId, { side: 'SELL' });
      await engine.drain(['place-order']);
      engine.clock.nowMs += 31_000;
      const dying = {
        ...engine.deps,
        boss: { ...engine.boss, enqueue: () => Promise.reject(new Error('killed')) },
      };
      await expect(syncOrder(dying, { orderId: id })).rejects.toThrow('killed');
      expect(await readOrder(id)).toMatchObject({ status: 'unknown', sends: 1 });
      simulator.setFault(undefined);
      await pass(5_000);
      expect(await readOrder(id)).toMatchObject({ status: 'filled', sends: 2 });
    });

    it('is sent by the sweep when its job is lost', async () => {
      const botId = await makeHoldingBot();
      at.failPlacing({ type: 'drop-request' });
      const id = await intend(botId, { side: 'SELL' });
      await engine.drain(['place-order']);
      engine.clock.nowMs += 31_000;
      await syncOrder(engine.deps, { orderId: id });
      expect(await readOrder(id)).toMatchObject({ status: 'intended', sends: 1 });
      await engine.database.sql`delete from pgboss.job where name = 'place-order'`;
      simulator.setFault(undefined);
      await pass(16_000);
      expect(await readOrder(id)).toMatchObject({ status: 'filled', sends: 2 });
    });

    it('is found when the process that sent it died before it stored the reply', async () => {
      const botId = await makeBot();
      const id = await intend(botId);
      const gateway = at.byHand;
      const intent = await readOrder(id);
      await moveOrder(engine.deps.db, id, { status: 'submitting', atMs: engine.clock.now() });
      const { clientOrderId: ours, symbol, side, type, quantity } = intent;
      await gateway.placeOrder({ clientOrderId: ours, symbol, side, type, quantity });
      await engine.drain(['place-order']);
      expect((await readOrder(id)).status).toBe('submitting');
      await pass(25_000);
      expect((await readOrder(id)).status).toBe('filled');
      expect(placedAtVenue(intent)).toBe(1);
    });

    it('is tried again, under the same id, when the exchange asked to wait and did nothing', async () => {
      const botId = await makeBot();
      at.failPlacing(at.asksToWait);
      const id = await intend(botId);
      await engine.drainOnce('place-order');
      expect(await readOrder(id)).toMatchObject({ status: 'intended', sends: 0 });
      simulator.setFault(undefined);
      await pass(16_000);
      const order = await readOrder(id);
      expect(order).toMatchObject({ status: 'filled', sends: 1 });
      expect(placedAtVenue(order)).toBe(1);
    });

    it('is refused for good when the balance does not suffice; the bot says so and goes on', async () => {
      const botId = await makeBot();
      const id = await intend(botId, { quantity: '5' });
      await engine.drain();
      expect((await readOrder(id)).status).toBe('rejected');
      const bot = await readBot(botId);
      expect(bot.status).toBe('RUNNING');
      expect(bot.error).toContain('refused to buy');
      await engine.boss.enqueue(engine.deps.db, 'assess-risk', [{ payload: { slotMs: engine.clock.nowMs } }]);
      await engine.drain(['assess-risk']);
      const open = await engine.deps.db.select().from(alerts).where(eq(alerts.botRunId, botId));
      expect(open).toMatchObject([{ code: 'bot-error', resolvedAt: null }]);
    });

    it('is dropped as an entry once its price is stale, and sent however late as an exit', async () => {
      const botId = await makeHoldingBot();
      const entry = await intend(botId);
      const exit = await intend(botId, { side: 'SELL' });
      engine.clock.nowMs += 40_000;
      await engine.drain();
      expect((await readOrder(entry)).status).toBe('expired');
      expect((await readOrder(exit)).status).toBe('filled');
    });

    it('is not booked twice when the exchange reports its fills again', async () => {
      const botId = await makeBot();
      const id = await intend(botId);
      await engine.drain();
      const before = await readBot(botId);
      const order = await readOrder(id);
      const gateway = at.byHand;
      const said = await gateway.findOrder({
        symbol: 'BTC/USDT',
        clientOrderId: order.clientOrderId,
        sinceMs: 0,
      });
      if (!said) throw new Error('not found');
      await recordVenueOrder(engine.deps, { gateway, order: { ...order, mode: 'live' }, said });
      expect(await readBot(botId)).toEqual(before);
    });
  });

  describe('a bot that is stopped', () => {
    it('sells its position when asked to, then ends', async () => {
      const botId = await makeHoldingBot();
      await intend(botId);
      await engine.drain();
      await engine.deps.db
        .update(botRuns)
        .set({ status: 'STOPPING', closeOnStop: true })
        .where(eq(botRuns.id, botId));
      await engine.boss.enqueue(engine.deps.db, 'stop-bot', [{ payload: { botRunId: botId } }]);
      for (let step = 0; step < 4; step++) {
        engine.clock.nowMs += 1_000;
        await engine.drain();
      }
      const bot = await readBot(botId);
      expect(bot.status).toBe('STOPPED');
      expect(bot.positionOpenedAt).toBeNull();
      const sold = await engine.deps.db.select().from(orders).where(eq(orders.reason, 'close_position'));
      expect(sold.filter((order) => order.botRunId === botId)).toMatchObject([
        { side: 'SELL', status: 'filled' },
      ]);
    });

    it('drops what was not sent yet and keeps its position otherwise', async () => {
      const botId = await makeBot();
      await intend(botId);
      await engine.drain();
      const late = await intend(botId);
      await engine.deps.db.update(botRuns).set({ status: 'STOPPING' }).where(eq(botRuns.id, botId));
      await engine.boss.enqueue(engine.deps.db, 'stop-bot', [{ payload: { botRunId: botId } }]);
      await engine.drain(['stop-bot', 'place-order']);
      expect((await readOrder(late)).status).toBe('canceled');
      const bot = await readBot(botId);
      expect(bot.status).toBe('STOPPED');
      expect(bot.positionQuantity.isZero()).toBe(false);
    });
  });
});
