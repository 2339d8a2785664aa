import fc from 'fast-check';
import { asc, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimIntents, findEngineOrder, insertIntents, moveOrder } from '../../../db/queries/orders.ts';
import { orderEvents } from '../../../db/schema/orders.ts';
import { money } from '../../../jobs/trading/decimal.ts';
import { isFinal, MAX_SENDS, sourcesOf, WORKING_STATUSES } from '../../../jobs/trading/order-life.ts';
import type { OrderStatus } from '../../../jobs/trading/types.ts';
import { createTestClock, insertBot, insertUser, startEngine, type Engine } from '../../support/engine.ts';

const NOON_MS = Date.UTC(2030, 0, 1, 12);
const STATUSES: OrderStatus[] = [...WORKING_STATUSES, 'filled', 'canceled', 'rejected', 'expired'];

let engine: Engine;
let bot: { userId: string; botRunId: string };
let leg = 0;

beforeAll(async () => {
  engine = await startEngine({ clock: createTestClock(NOON_MS) });
  const userId = await insertUser(engine);
  bot = { userId, botRunId: await insertBot(engine, { userId, venue: 'demo' }) };
});

afterAll(() => engine.stop());

async function writeIntent(): Promise<string> {
  const id = crypto.randomUUID();
  leg += 1;
  const { userId, botRunId } = bot;
  const wish = { side: 'SELL', type: 'market', reason: 'signal', quantity: money(1) } as const;
  const times = { candleTimeMs: NOON_MS, decidedAtMs: NOON_MS, leg };
  const where = { accountId: botRunId, venue: 'demo', symbol: 'BTC/USDT', clientOrderId: `order${leg}` };
  await insertIntents(engine.deps.db, [{ id, userId, botRunId, ...where, ...wish, ...times }]);
  return id;
}

async function read(id: string) {
  const order = await findEngineOrder(engine.deps.db, id);
  if (!order) throw new Error(`no order ${id}`);
  return { status: order.status, sends: order.sends };
}

/** What any process may try at any moment, on what it read now or long ago. */
type Attempt = { to: OrderStatus | 'claim'; isFenced: boolean; readBack: number };

/** Half of all attempts lead towards the second hand-over, or few walks would reach it. */
const targets = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<Attempt['to']>('claim', 'unknown', 'intended') },
  { weight: 1, arbitrary: fc.constantFrom<Attempt['to']>(...STATUSES) },
);
const readBacks = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.nat({ max: 3 }) },
);
const attempts = fc.array(fc.record({ to: targets, isFenced: fc.boolean(), readBack: readBacks }), {
  minLength: 10,
  maxLength: 30,
});

async function attempt(id: string, { to, isFenced }: Attempt, seen: State) {
  if (to === 'claim') return (await claimIntents(engine.deps.db, [id], NOON_MS)).has(id);
  const move = { detail: null, atMs: NOON_MS };
  if (to === 'intended') return moveOrder(engine.deps.db, id, { ...move, status: to, seen });
  return moveOrder(engine.deps.db, id, { ...move, status: to, ...(isFenced ? { seen } : {}) });
}

const eventsOf = async (id: string) =>
  (
    await engine.deps.db
      .select()
      .from(orderEvents)
      .where(eq(orderEvents.orderId, id))
      .orderBy(asc(orderEvents.id))
  ).map(({ status }) => status as OrderStatus);

type State = { status: OrderStatus; sends: number };

function expectAllowed({ before, after }: { before: State; after: State }): void {
  expect(sourcesOf(after.status)).toContain(before.status);
  expect(isFinal(before.status)).toBe(false);
  expect(after.sends).toBeLessThanOrEqual(MAX_SENDS);
  const left = before.status === 'unknown' ? 1 : before.sends - 1;
  if (after.status === 'intended') expect(after.sends).toBe(left);
}

describe('the moves of an order, whatever is tried on it', () => {
  it('never leave the table, end for good, and hand it over twice at most', async () => {
    let secondHandOvers = 0;
    await fc.assert(
      fc.asyncProperty(attempts, async (tried) => {
        const id = await writeIntent();
        const states = [await read(id)];
        for (const each of tried) {
          const before = states.at(-1) ?? (await read(id));
          const seen = states.at(-1 - each.readBack) ?? before;
          const hasMoved = await attempt(id, each, seen);
          const after = await read(id);
          states.push(after);
          if (hasMoved) expectAllowed({ before, after });
          else expect(after).toEqual(before);
          if (hasMoved && each.isFenced && each.to !== 'claim') expect(before).toEqual(seen);
          if (hasMoved && after.status === 'submitting') secondHandOvers += after.sends - 1;
        }
        const log = await eventsOf(id);
        expect(log[0]).toBe('intended');
        log.slice(1).forEach((to, index) => expect(sourcesOf(to)).toContain(log[index]));
        expect(log.at(-1)).toBe((await read(id)).status);
      }),
      { numRuns: 80, seed: 17 },
    );
    expect(secondHandOvers).toBeGreaterThan(5);
  }, 60_000);

  it('let one of many processes claim an intent', async () => {
    const id = await writeIntent();
    const claims = await Promise.all(
      Array.from({ length: 8 }, () => claimIntents(engine.deps.db, [id], NOON_MS)),
    );
    expect(claims.filter((claimed) => claimed.has(id))).toHaveLength(1);
    expect(await read(id)).toEqual({ status: 'submitting', sends: 1 });
  });

  it('let nobody end as absent what was handed over again since', async () => {
    const id = await writeIntent();
    const { db } = engine.deps;
    await claimIntents(db, [id], NOON_MS);
    await moveOrder(db, id, { status: 'unknown', atMs: NOON_MS });
    const seen = { status: 'unknown', sends: 1 } as const;
    expect(await moveOrder(db, id, { status: 'intended', seen, atMs: NOON_MS })).toBe(true);
    await claimIntents(db, [id], NOON_MS);
    await moveOrder(db, id, { status: 'unknown', atMs: NOON_MS });
    expect(await moveOrder(db, id, { status: 'rejected', seen, atMs: NOON_MS })).toBe(false);
    expect(await moveOrder(db, id, { status: 'intended', seen, atMs: NOON_MS })).toBe(false);
    expect(await read(id)).toEqual({ status: 'unknown', sends: 2 });
  });
});
