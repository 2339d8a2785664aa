import { asc, eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { moveOrder } from '../../../db/queries/orders.ts';
import { botRuns } from '../../../db/schema/bots.ts';
import { fills, orderEvents, orders } from '../../../db/schema/orders.ts';
import { accountChanges, foreignOrders, reconciliations } from '../../../db/schema/reconciliation.ts';
import { alerts } from '../../../db/schema/reports.ts';
import { sum } from '../../../jobs/trading/decimal.ts';
import type { OrderStatus } from '../../../jobs/trading/types.ts';
import { intend, type Wish } from '../../support/intend.ts';
import { startVenueEngine, VENUE_NAMES, type VenueEngine } from '../../support/venue-engine.ts';

describe.each(VENUE_NAMES)('on %s, an order of which our books say something else', (venue) => {
  let at: VenueEngine;
  let botId: string;

  beforeAll(async () => {
    at = await startVenueEngine(venue);
    botId = await at.makeBot();
    await reconcile();
    await place({ quantity: '0.1' });
    await at.engine.drain();
  });

  afterEach(() => at.simulator.setFault(undefined));

  afterAll(() => at.stop());

  const { drain, place, pass, reconcile, readOrder, readAlerts } = {
    drain: () => at.engine.drain(['place-order', 'sync-order']),
    place: async (wish: Wish, bot = botId) => {
      const id = await intend(at.engine, bot, wish);
      await at.engine.drain(['place-order']);
      return id;
    },
    pass: async (ms: number) => {
      at.engine.clock.nowMs += ms;
      const { boss, deps } = at.engine;
      await boss.enqueue(deps.db, 'sweep-orders', [{ payload: { slotMs: at.engine.clock.nowMs } }]);
      await at.engine.drain(['sweep-orders', 'place-order', 'sync-order']);
    },
    reconcile: async () => {
      at.engine.clock.nowMs += 60_000;
      const { boss, deps } = at.engine;
      await boss.enqueue(deps.db, 'reconcile-account', [{ payload: { accountId: at.accountId } }]);
      await at.engine.drain(['reconcile-account']);
    },
    readOrder: async (id: string) => {
      const [order] = await at.engine.deps.db.select().from(orders).where(eq(orders.id, id));
      if (!order) throw new Error(`no order ${id}`);
      return order;
    },
    readAlerts: (orderId: string) =>
      at.engine.deps.db.select().from(alerts).where(eq(alerts.orderId, orderId)),
  };

  /** An order that the venue took, while it says that it knows nothing of it until we give up. */
  async function placeUnseen(wish: Wish, bot = botId): Promise<string> {
    const id = await intend(at.engine, bot, wish);
    at.failPlacing({ type: 'drop-reply' });
    await at.engine.drain(['place-order']);
    at.simulator.setFault(at.knowsNothing);
    await pass(31_000);
    await pass(31_000);
    at.simulator.setFault(undefined);
    return id;
  }

  /** Writes an end into our books of which the venue knows nothing. */
  async function hold(id: string, status: Exclude<OrderStatus, 'intended'>): Promise<void> {
    await moveOrder(at.engine.deps.db, id, { status, atMs: at.engine.clock.now() });
  }

  const atVenue = (clientOrderId: string) =>
    at.simulator.orders(at.apiKey).filter((order) => order.clientOrderId === clientOrderId);

  async function expectBooksToAgree(): Promise<void> {
    await reconcile();
    await reconcile();
    const [outcome] = await at.engine.deps.db.select().from(reconciliations);
    expect(outcome).toMatchObject({ differences: {}, error: null });
    expect(await at.engine.deps.db.select().from(accountChanges)).toEqual([]);
    expect(await at.engine.deps.db.select().from(foreignOrders)).toEqual([]);
  }

  it('opens again when it was given up and then turns up open, with an alert that has the figures', async () => {
    const id = await placeUnseen({ limitPrice: '40000', quantity: '0.01' });
    expect(await readOrder(id)).toMatchObject({ status: 'rejected', sends: 2, exchangeOrderId: null });
    await reconcile();
    const order = await readOrder(id);
    expect(order).toMatchObject({ status: 'open', closedAt: null });
    expect(order.exchangeOrderId).not.toBeNull();
    const [alert] = await readAlerts(id);
    expect(alert).toMatchObject({ code: 'order-contradicted', resolvedAt: null, botRunId: botId });
    expect(alert?.detail).toContain('We held it as rejected; the exchange has it as open');
    expect(alert?.detail).toContain('0 of 0.01 BTC/USDT filled');
    const log = await at.engine.deps.db
      .select()
      .from(orderEvents)
      .where(eq(orderEvents.orderId, id))
      .orderBy(asc(orderEvents.id));
    expect(log.slice(-2).map((event) => event.status)).toEqual(['rejected', 'open']);
    expect(log.at(-1)?.detail).toBe(alert?.detail);
    await reconcile();
    expect(await readAlerts(id)).toHaveLength(1);
    await at.byHand.cancelOrder({ symbol: 'BTC/USDT', clientOrderId: order.clientOrderId, sinceMs: 0 });
    await pass(60_000);
    expect((await readOrder(id)).status).toBe('canceled');
    await expectBooksToAgree();
  });

  it('has its fills booked when it was held as cancelled and the venue filled it', async () => {
    const before = await at.engine.deps.db.select().from(botRuns).where(eq(botRuns.id, botId));
    const id = await intend(at.engine, botId, { quantity: '0.004' });
    at.failPlacing({ type: 'drop-reply' });
    await at.engine.drain(['place-order']);
    at.simulator.setFault(undefined);
    await hold(id, 'canceled');
    await reconcile();
    const order = await readOrder(id);
    expect(order).toMatchObject({ status: 'filled' });
    expect(order.filledQuantity.toFixed()).toBe('0.004');
    expect(await at.engine.deps.db.select().from(fills).where(eq(fills.orderId, id))).toHaveLength(1);
    const after = await at.engine.deps.db.select().from(botRuns).where(eq(botRuns.id, botId));
    expect(after[0]?.positionQuantity.gt(before[0]?.positionQuantity ?? 0)).toBe(true);
    expect((await readAlerts(id))[0]?.detail).toContain('0.004 of 0.004 BTC/USDT filled');
    await expectBooksToAgree();
  });

  it('stays ended for half a minute while the venue’s lists may be behind', async () => {
    const id = await place({ limitPrice: '40000', quantity: '0.01' });
    await drain();
    at.engine.clock.nowMs += 59_000;
    await hold(id, 'canceled');
    at.engine.clock.nowMs -= 59_000;
    await reconcile();
    expect((await readOrder(id)).status).toBe('canceled');
    expect(await readAlerts(id)).toEqual([]);
    await reconcile();
    expect((await readOrder(id)).status).toBe('open');
    const { clientOrderId } = await readOrder(id);
    await at.byHand.cancelOrder({ symbol: 'BTC/USDT', clientOrderId, sinceMs: 0 });
    await pass(60_000);
    await expectBooksToAgree();
  });

  it('is not sent again when it was held as an intent and is at the venue already', async () => {
    const id = await place({ limitPrice: '40000', quantity: '0.01' });
    await drain();
    await at.engine.deps.db
      .update(orders)
      .set({ status: 'intended', exchangeOrderId: null, submittedAt: null, sends: 0 })
      .where(eq(orders.id, id));
    await reconcile();
    const order = await readOrder(id);
    expect(order).toMatchObject({ status: 'open', sends: 1 });
    await pass(16_000);
    expect(atVenue(order.clientOrderId)).toHaveLength(1);
    await at.byHand.cancelOrder({ symbol: 'BTC/USDT', clientOrderId: order.clientOrderId, sinceMs: 0 });
    await pass(60_000);
    await expectBooksToAgree();
  });

  it('is cancelled at the venue when its bot was stopped in between', async () => {
    const other = await at.makeBot();
    const id = await placeUnseen({ limitPrice: '40000', quantity: '0.01' }, other);
    await at.engine.deps.db.update(botRuns).set({ status: 'STOPPED' }).where(eq(botRuns.id, other));
    await reconcile();
    const { clientOrderId } = await readOrder(id);
    expect(atVenue(clientOrderId).map(({ status }) => status)).toEqual(['CANCELED']);
    await pass(60_000);
    expect((await readOrder(id)).status).toBe('canceled');
    await expectBooksToAgree();
  });

  it('has all fills booked when it was placed twice, since the venue denied knowing it', async () => {
    const id = await intend(at.engine, botId, { side: 'SELL', quantity: '0.002' });
    at.failPlacing({ type: 'drop-reply' });
    await at.engine.drain(['place-order']);
    at.simulator.setFault(at.knowsNothing);
    await pass(31_000);
    at.simulator.setFault(undefined);
    await pass(31_000);
    const order = await readOrder(id);
    expect(order).toMatchObject({ status: 'filled', sends: 2 });
    expect(atVenue(order.clientOrderId)).toHaveLength(2);
    await reconcile();
    const booked = await at.engine.deps.db.select().from(fills).where(eq(fills.orderId, id));
    expect(sum(booked.map((fill) => fill.quantity)).toFixed()).toBe('0.004');
    const raised = await readAlerts(id);
    expect(raised).toMatchObject([{ code: 'order-twice' }]);
    expect(raised[0]?.detail).toContain('0.004 of 0.002 BTC/USDT filled');
    await expectBooksToAgree();
  });
});
