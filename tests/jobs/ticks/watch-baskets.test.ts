import { eq, inArray } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { syncHaltAlerts } from '../../../db/queries/watch.ts';
import { baskets, botRuns } from '../../../db/schema/bots.ts';
import { alerts } from '../../../db/schema/reports.ts';
import { watchBaskets } from '../../../jobs/ticks/watch-baskets.ts';
import { money } from '../../../jobs/trading/decimal.ts';
import { makeBasket } from '../../support/basket.ts';
import { createTestClock, insertUser, startEngine, type Engine } from '../../support/engine.ts';

const NOON_MS = Date.UTC(2030, 0, 1, 12);
const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'SOL/USDT'];

describe('the watch over baskets whose fall is limited', () => {
  let engine: Engine;

  beforeAll(async () => {
    engine = await startEngine({ clock: createTestClock(NOON_MS) });
  });
  afterAll(() => engine.stop());

  async function holdingBasket(maxDrawdownPct: string) {
    const userId = await insertUser(engine);
    const risk = { max_drawdown_pct: maxDrawdownPct };
    const made = await makeBasket(engine, { userId, venue: 'demo', symbols: SYMBOLS, maxOpen: 3, risk });
    for (const legId of made.legIds.slice(0, 2)) await price(legId, '1000');
    return { ...made, userId };
  }

  /** A leg that bought one unit for 1,000. */
  const price = (legId: string, now: string) =>
    engine.deps.db
      .update(botRuns)
      .set({
        positionQuantity: money(1),
        positionCost: money(1_000),
        positionEntryPrice: money(1_000),
        positionOpenedAt: new Date(NOON_MS),
        lastPrice: money(now),
      })
      .where(eq(botRuns.id, legId));

  const statuses = async (legIds: string[]) =>
    (await engine.deps.db.select().from(botRuns).where(inArray(botRuns.id, legIds))).map(
      ({ status }) => status,
    );

  it('halts every leg once all of them together fell too far from the most that they owned', async () => {
    const { basketId, legIds, userId } = await holdingBasket('5');
    const [first = '', second = ''] = legIds;
    await price(first, '1500');
    await watchBaskets(engine.deps);
    const [row] = await engine.deps.db.select().from(baskets).where(eq(baskets.id, basketId));
    expect(row?.equityPeak?.toFixed()).toBe('10500');
    // What one leg lost, another had gained: 10,010 are less than 5 % below 10,500.
    await price(second, '510');
    await watchBaskets(engine.deps);
    expect(await statuses(legIds)).toEqual(['RUNNING', 'RUNNING', 'RUNNING']);
    await price(first, '1450');
    await watchBaskets(engine.deps);
    expect(await statuses(legIds)).toEqual(['HALTED', 'HALTED', 'HALTED']);
    await syncHaltAlerts(engine.deps.db, NOON_MS);
    await syncHaltAlerts(engine.deps.db, NOON_MS);
    const told = await engine.deps.db.select().from(alerts).where(eq(alerts.userId, userId));
    expect(told.map(({ title }) => title)).toEqual(['Test basket stopped itself']);
    expect(told[0]?.detail).toContain(
      'Equity 9,960 USDT is 5.14 % below its highest, 10,500; the limit is 5 %.',
    );
  });
});
