import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { botRuns, decisions } from '../../../db/schema/bots.ts';
import { orders } from '../../../db/schema/orders.ts';
import { webhookSignals } from '../../../db/schema/webhooks.ts';
import type { Deps } from '../../../jobs/deps.ts';
import { actOnSignal } from '../../../jobs/handlers/act-on-signal.ts';
import type { QueueName } from '../../../jobs/queues.ts';
import type { Engine } from '../../support/engine.ts';
import { startVenueEngine, type VenueEngine } from '../../support/venue-engine.ts';
import { freshKey, takePosts, type WebhookBot } from '../../support/webhook-bot.ts';

const QUEUES: QueueName[] = ['act-on-signal', 'place-order', 'sync-order'];

describe('a posted signal', () => {
  let at: VenueEngine;
  let another: Engine;
  let bot: WebhookBot;
  let placedBefore: number;

  beforeAll(async () => {
    at = await startVenueEngine('binance');
    another = await at.startAnother();
  });
  afterAll(async () => {
    await another.stop();
    await at.stop();
  });
  beforeEach(async () => {
    bot = await takePosts(at.engine, await at.makeBot());
    placedBefore = at.simulator.orders(at.apiKey).length;
  });

  const moveOn = (ms: number) => {
    at.engine.clock.nowMs += ms;
    another.clock.nowMs = at.engine.clock.nowMs;
  };
  const placed = () => at.simulator.orders(at.apiKey).slice(placedBefore);
  const ordersOf = () => at.engine.deps.db.select().from(orders).where(eq(orders.botRunId, bot.botRunId));
  const signalsOf = () =>
    at.engine.deps.db
      .select()
      .from(webhookSignals)
      .where(eq(webhookSignals.botRunId, bot.botRunId))
      .orderBy(webhookSignals.actsAt);
  const buy = () => bot.post({ action: 'buy', id: freshKey(), comment: 'golden cross' });
  const sell = () => bot.post({ action: 'sell', id: freshKey() });

  it('is bought and sold on the exchange, and told in the decision log', async () => {
    await buy();
    await at.engine.drain(QUEUES);
    moveOn(5_000);
    await sell();
    await at.engine.drain(QUEUES);
    expect(placed().map(({ side, status }) => [side, status])).toEqual([
      ['BUY', 'FILLED'],
      ['SELL', 'FILLED'],
    ]);
    const all = await ordersOf();
    expect(all.map(({ status, clientOrderId }) => [status, clientOrderId])).toEqual(
      placed().map(({ clientOrderId }) => ['filled', clientOrderId]),
    );
    const told = await at.engine.deps.db.select().from(decisions).where(eq(decisions.botRunId, bot.botRunId));
    expect(told).toMatchObject([
      { source: 'signal', signal: 'BUY', outcome: 'order', reason: 'A buy signal was posted: golden cross' },
      { source: 'signal', signal: 'SELL', outcome: 'order', reason: 'A sell signal was posted' },
    ]);
    expect(await signalsOf()).toMatchObject(all.map(({ id }) => ({ outcome: 'order', orderId: id })));
    const [row] = await at.engine.deps.db.select().from(botRuns).where(eq(botRuns.id, bot.botRunId));
    expect(row).toMatchObject({ lastSignal: { kind: 'SELL' }, positionOpenedAt: null });
  });

  it('posted twice is one order', async () => {
    const id = freshKey();
    const [first, second] = [await bot.post({ action: 'buy', id }), await bot.post({ action: 'buy', id })];
    expect([first.isDuplicate, second.isDuplicate, second.signalId]).toEqual([false, true, first.signalId]);
    await at.engine.drain(QUEUES);
    await bot.post({ action: 'buy', id });
    await at.engine.drain(QUEUES);
    expect(placed()).toHaveLength(1);
  });

  it('is one order, whoever acts on it and however often its job is handed out', async () => {
    const { signalId } = await buy();
    await Promise.all([
      actOnSignal(at.engine.deps, { signalId }),
      actOnSignal(another.deps, { signalId }),
      actOnSignal(another.deps, { signalId }),
    ]);
    await actOnSignal(at.engine.deps, { signalId });
    await at.engine.drain(QUEUES);
    expect(placed()).toHaveLength(1);
    expect(await ordersOf()).toHaveLength(1);
  });

  it('whose process dies before it is settled is acted on by the next one, once', async () => {
    const { signalId } = await buy();
    let enqueued = 0;
    const dying: Deps = {
      ...at.engine.deps,
      boss: {
        ...at.engine.boss,
        // The last statement but the signal's own: all before it has been written, and nothing is committed.
        enqueue: () => {
          enqueued += 1;
          return Promise.reject(new Error('the process dies here'));
        },
      },
    };
    await expect(actOnSignal(dying, { signalId })).rejects.toThrow('dies here');
    expect(enqueued).toBe(1);
    expect(await ordersOf()).toEqual([]);
    await actOnSignal(another.deps, { signalId });
    await at.engine.drain(QUEUES);
    expect(placed()).toHaveLength(1);
    expect(await signalsOf()).toMatchObject([{ outcome: 'order' }]);
  });

  it('whose process died with its job is taken up by the sweep, long before the queue gives the job up', async () => {
    await buy();
    await at.engine.deps.db.execute(sql`delete from pgboss.job where name = 'act-on-signal'`);
    const sweep = async (ms: number) => {
      moveOn(ms);
      await at.engine.boss.enqueue(at.engine.deps.db, 'sweep-orders', [
        { payload: { slotMs: at.engine.clock.nowMs } },
      ]);
      await at.engine.drainOnce('sweep-orders');
      return at.engine.drain(QUEUES);
    };
    expect(await sweep(4_000)).toBe(0);
    await sweep(2_000);
    expect(placed()).toHaveLength(1);
    await sweep(10_000);
    expect(placed()).toHaveLength(1);
    expect(await signalsOf()).toMatchObject([{ outcome: 'order' }]);
  });

  it('waits for an order of its bot that still works, and is acted on in its turn', async () => {
    await buy();
    await sell();
    await at.engine.drainOnce('act-on-signal');
    expect((await signalsOf()).map(({ outcome }) => outcome)).toEqual(['order', 'pending']);
    moveOn(1_000);
    await at.engine.drain(['place-order', 'sync-order']);
    await at.engine.drain(QUEUES);
    expect(placed().map(({ side }) => side)).toEqual(['BUY', 'SELL']);
    expect((await signalsOf()).map(({ outcome }) => outcome)).toEqual(['order', 'order']);
  });

  it('of many in one second each has an order of its own name', async () => {
    for (let round = 0; round < 3; round += 1) {
      await buy();
      await at.engine.drain(QUEUES);
      await sell();
      await at.engine.drain(QUEUES);
    }
    expect(placed().map(({ side }) => side)).toEqual(['BUY', 'SELL', 'BUY', 'SELL', 'BUY', 'SELL']);
    expect(new Set(placed().map(({ clientOrderId }) => clientOrderId)).size).toBe(6);
  });

  it('that finds nothing to do is ignored, with the reason', async () => {
    await sell();
    await at.engine.drain(QUEUES);
    expect(await signalsOf()).toMatchObject([
      { outcome: 'ignored', detail: 'Holds no BTC to sell.', orderId: null },
    ]);
    expect(placed()).toEqual([]);
  });

  it('is held against the risk rules', async () => {
    await at.engine.deps.db
      .update(botRuns)
      .set({ risk: { max_trades_per_day: 1 } })
      .where(eq(botRuns.id, bot.botRunId));
    for (const act of [buy, sell, buy]) {
      await act();
      await at.engine.drain(QUEUES);
      moveOn(2_000);
    }
    const [, , third] = await signalsOf();
    expect(third).toMatchObject({ outcome: 'refused', orderId: null });
    expect(third?.detail).toMatch(/^Made 1 of 1 trades allowed a day/);
    expect(placed()).toHaveLength(2);
  });

  it('to buy is dropped when nothing could act on it in time; one to sell is not', async () => {
    await buy();
    moveOn(31_000);
    await at.engine.drain(QUEUES);
    expect(await signalsOf()).toMatchObject([
      { outcome: 'refused', detail: expect.stringMatching(/31 s/) as string },
    ]);
    await buy();
    await at.engine.drain(QUEUES);
    await sell();
    moveOn(600_000);
    await at.engine.drain(QUEUES);
    expect(placed().map(({ side }) => side)).toEqual(['BUY', 'SELL']);
  });

  it('is refused when its bot has stopped meanwhile', async () => {
    await buy();
    await at.engine.deps.db.update(botRuns).set({ status: 'STOPPED' }).where(eq(botRuns.id, bot.botRunId));
    await at.engine.drain(QUEUES);
    expect(await signalsOf()).toMatchObject([{ outcome: 'refused' }]);
    expect(placed()).toEqual([]);
  });

  it('comes between ticks that only hold', async () => {
    const candleTimeMs = at.engine.clock.nowMs - 2_000;
    await at.engine.boss.enqueue(at.engine.deps.db, 'tick-bot', [
      { payload: { botRunId: bot.botRunId, candleTimeMs } },
    ]);
    await at.engine.drain(['tick-bot', ...QUEUES]);
    expect(placed()).toEqual([]);
    const [row] = await at.engine.deps.db.select().from(botRuns).where(eq(botRuns.id, bot.botRunId));
    expect(row).toMatchObject({ error: null, lastSignal: { kind: 'HOLD' } });
    await buy();
    await at.engine.drain(QUEUES);
    expect(placed()).toHaveLength(1);
  });
});
