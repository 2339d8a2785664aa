import { eq, inArray } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listEngineBots } from '../../../db/queries/bot-state.ts';
import { saveRiskLimits } from '../../../db/queries/risk-limits.ts';
import { botRuns, decisions } from '../../../db/schema/bots.ts';
import { orders } from '../../../db/schema/orders.ts';
import { alerts } from '../../../db/schema/reports.ts';
import { recordDecisions } from '../../../jobs/ticks/record-decisions.ts';
import type { Decided } from '../../../jobs/ticks/decide-group.ts';
import { money } from '../../../jobs/trading/decimal.ts';
import type { RiskLimits } from '../../../jobs/trading/risk/owner-rule.ts';
import type { Verdict } from '../../../jobs/trading/types.ts';
import { createTestClock, insertBot, insertUser, startEngine, type Engine } from '../../support/engine.ts';
import { btcUsdt } from '../../support/markets.ts';

const NOON_MS = Date.UTC(2030, 0, 1, 12);

let engine: Engine;

beforeAll(async () => {
  engine = await startEngine({ clock: createTestClock(NOON_MS) });
});

afterAll(() => engine.stop());

/** Bots of one owner that each want to buy 0.01 BTC at 50,000: 500 USDT. */
async function wantToBuy(count: number, limits: RiskLimits, verdicts: Verdict[] = []) {
  const userId = await insertUser(engine);
  await saveRiskLimits(engine.deps.db, userId, { limits, atMs: NOON_MS });
  const ids: string[] = [];
  for (let at = 0; at < count; at++) ids.push(await insertBot(engine, { userId, venue: 'demo' }));
  const bots = await listEngineBots(engine.deps.db, ids);
  const decided: Decided[] = bots.map((bot) => ({
    bot,
    market: btcUsdt(),
    price: 50_000,
    missed: 0,
    decision: {
      candleTimeMs: NOON_MS - 1_000,
      signal: { kind: 'BUY', confidence: 0.7, reason: 'RSI crossed up through 30' },
      intent: { leg: 0, side: 'BUY', type: 'market', quantity: money('0.01'), reason: 'signal' },
      verdicts,
      outcome: 'order',
      detail: 'Buys 0.01 BTC at about 50000 USDT.',
    },
  }));
  return { ids, decided };
}

async function boughtBy(ids: string[]): Promise<string[]> {
  const rows = await engine.deps.db.select().from(orders).where(inArray(orders.botRunId, ids));
  return rows.map((row) => row.quantity.toFixed()).sort();
}

async function refusalsOf(ids: string[]): Promise<string[]> {
  const rows = await engine.deps.db.select().from(decisions).where(inArray(decisions.botRunId, ids));
  return rows.filter((row) => row.outcome === 'refused').map((row) => row.detail);
}

describe('entries of one owner’s bots in one batch', () => {
  it('all pass without limits', async () => {
    const { ids, decided } = await wantToBuy(3, {});
    await recordDecisions(engine.deps, decided);
    expect(await boughtBy(ids)).toEqual(['0.01', '0.01', '0.01']);
  });

  it('share what the owner allows in all: the one that reaches it is made smaller, the rest refused', async () => {
    const { ids, decided } = await wantToBuy(4, { maxExposureTotalQuote: money(1_200) });
    await recordDecisions(engine.deps, decided);
    expect(await boughtBy(ids)).toEqual(['0.004', '0.01', '0.01']);
    expect(await refusalsOf(ids)).toEqual(['1,200 of 1,200 USDT are in use in all: no room for 500 more.']);
  });

  it('are held against each account by itself', async () => {
    const { ids, decided } = await wantToBuy(2, { maxExposureAccountQuote: money(400) });
    await recordDecisions(engine.deps, decided);
    expect(await boughtBy(ids)).toEqual(['0.008', '0.008']);
  });

  it('are held against their symbol', async () => {
    const { ids, decided } = await wantToBuy(3, { maxExposureSymbolQuote: money(500) });
    await recordDecisions(engine.deps, decided);
    expect(await boughtBy(ids)).toEqual(['0.01']);
    expect((await refusalsOf(ids))[0]).toContain('in use on BTC/USDT');
  });

  it('are as many as may be open at once', async () => {
    const { ids, decided } = await wantToBuy(5, { maxOpenOrders: 2 });
    await recordDecisions(engine.deps, decided);
    expect(await boughtBy(ids)).toHaveLength(2);
    expect((await refusalsOf(ids))[0]).toBe(
      '2 of 2 open orders of all bots: no entry before one is settled.',
    );
  });

  it('are as many as a minute allows', async () => {
    const first = await wantToBuy(3, { maxOrdersPerMinute: 2 });
    await recordDecisions(engine.deps, first.decided);
    expect(await boughtBy(first.ids)).toHaveLength(2);
  });

  it('stay within the limit when two processes decide at the same moment', async () => {
    const { ids, decided } = await wantToBuy(8, { maxExposureTotalQuote: money(1_500) });
    const batches = [0, 1, 2, 3].map((at) => decided.slice(at * 2, at * 2 + 2));
    await Promise.all(batches.map((batch) => recordDecisions(engine.deps, batch)));
    expect(await boughtBy(ids)).toEqual(['0.01', '0.01', '0.01']);
  });

  it('do not count for another owner', async () => {
    const limits = { maxExposureTotalQuote: money(500) };
    const mine = await wantToBuy(1, limits);
    const theirs = await wantToBuy(1, limits);
    await recordDecisions(engine.deps, [...mine.decided, ...theirs.decided]);
    expect(await boughtBy([...mine.ids, ...theirs.ids])).toHaveLength(2);
  });
});

describe('a denial that halts', () => {
  it('halts the bot in the same transaction', async () => {
    const detail = 'Equity 900 USDT is 10 % below its highest, 1000; the limit is 10 %.';
    const verdict: Verdict = { rule: 'max-drawdown', outcome: 'deny', detail, halts: true };
    const { ids, decided } = await wantToBuy(1, {}, [verdict]);
    await recordDecisions(
      engine.deps,
      decided.map((each) => ({
        ...each,
        decision: { ...each.decision, intent: null, outcome: 'refused', detail },
      })),
    );
    const [bot] = await engine.deps.db
      .select()
      .from(botRuns)
      .where(eq(botRuns.id, ids[0] ?? ''));
    expect(bot).toMatchObject({ status: 'HALTED', haltRule: 'max-drawdown', haltReason: detail });
    expect(await boughtBy(ids)).toEqual([]);
  });
});

describe('a day’s loss that ends the buying', () => {
  it('is told once', async () => {
    const detail = 'Lost 51.5 of the 50 USDT (5 %) allowed a day: no entry before 00:00 UTC.';
    const { ids, decided } = await wantToBuy(1, {}, [{ rule: 'max-daily-loss', outcome: 'deny', detail }]);
    for (const candleTimeMs of [NOON_MS, NOON_MS + 1_000]) {
      const refused = { candleTimeMs, intent: null, outcome: 'refused' as const, detail };
      await recordDecisions(
        engine.deps,
        decided.map((each) => ({ ...each, decision: { ...each.decision, ...refused } })),
      );
    }
    const told = await engine.deps.db
      .select()
      .from(alerts)
      .where(eq(alerts.botRunId, ids[0] ?? ''));
    expect(told).toMatchObject([{ code: 'daily-loss', title: 'Test bot buys no more today', detail }]);
  });
});
