import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { liftSwitch, pullSwitch } from '../../../app/services/kill-switch.server.ts';
import { botRuns } from '../../../db/schema/bots.ts';
import { orders } from '../../../db/schema/orders.ts';
import { Amount } from '../../support/exchange-simulator/decimals.ts';
import { DCA, GRID } from '../../support/kept-plans.ts';
import { openOrderScene, type OrderScene } from '../../support/order-scene.ts';
import { VENUE_NAMES } from '../../support/venue-engine.ts';

const PLANS = { GRID, DCA };
type Scope = 'bot' | 'account' | 'all';
const CASES: { name: keyof typeof PLANS; scope: Scope }[] = [
  { name: 'GRID', scope: 'bot' },
  { name: 'DCA', scope: 'account' },
  { name: 'GRID', scope: 'all' },
];

let at: OrderScene;

const targetOf = (scope: Scope, botId: string) =>
  scope === 'all' ? 'all' : (`${scope}:${scope === 'bot' ? botId : at.accountId}` as const);

/** Lets time pass, with all that waits for it. */
async function pass(looks = 8): Promise<void> {
  for (let look = 0; look < looks; look += 1) {
    await at.engine.drainOnce('kill-switch');
    await at.watch(2_000);
  }
}

const sidesAtVenue = () => at.workingAtVenue().map(({ side }) => side);
const held = async (id: string) => (await at.readBot(id)).positionQuantity.toNumber();

/** Each slot has one order at most, and what works in our books works at the exchange. */
async function expectSlotsOnce(id: string): Promise<void> {
  const own = await at.engine.deps.db.select().from(orders).where(eq(orders.botRunId, id));
  const working = own.filter(({ closedAt }) => closedAt === null);
  expect(new Set(working.map(({ slot }) => slot)).size).toBe(working.length);
  expect(working.map(({ clientOrderId }) => clientOrderId).toSorted()).toEqual(
    at
      .workingAtVenue()
      .map(({ clientOrderId }) => clientOrderId)
      .toSorted(),
  );
}

describe.each(VENUE_NAMES)('the kill switch over bots that keep orders, on %s', (venue) => {
  beforeAll(async () => {
    at = await openOrderScene(venue);
  });
  afterAll(() => at.stop());
  afterEach(async () => {
    const account = at.simulator.engine.account(at.apiKey);
    for (const order of at.workingAtVenue()) at.simulator.engine.cancel(account, order);
    account.ledger.add('USDT', new Amount('5000'));
    await at.engine.deps.db.delete(botRuns);
    await at.loseJobs();
    at.setPrice(50_000);
    at.engine.clock.nowMs += 2_000;
  });

  const pull = async (id: string, scope: Scope, level: 'entries' | 'orders' | 'positions') => {
    const { id: switchId } = await pullSwitch(at.engine.deps, at.userId, {
      target: targetOf(scope, id),
      level,
    });
    await pass();
    expect(await at.readBot(id)).toMatchObject({ status: 'HALTED', haltRule: 'kill-switch' });
    return switchId;
  };

  const lift = async (id: string, switchId: string) => {
    await liftSwitch(at.engine.deps, at.userId, switchId);
    await pass();
    await expectSlotsOnce(id);
  };

  it.each(CASES)(
    'ends entries: buys are called back, and sales rest on ($name, $scope)',
    async ({ name, scope }) => {
      const id = await at.start(PLANS[name]);
      const before = await at.working(id);
      const switchId = await pull(id, scope, 'entries');
      expect(new Set(sidesAtVenue())).toEqual(new Set(['SELL']));
      expect(await at.working(id)).toEqual(before.filter((order) => order.startsWith('SELL')));
      await lift(id, switchId);
      expect(await at.working(id)).toEqual(before);
    },
  );

  it.each(CASES)(
    'cancels orders: nothing rests, and what is held is kept ($name, $scope)',
    async ({ name, scope }) => {
      const id = await at.start(PLANS[name]);
      const [before, holds] = [await at.working(id), await held(id)];
      const switchId = await pull(id, scope, 'orders');
      expect(sidesAtVenue()).toEqual([]);
      await at.move(47_000);
      await at.move(50_000);
      expect(sidesAtVenue()).toEqual([]);
      expect(await held(id)).toBe(holds);
      await lift(id, switchId);
      expect(await at.working(id)).toEqual(before);
    },
  );

  it.each(CASES)(
    'closes positions: all is sold, once, and a new round begins ($name, $scope)',
    async ({ name, scope }) => {
      const id = await at.start(PLANS[name]);
      const before = await at.working(id);
      const switchId = await pull(id, scope, 'positions');
      expect(sidesAtVenue()).toEqual([]);
      expect((await at.readBot(id)).positionOpenedAt).toBeNull();
      const plain = await at.plainOf(id);
      expect(plain).toMatchObject([{ side: 'SELL', reason: 'close_position', status: 'filled' }]);
      await lift(id, switchId);
      expect(await at.working(id)).toHaveLength(before.length);
      expect(await at.slot(id, 'b2:0')).toHaveLength(1);
    },
  );
});
