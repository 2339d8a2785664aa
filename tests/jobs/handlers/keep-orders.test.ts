import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { listEngineBots } from '../../../db/queries/bot-state.ts';
import { botRuns } from '../../../db/schema/bots.ts';
import { orders } from '../../../db/schema/orders.ts';
import { alerts } from '../../../db/schema/reports.ts';
import { money } from '../../../jobs/trading/decimal.ts';
import type { SimRequest } from '../../support/exchange-simulator/server.ts';
import { openStopScene, type StopScene } from '../../support/stop-scene.ts';
import { VENUE_NAMES } from '../../support/venue-engine.ts';

let at: StopScene;

const statusesOf = async (botId: string) => (await at.stopsOf(botId)).map(({ status }) => status);
const pricesOf = async (botId: string) =>
  (await at.stopsOf(botId)).map(({ stopPrice, status }) => `${stopPrice?.toFixed() ?? ''} ${status}`);

describe.each(VENUE_NAMES)('a stop that rests on %s', (venue) => {
  beforeAll(async () => {
    at = await openStopScene(venue);
  });

  afterEach(async () => {
    at.simulator.setFault(undefined);
    // Each case begins with a price of 50,000 and no other bot.
    await at.engine.deps.db.update(orders).set({ status: 'canceled' }).where(eq(orders.slot, 'stop'));
    await at.engine.deps.db.delete(botRuns);
    for (const order of at.workingAtVenue())
      at.simulator.engine.cancel(at.simulator.engine.account(at.apiKey), order);
    at.setPrice(50_000);
    at.engine.clock.nowMs += 2_000;
  });

  afterAll(() => at.stop());

  it('follows the entry: all that is held, at the stop-loss, and no order in the way of decisions', async () => {
    const botId = await at.holdingBot();
    const { positionQuantity } = await at.readBot(botId);
    const [stop, ...more] = await at.stopsOf(botId);
    expect(more).toEqual([]);
    expect(stop).toMatchObject({
      slot: 'stop',
      side: 'SELL',
      type: 'stop',
      status: 'open',
      reason: 'stop_loss',
    });
    expect(stop?.stopPrice?.toFixed()).toBe('47500');
    expect(stop?.quantity.toFixed()).toBe(positionQuantity.toDecimalPlaces(5, 1).toFixed());
    expect(at.atVenue(stop)).toMatchObject({ type: 'STOP_LOSS', status: 'NEW' });
    expect((await listEngineBots(at.engine.deps.db, [botId]))[0]?.hasWorkingOrder).toBe(false);
  });

  it('rises with a trailing level in steps: cancelled, then placed anew, never two at once', async () => {
    const botId = await at.holdingBot({ trailing_stop_pct: '2' });
    expect(await pricesOf(botId)).toEqual(['49000 open']);
    at.setPrice(50_040);
    await at.watch();
    expect(await pricesOf(botId)).toEqual(['49000 open']);
    at.setPrice(51_000);
    await at.watch();
    expect(await pricesOf(botId)).toEqual(['49000 canceled', '49980 open']);
    const [first, second] = await at.stopsOf(botId);
    expect(second?.replacesOrderId).toBe(first?.id);
    expect(at.workingAtVenue()).toHaveLength(1);
    expect(at.atVenue(first).updatedMs).toBeLessThanOrEqual(at.atVenue(second).createdMs);
  });

  it('sells where the exchange says so: booked within one look, and nobody else sells', async () => {
    const botId = await at.holdingBot();
    at.setPrice(47_400);
    await at.watch();
    expect((await at.readBot(botId)).positionOpenedAt).toBeNull();
    expect(await statusesOf(botId)).toEqual(['filled']);
    expect((await at.plainOf(botId)).filter(({ side }) => side === 'SELL')).toEqual([]);
    expect(at.workingAtVenue()).toEqual([]);
  });

  it('is called back, and the watch sells, where the exchange has not triggered it for 15 s', async () => {
    const botId = await at.holdingBot();
    const [stop] = await at.stopsOf(botId);
    Object.assign(at.atVenue(stop), { stopPrice: at.atVenue(stop).stopPrice?.div(2) });
    at.setPrice(47_400);
    for (let look = 0; look < 3; look += 1) await at.watch();
    expect(await statusesOf(botId)).toEqual(['open']);
    await at.watch();
    const sales = (await at.plainOf(botId)).filter(({ side }) => side === 'SELL');
    expect(sales).toMatchObject([{ reason: 'stop_loss', type: 'market', status: 'filled' }]);
    expect(await statusesOf(botId)).toEqual(['canceled']);
    expect((await at.readBot(botId)).positionOpenedAt).toBeNull();
  });

  it('is not waited for where it could not be moved to its level: the watch sells there at once', async () => {
    const botId = await at.holdingBot({ trailing_stop_pct: '2' });
    const isCancel = ({ method, path }: SimRequest) =>
      method === 'DELETE' || path === '/0/private/CancelOrder';
    at.simulator.setFault((request) => (isCancel(request) ? { type: 'drop-request' } : undefined));
    at.setPrice(51_000);
    await at.watch();
    expect(await pricesOf(botId)).toEqual(['49000 open']);
    at.setPrice(49_900);
    at.simulator.setFault(undefined);
    await at.watch();
    expect(await statusesOf(botId)).toEqual(['canceled']);
    expect((await at.plainOf(botId)).at(-1)).toMatchObject({ reason: 'trailing_stop', status: 'filled' });
  });

  it('counts those 15 s anew once the price has been above it again', async () => {
    const botId = await at.holdingBot();
    const [stop] = await at.stopsOf(botId);
    Object.assign(at.atVenue(stop), { stopPrice: at.atVenue(stop).stopPrice?.div(2) });
    for (const price of [47_400, 47_600, 47_400, 47_400]) {
      at.setPrice(price);
      await at.watch();
    }
    expect(await statusesOf(botId)).toEqual(['open']);
    expect((await at.plainOf(botId)).filter(({ side }) => side === 'SELL')).toEqual([]);
  });

  it('is placed anew where a person cancelled it at the exchange', async () => {
    const botId = await at.holdingBot();
    const [stop] = await at.stopsOf(botId);
    await at.byHand.cancelOrder({
      symbol: 'BTC/USDT',
      exchangeOrderId: stop?.exchangeOrderId ?? '',
      sinceMs: 0,
    });
    await at.watch();
    await at.watch();
    expect(await statusesOf(botId)).toEqual(['canceled', 'open']);
  });

  it('ends a minute after its exchange denied it, with an alert, and is placed anew', async () => {
    const botId = await at.holdingBot();
    const [stop] = await at.stopsOf(botId);
    at.simulator.engine.forget(at.simulator.engine.account(at.apiKey), at.atVenue(stop));
    for (let look = 0; look < 8; look += 1) await at.watch();
    expect(await statusesOf(botId)).toEqual(['open']);
    for (let look = 0; look < 12; look += 1) await at.watch();
    expect(await statusesOf(botId)).toEqual(['canceled', 'open']);
    expect(at.workingAtVenue()).toHaveLength(1);
    const raised = await at.engine.deps.db.select().from(alerts).where(eq(alerts.botRunId, botId));
    expect(raised).toMatchObject([{ code: 'order-forgotten', orderId: stop?.id }]);
    expect(raised[0]?.detail).toMatch(/says now that it knows no such order \(asked .* for \d+ s\)/);
  });

  it('lets the exit go that waits for it, once its exchange has denied it for a minute', async () => {
    const botId = await at.holdingBot();
    const [stop] = await at.stopsOf(botId);
    at.simulator.engine.forget(at.simulator.engine.account(at.apiKey), at.atVenue(stop));
    at.setPrice(47_400);
    for (let look = 0; look < 8; look += 1) await at.watch();
    expect((await at.plainOf(botId)).filter(({ side }) => side === 'SELL')).toMatchObject([
      { status: 'intended' },
    ]);
    for (let look = 0; look < 16; look += 1) await at.watch();
    const sales = (await at.plainOf(botId)).filter(({ side }) => side === 'SELL');
    expect(sales).toMatchObject([{ reason: 'stop_loss', status: 'filled' }]);
    expect(await statusesOf(botId)).toEqual(['canceled']);
    expect((await at.readBot(botId)).positionOpenedAt).toBeNull();
  });

  it('is waited for where its exchange denied it for less than a minute', async () => {
    const botId = await at.holdingBot();
    at.simulator.setFault(at.knowsNothing);
    for (let look = 0; look < 8; look += 1) await at.watch();
    at.simulator.setFault(undefined);
    for (let look = 0; look < 12; look += 1) await at.watch();
    expect(await statusesOf(botId)).toEqual(['open']);
    expect(at.workingAtVenue()).toHaveLength(1);
    expect(await at.engine.deps.db.select().from(alerts).where(eq(alerts.botRunId, botId))).toEqual([]);
  });

  it('is not asked for again for a minute where the exchange refused it; the watch guards meanwhile', async () => {
    const body =
      venue === 'kraken'
        ? '{"error":["EGeneral:Permission denied"]}'
        : '{"code":-2010,"msg":"Stop orders are not permitted for this symbol."}';
    const isStop = ({ params }: { params: Readonly<Record<string, string>> }) =>
      params['type'] === 'STOP_LOSS' || params['ordertype'] === 'stop-loss';
    at.simulator.setFault((request) =>
      at.place(request) && isStop(request)
        ? { type: 'reply', status: venue === 'kraken' ? 200 : 400, body }
        : undefined,
    );
    const botId = await at.holdingBot();
    for (let look = 0; look < 5; look += 1) await at.watch();
    expect(await statusesOf(botId)).toEqual(['rejected']);
    at.setPrice(47_400);
    await at.watch();
    expect((await at.readBot(botId)).positionOpenedAt).toBeNull();
  });

  it('stays while the bot is halted, and goes with a bot that stops', async () => {
    const botId = await at.holdingBot();
    const { db } = at.engine.deps;
    await db.update(botRuns).set({ status: 'HALTED' }).where(eq(botRuns.id, botId));
    await at.watch();
    expect(await statusesOf(botId)).toEqual(['open']);
    await db.update(botRuns).set({ status: 'STOPPING' }).where(eq(botRuns.id, botId));
    await at.engine.boss.enqueue(db, 'stop-bot', [{ payload: { botRunId: botId } }]);
    for (let step = 0; step < 4; step += 1) {
      await at.engine.drainOnce('stop-bot');
      await at.watch(1_000);
    }
    expect((await at.readBot(botId)).status).toBe('STOPPED');
    expect((await at.readBot(botId)).positionQuantity.gt(money('0.009'))).toBe(true);
    expect(at.workingAtVenue()).toEqual([]);
  });
});
