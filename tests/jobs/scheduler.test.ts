import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { botRuns } from '../../db/schema/bots.ts';
import { orders } from '../../db/schema/orders.ts';
import { paperOrders } from '../../db/schema/paper.ts';
import { startRunner } from '../../jobs/runner.ts';
import { scheduleTicks } from '../../jobs/scheduler.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { createTestClock, insertBot, insertUser, startEngine, type Engine } from '../support/engine.ts';

const NOON_MS = Date.UTC(2030, 0, 1, 12);

describe('scheduleTicks', () => {
  let engine: Engine;
  let userId: string;

  beforeAll(async () => {
    engine = await startEngine({ clock: createTestClock(NOON_MS) });
    userId = await insertUser(engine);
  });
  afterAll(() => engine.stop());

  it('hands a close out once, however often and by how many it is asked', async () => {
    await insertBot(engine, { userId, venue: 'demo', timeframe: '1m' });
    const counts = await Promise.all([1, 2, 3, 4].map(() => scheduleTicks(engine.deps, '1m')));
    expect(counts.toSorted()).toEqual([0, 0, 0, 1]);
    engine.clock.nowMs += 60_000;
    expect(await scheduleTicks(engine.deps, '1m')).toBe(1);
  });

  it('leaves out bots that do not run, run on another timeframe, or have decided on the candle', async () => {
    engine.clock.nowMs = NOON_MS + 3_600_000;
    const stopped = await insertBot(engine, { userId, venue: 'demo', timeframe: '1h' });
    await engine.deps.db.update(botRuns).set({ status: 'STOPPED' }).where(eq(botRuns.id, stopped));
    const done = await insertBot(engine, { userId, venue: 'demo', timeframe: '1h' });
    await engine.deps.db
      .update(botRuns)
      .set({ lastCandleTime: new Date(NOON_MS) })
      .where(eq(botRuns.id, done));
    expect(await scheduleTicks(engine.deps, '1h')).toBe(0);
  });

  it('ends a tick that is handled twice without a second decision', async () => {
    engine.clock.nowMs = NOON_MS + 7_200_000;
    const id = await insertBot(engine, { userId, venue: 'demo', timeframe: '1s' });
    const payload = { botRunId: id, candleTimeMs: engine.clock.nowMs - 1_000 };
    await engine.boss.enqueue(engine.deps.db, 'tick-bot', [{ payload }, { payload }]);
    await engine.drain(['tick-bot']);
    const [bot] = await engine.deps.db.select().from(botRuns).where(eq(botRuns.id, id));
    expect(bot?.lastCandleTime?.getTime()).toBe(payload.candleTimeMs);
    await engine.boss.enqueue(engine.deps.db, 'tick-bot', [{ payload }]);
    engine.clock.nowMs += 1_000;
    await engine.drain(['tick-bot']);
    const [after] = await engine.deps.db.select().from(botRuns).where(eq(botRuns.id, id));
    expect(after?.lastTickAt).toEqual(bot?.lastTickAt);
  });

  it('decides on the newest candle after an outage, and says what was skipped', async () => {
    const id = await insertBot(engine, { userId, venue: 'demo', timeframe: '5m' });
    await scheduleTicks(engine.deps, '5m');
    await engine.drain(['tick-bot']);
    engine.clock.nowMs += 4 * 300_000;
    await scheduleTicks(engine.deps, '5m');
    await engine.drain(['tick-bot']);
    const log = await engine.deps.db.execute<{ reason: string; outcome: string }>(
      sql`select reason, outcome from decisions where bot_run_id = ${id} and signal = 'HOLD'`,
    );
    expect(log).toEqual([expect.objectContaining({ outcome: 'ignored' })]);
    expect(log[0]?.reason).toContain('3 candles closed while nothing was running');
  });
});

describe('two job processes on one database', () => {
  let database: TestDatabase;
  let engines: Engine[] = [];
  let stops: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    const clock = { now: () => Date.now(), nowMs: 0 };
    engines = [await startEngine({ clock, database }), await startEngine({ clock, database })];
    const [first] = engines as [Engine];
    const userId = await insertUser(first);
    for (const symbol of ['BTC/USDT', 'ETH/USDT', 'SOL/USDT']) {
      await insertBot(first, { userId, venue: 'demo', symbol, parameters: LIVELY });
    }
    for (const engine of engines) stops.push((await startRunner(engine.deps)).stop);
    await new Promise((resolve) => setTimeout(resolve, 20_000));
    await Promise.all(stops.map((stop) => stop()));
    stops = [];
  }, 60_000);

  afterAll(async () => {
    await Promise.all(stops.map((stop) => stop()));
    await database.drop();
  });

  it('tick every bot once for each candle', async () => {
    const ticks = await database.sql<{ jobs: number; pairs: number; candles: number }[]>`
      select count(*)::int as jobs, count(distinct data)::int as pairs,
        count(distinct data->>'candleTimeMs')::int as candles
      from pgboss.job where name = 'tick-bot'`;
    expect(ticks[0]?.candles).toBeGreaterThanOrEqual(18);
    expect(ticks[0]).toMatchObject({ jobs: 3 * (ticks[0]?.candles ?? 0), pairs: ticks[0]?.jobs });
  });

  it('order once for each decision that wants an order', async () => {
    const { db } = engines[0]?.deps ?? {};
    if (!db) throw new Error('no engine');
    const wanted = await database.sql<{ n: number }[]>`
      select count(*)::int as n from decisions where outcome = 'order'`;
    const made = await db.select().from(orders);
    const placed = await db.select().from(paperOrders);
    expect(wanted[0]?.n).toBeGreaterThan(2);
    expect(made).toHaveLength(wanted[0]?.n ?? 0);
    expect(placed.map((order) => order.clientOrderId).sort()).toEqual(
      made.map((order) => order.clientOrderId).sort(),
    );
  });
});

/** Thresholds close to the middle, so that a few seconds see several signals. */
const LIVELY = { rsi_period: 2, oversold: 45, overbought: 55, smoothing: 'simple' };
