import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { pullSwitch } from '../../../app/services/kill-switch.server.ts';
import { getRiskView } from '../../../app/services/risk.server.ts';
import { moveOrder } from '../../../db/queries/orders.ts';
import { botRuns } from '../../../db/schema/bots.ts';
import { orderEvents, orders } from '../../../db/schema/orders.ts';
import { keepOrders } from '../../../jobs/handlers/keep-orders.ts';
import { placeOrders } from '../../../jobs/handlers/place-order.ts';
import { recordVenueOrder } from '../../../jobs/orders/record-venue-order.ts';
import { money } from '../../../jobs/trading/decimal.ts';
import type { SimRequest } from '../../support/exchange-simulator/server.ts';
import { intend } from '../../support/intend.ts';
import { openStopScene, soldAtVenue, type StopScene } from '../../support/stop-scene.ts';
import { VENUE_NAMES } from '../../support/venue-engine.ts';

let at: StopScene;

const TAKES_PROFIT = { take_profit_pct: '3' };
const isCancel = ({ method, path }: SimRequest) => method === 'DELETE' || path === '/0/private/CancelOrder';

const exitsOf = async (botId: string) => (await at.plainOf(botId)).filter(({ side }) => side === 'SELL');
const stateOf = async (botId: string) => ({
  stops: (await at.stopsOf(botId)).map(({ status }) => status),
  exits: (await exitsOf(botId)).map(({ status }) => status),
});

/** What holds after everything: sold once, nothing left anywhere. */
async function expectSoldOnce(botId: string): Promise<void> {
  const all = [...(await at.stopsOf(botId)), ...(await at.plainOf(botId))];
  const [stop] = await at.stopsOf(botId);
  expect(soldAtVenue(at, all)).toBe(stop?.quantity.toFixed());
  expect((await at.readBot(botId)).positionOpenedAt).toBeNull();
  expect(at.workingAtVenue()).toEqual([]);
  await at.watch();
  expect(at.workingAtVenue()).toEqual([]);
}

