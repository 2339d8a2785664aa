import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { pullSwitch } from '../../../app/services/kill-switch.server.ts';
import { botRuns } from '../../../db/schema/bots.ts';
import { orders } from '../../../db/schema/orders.ts';
import type { Engine } from '../../support/engine.ts';
import type { Fault } from '../../support/exchange-simulator/server.ts';
import { intend } from '../../support/intend.ts';
import {
  startVenueEngine,
  VENUE_NAMES,
  type VenueEngine,
  type VenueName,
} from '../../support/venue-engine.ts';

/** How each exchange refuses a request for its time: nothing was done. */
const STALE: Record<VenueName, Fault> = {
  binance: {
    type: 'reply',
    status: 400,
    body: '{"code":-1021,"msg":"Timestamp for this request is outside of the recvWindow."}',
  },
  kraken: { type: 'reply', status: 200, body: '{"error":["EAPI:Invalid nonce"]}' },
};

describe.each(VENUE_NAMES)('on %s, with two processes on one key', (venue) => {
  let at: VenueEngine;
  let another: Engine;

  beforeAll(async () => {
    at = await startVenueEngine(venue);
    another = await at.startAnother();
  });

  afterEach(() => at.simulator.setFault(undefined));

  afterAll(async () => {
    await another.stop();
    await at.stop();
  });

  const moveOn = (ms: number) => {
    at.engine.clock.nowMs += ms;
    another.clock.nowMs = at.engine.clock.nowMs;
  };

  const sweep = async (ms: number) => {
    moveOn(ms);
    const { boss, deps, clock } = at.engine;
    await boss.enqueue(deps.db, 'sweep-orders', [{ payload: { slotMs: clock.nowMs } }]);
    await at.engine.drainOnce('sweep-orders');
  };

  const read = async (id: string) => {
    const [order] = await at.engine.deps.db.select().from(orders).where(eq(orders.id, id));
    if (!order) throw new Error(`no order ${id}`);
    return order;
  };

  it('an order whose time or nonce was refused is sent again, once, as the same hand-over', async () => {
    const id = await intend(at.engine, await at.makeBot());
    at.failPlacing(STALE[venue]);
    await at.engine.drainOnce('place-order');
    expect(await read(id)).toMatchObject({ status: 'intended', sends: 0 });
    at.simulator.setFault(undefined);
    await sweep(16_000);
    await at.engine.drain(['place-order', 'sync-order']);
    const order = await read(id);
    expect(order).toMatchObject({ status: 'filled', sends: 1 });
    expect(at.simulator.orders(at.apiKey)).toHaveLength(1);
  });

  it('every order is placed once, whichever process sends it and however their nonces meet', async () => {
    const before = at.simulator.orders(at.apiKey).length;
    const bot = await at.makeBot();
    const ids: string[] = [];
    for (let round = 0; round < 12; round += 1) {
      // Each finds one order to send, while the other is sending.
      ids.push(await intend(at.engine, bot));
      const first = at.engine.drainOnce('place-order');
      ids.push(await intend(another, bot));
      await Promise.all([first, another.drainOnce('place-order')]);
      await sweep(1_000);
      await Promise.all([at.engine.drainOnce('sync-order'), another.drainOnce('sync-order')]);
    }
    await sweep(16_000);
    await at.engine.drain(['place-order', 'sync-order']);
    const ended = await Promise.all(ids.map(read));
    expect(new Set(ended.map(({ status }) => status))).toEqual(new Set(['filled']));
    const placed = at.simulator.orders(at.apiKey).slice(before);
    expect(placed.map(({ clientOrderId }) => clientOrderId).sort()).toEqual(
      ended.map(({ clientOrderId }) => clientOrderId).sort(),
    );
  }, 60_000);

  it('the kill switch cancels at the exchange what rests there, and sells the position', async () => {
    const bot = await at.makeBot();
    await intend(at.engine, bot, { quantity: '0.01' });
    await at.engine.drain(['place-order', 'sync-order']);
    const resting = await intend(at.engine, bot, { limitPrice: '40000', quantity: '0.01' });
    await at.engine.drain(['place-order', 'sync-order']);
    expect(await read(resting)).toMatchObject({ status: 'open' });
    const before = at.simulator.balances(at.apiKey)['BTC']?.total ?? '0';
    await pullSwitch(at.engine.deps, at.userId, { target: `bot:${bot}`, level: 'positions' });
    for (let step = 0; step < 8; step += 1) {
      moveOn(2_000);
      await at.engine.drainOnce('kill-switch');
      await at.engine.drain(['place-order', 'sync-order']);
    }
    expect(await read(resting)).toMatchObject({ status: 'canceled' });
    expect(at.simulator.orders(at.apiKey).filter(({ status }) => status === 'NEW')).toEqual([]);
    const [row] = await at.engine.deps.db.select().from(botRuns).where(eq(botRuns.id, bot));
    expect(row?.positionOpenedAt).toBeNull();
    const after = at.simulator.balances(at.apiKey)['BTC']?.total ?? '0';
    expect((Number(before) - Number(after)).toFixed(3)).toBe('0.010');
  });
});