describe.each(VENUE_NAMES)('an exit beside a stop that rests on %s', (venue) => {
  beforeAll(async () => {
    at = await openStopScene(venue);
  });

  afterEach(async () => {
    at.simulator.setFault(undefined);
    await at.engine.deps.db.delete(botRuns);
    const account = at.simulator.engine.account(at.apiKey);
    for (const order of at.workingAtVenue()) at.simulator.engine.cancel(account, order);
    at.setPrice(50_000);
    at.engine.clock.nowMs += 2_000;
  });

  afterAll(() => at.stop());

  it('is sent once the stop is cancelled, and says in its timeline what it waited for', async () => {
    const botId = await at.holdingBot(TAKES_PROFIT);
    at.setPrice(51_600);
    await at.watch();
    expect(await stateOf(botId)).toEqual({ stops: ['canceled'], exits: ['filled'] });
    const [exit] = await exitsOf(botId);
    const events = await at.engine.deps.db
      .select()
      .from(orderEvents)
      .where(eq(orderEvents.orderId, exit?.id ?? ''))
      .orderBy(orderEvents.id);
    expect(events.slice(0, 3)).toMatchObject([
      { status: 'intended', detail: '' },
      {
        status: 'intended',
        detail: expect.stringContaining('Waits until what rests on the exchange') as string,
      },
      { status: 'submitting' },
    ]);
    await expectSoldOnce(botId);
  });

  it('ends unsent where the stop sold all of it while it was being cancelled', async () => {
    const botId = await at.holdingBot(TAKES_PROFIT);
    at.setPrice(51_600);
    at.simulator.setFault((request) => (isCancel(request) ? { type: 'drop-request' } : undefined));
    await at.watch();
    expect(await stateOf(botId)).toEqual({ stops: ['open'], exits: ['intended'] });
    // The price falls through the stop before the next try: the exchange knows no such open order any more.
    at.simulator.setFault(undefined);
    at.setPrice(47_000);
    await at.watch();
    expect(await stateOf(botId)).toEqual({ stops: ['filled'], exits: ['canceled'] });
    expect((await exitsOf(botId))[0]?.statusDetail).toContain('nothing is left to sell');
    expect((await at.readBot(botId)).error ?? '').not.toContain('not open');
    await expectSoldOnce(botId);
  });

  it('sells what the stop has left, where that filled in part', async () => {
    const botId = await at.holdingBot(TAKES_PROFIT);
    const [stop] = await at.stopsOf(botId);
    if (!stop) throw new Error('no stop');
    at.simulator.setFault((request) => (isCancel(request) ? { type: 'drop-request' } : undefined));
    at.setPrice(51_600);
    await at.watch();
    const fill = {
      tradeId: 'part-1',
      side: 'SELL' as const,
      quantity: money('0.004'),
      price: money(47_000),
      fee: money(0),
      feeCurrency: 'USDT',
      timeMs: at.engine.clock.now(),
    };
    const said = {
      exchangeOrderId: stop.exchangeOrderId ?? '',
      clientOrderId: stop.clientOrderId,
      symbol: 'BTC/USDT',
      side: 'SELL' as const,
      type: 'stop' as const,
      status: 'canceled' as const,
      quantity: stop.quantity,
      filledQuantity: fill.quantity,
      fills: [fill],
      timeMs: fill.timeMs,
    };
    at.simulator.engine.cancel(at.simulator.engine.account(at.apiKey), at.atVenue(stop));
    await recordVenueOrder(at.engine.deps, { gateway: at.byHand, order: { ...stop, mode: 'live' }, said });
    await at.settle();
    const [exit] = await exitsOf(botId);
    expect(exit).toMatchObject({ status: 'filled' });
    expect(exit?.quantity.toFixed()).toBe(stop.quantity.minus('0.004').toFixed());
    expect((await at.readBot(botId)).positionOpenedAt).toBeNull();
  });

  it('is sent after the process died between the cancel and its reply', async () => {
    const botId = await at.holdingBot(TAKES_PROFIT);
    at.setPrice(51_600);
    at.simulator.setFault((request) => (isCancel(request) ? { type: 'drop-reply' } : undefined));
    await at.watch();
    await at.loseJobs();
    at.simulator.setFault(undefined);
    await at.watch();
    await expectSoldOnce(botId);
  });

  it('is sent after the process died between the last word on the stop and what follows from it', async () => {
    const botId = await at.holdingBot(TAKES_PROFIT);
    at.setPrice(51_600);
    at.engine.clock.nowMs += 5_000;
    const slot = [{ payload: { slotMs: at.engine.clock.nowMs } }];
    await at.engine.boss.enqueue(at.engine.deps.db, 'assess-risk', slot);
    for (const queue of ['assess-risk', 'place-order', 'keep-orders', 'sync-order'] as const)
      await at.engine.drainOnce(queue);
    expect(await stateOf(botId)).toEqual({ stops: ['canceled'], exits: ['intended'] });
    await at.loseJobs();
    await at.watch(16_000);
    await expectSoldOnce(botId);
  });

  it('waits for the fate of a stop that was being sent when the process died', async () => {
    const botId = await at.holdingBot(TAKES_PROFIT);
    const [stop] = await at.stopsOf(botId);
    await at.engine.deps.db
      .update(orders)
      .set({ status: 'submitting', exchangeOrderId: null, submittedAt: new Date(at.engine.clock.now()) })
      .where(eq(orders.id, stop?.id ?? ''));
    at.setPrice(51_600);
    await at.watch();
    expect(await stateOf(botId)).toEqual({ stops: ['submitting'], exits: ['intended'] });
    await at.watch(21_000);
    await at.watch();
    expect(await stateOf(botId)).toEqual({ stops: ['canceled'], exits: ['filled'] });
    await expectSoldOnce(botId);
  });

  it('goes before a stop that is written and not sent yet', async () => {
    const botId = await at.makeBot({ risk: { stop_loss_pct: '5', stop_on_exchange: true, ...TAKES_PROFIT } });
    await intend(at.engine, botId, { quantity: '0.01' });
    await at.engine.drain(['place-order', 'sync-order']);
    await at.engine.drainOnce('keep-orders');
    at.setPrice(51_600);
    at.engine.clock.nowMs += 5_000;
    await at.engine.boss.enqueue(at.engine.deps.db, 'assess-risk', [
      { payload: { slotMs: at.engine.clock.nowMs } },
    ]);
    await at.engine.drainOnce('assess-risk');
    await at.settle();
    expect(await stateOf(botId)).toEqual({ stops: ['canceled'], exits: ['filled'] });
    await expectSoldOnce(botId);
  });

  it('is one alone, where two were wished at once', async () => {
    const botId = await at.holdingBot();
    const quantity = (await at.stopsOf(botId))[0]?.quantity.toFixed() ?? '';
    await intend(at.engine, botId, { side: 'SELL', quantity });
    await intend(at.engine, botId, { side: 'SELL', quantity });
    await at.settle();
    expect((await stateOf(botId)).exits.sort()).toEqual(['canceled', 'filled']);
    await expectSoldOnce(botId);
  });

  it('is one alone, where processes send two at once while others look after the stop', async () => {
    const botId = await at.holdingBot();
    const quantity = (await at.stopsOf(botId))[0]?.quantity.toFixed() ?? '';
    const exits = [
      await intend(at.engine, botId, { side: 'SELL', quantity }),
      await intend(at.engine, botId, { side: 'SELL', quantity }),
    ];
    for (let round = 0; round < 4; round += 1) {
      const { deps } = at.engine;
      const sends = [...exits, ...exits].map((orderId) => placeOrders(deps, [{ orderId }]));
      const looks = [1, 2, 3].map(() => keepOrders(deps, { botRunId: botId }));
      await Promise.all([...sends, ...looks]);
      await at.engine.drain(['sync-order']);
      at.engine.clock.nowMs += 1_000;
    }
    await at.settle();
    expect((await stateOf(botId)).exits.sort()).toEqual(['canceled', 'filled']);
    await expectSoldOnce(botId);
  });

  it('does not wait for a stop that never reached the exchange, once that is proven', async () => {
    const isStop = ({ params }: SimRequest) =>
      params['type'] === 'STOP_LOSS' || params['ordertype'] === 'stop-loss';
    at.simulator.setFault((request) =>
      at.place(request) && isStop(request) ? { type: 'drop-request' } : undefined,
    );
    const botId = await at.holdingBot(TAKES_PROFIT);
    at.simulator.setFault(undefined);
    at.setPrice(51_600);
    await at.watch();
    expect(await stateOf(botId)).toEqual({ stops: ['unknown'], exits: ['intended'] });
    for (let look = 0; look < 7; look += 1) await at.watch();
    expect(await stateOf(botId)).toEqual({ stops: ['canceled'], exits: ['filled'] });
    expect((await at.readBot(botId)).positionOpenedAt).toBeNull();
    expect(at.workingAtVenue()).toEqual([]);
  });

  it('tells the owner once it has waited for more than a minute', async () => {
    const botId = await at.holdingBot(TAKES_PROFIT);
    at.setPrice(51_600);
    at.simulator.setFault((request) => (isCancel(request) ? { type: 'drop-request' } : undefined));
    await at.watch();
    await at.watch(61_000);
    expect(await stateOf(botId)).toEqual({ stops: ['open'], exits: ['intended'] });
    await placeOrders(at.engine.deps, [{ orderId: (await exitsOf(botId))[0]?.id ?? '' }]);
    expect((await at.readBot(botId)).error).toContain('An exit waits');
    at.simulator.setFault(undefined);
    await at.watch();
    await expectSoldOnce(botId);
  });

  it('comes with a stop of the bot, and leaves none behind', async () => {
    const botId = await at.holdingBot();
    const { db } = at.engine.deps;
    await db.update(botRuns).set({ status: 'STOPPING', closeOnStop: true }).where(eq(botRuns.id, botId));
    await at.engine.boss.enqueue(db, 'stop-bot', [{ payload: { botRunId: botId } }]);
    for (let step = 0; step < 6; step += 1) {
      await at.engine.drainOnce('stop-bot');
      await at.watch(1_000);
    }
    expect((await at.readBot(botId)).status).toBe('STOPPED');
    await expectSoldOnce(botId);
  });

  it('comes with a kill switch that closes positions; one that cancels orders leaves the stop', async () => {
    const botId = await at.holdingBot();
    const work = async () => {
      for (let step = 0; step < 5; step += 1) {
        await at.engine.drainOnce('kill-switch');
        await at.watch(1_000);
      }
    };
    at.engine.clock.nowMs += 1_000;
    const resultOf = async () => (await getRiskView(at.engine.deps, at.userId, null)).switches[0]?.results[0];
    await pullSwitch(at.engine.deps, at.userId, { target: `bot:${botId}`, level: 'orders' });
    await work();
    expect(await stateOf(botId)).toEqual({ stops: ['open'], exits: [] });
    expect(await resultOf()).toMatchObject({
      orders: 'None but its stop on the exchange, which stays',
      outcome: 'done',
    });
    at.engine.clock.nowMs += 1_000;
    await pullSwitch(at.engine.deps, at.userId, { target: `bot:${botId}`, level: 'positions' });
    await work();
    expect(await resultOf()).toMatchObject({ outcome: 'done' });
    await expectSoldOnce(botId);
  });

  it('ends where it was written for what is not held any more, whoever sold it', async () => {
    const botId = await at.holdingBot();
    const [stop] = await at.stopsOf(botId);
    const exit = await intend(at.engine, botId, { side: 'SELL', quantity: stop?.quantity.toFixed() ?? '' });
    at.setPrice(47_000);
    at.engine.clock.nowMs += 2_000;
    await at.settle();
    expect(await stateOf(botId)).toEqual({ stops: ['filled'], exits: ['canceled'] });
    expect(await moveOrder(at.engine.deps.db, exit, { status: 'submitting', atMs: 0 })).toBe(false);
    await expectSoldOnce(botId);
  });
});
