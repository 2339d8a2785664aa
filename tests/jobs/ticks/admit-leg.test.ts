import { randomUUID } from 'node:crypto';
import { and, eq, inArray } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBasketBooks } from '../../../db/queries/basket-books.ts';
import { listEngineBots } from '../../../db/queries/bot-state.ts';
import { saveRiskLimits } from '../../../db/queries/risk-limits.ts';
import { botRuns, decisions } from '../../../db/schema/bots.ts';
import { fills, orders } from '../../../db/schema/orders.ts';
import { alerts } from '../../../db/schema/reports.ts';
import { recordDecisions } from '../../../jobs/ticks/record-decisions.ts';
import type { Decided } from '../../../jobs/ticks/decide-group.ts';
import { freeQuote } from '../../../jobs/trading/basket/books.ts';
import { money } from '../../../jobs/trading/decimal.ts';
import { makeBasket, type TestBasket } from '../../support/basket.ts';
import { createTestClock, insertUser, startEngine, type Engine } from '../../support/engine.ts';
import { btcUsdt } from '../../support/markets.ts';

const NOON_MS = Date.UTC(2030, 0, 1, 12);
const BASES = ['BTC', 'ETH', 'SOL', 'XRP', 'ADA', 'BNB'];

let engine: Engine;
/** Another process: connections of its own on the same database. */
let another: Engine;

beforeAll(async () => {
  engine = await startEngine({ clock: createTestClock(NOON_MS) });
  another = await startEngine({ clock: createTestClock(NOON_MS), database: engine.database });
});

afterAll(async () => {
  await another.stop();
  await engine.stop();
});

/** Legs that each hear a buy signal at the same close, at a price of 50,000. */
async function wantToBuy(change: Partial<TestBasket> & { pairs: number }) {
  const { pairs, ...basket } = change;
  const userId = change.userId ?? (await insertUser(engine));
  const symbols = BASES.slice(0, pairs).map((base) => `${base}/USDT`);
  const made = await makeBasket(engine, { userId, venue: 'demo', symbols, maxOpen: pairs, ...basket });
  return { ...made, userId, decided: await hearBuys(made.legIds, NOON_MS - 1_000) };
}

async function hearBuys(legIds: string[], candleTimeMs: number): Promise<Decided[]> {
  const bots = await listEngineBots(engine.deps.db, legIds);
  return legIds.map((id) => ({
    bot: bots.find((bot) => bot.id === id)!,
    market: btcUsdt(),
    price: 50_000,
    missed: 0,
    decision: {
      candleTimeMs,
      signal: { kind: 'BUY', confidence: 0.7, reason: 'RSI crossed up through 30' },
      // What was decided before the lock was taken does not count.
      intent: { leg: 0, side: 'BUY', type: 'market', quantity: money('9'), reason: 'signal' },
      verdicts: [],
      outcome: 'order',
      detail: 'Buys 9 BTC at about 50000 USDT.',
    },
  }));
}

async function boughtBy(legIds: string[]): Promise<(string | null)[]> {
  const rows = await engine.deps.db.select().from(orders).where(inArray(orders.botRunId, legIds));
  return legIds.map((id) => rows.find(({ botRunId }) => botRunId === id)?.quantity.toFixed() ?? null);
}

async function refusalOf(legId: string | undefined): Promise<string | undefined> {
  const [row] = await engine.deps.db
    .select()
    .from(decisions)
    .where(and(eq(decisions.botRunId, legId ?? ''), eq(decisions.outcome, 'refused')));
  return row?.detail;
}

const readBooks = async (basketId: string) =>
  (await readBasketBooks(engine.deps.db, [{ basketId, settledBeforeMs: NOON_MS }], NOON_MS)).get(basketId)!;

describe('entries of a basket’s legs at one close', () => {
  it('share one balance: a later one gets what the earlier ones leave, less its reserve', async () => {
    const { legIds, basketId, decided } = await wantToBuy({
      pairs: 3,
      initialBalance: '2500',
      sizing: { type: 'quote_amount', value: '1000' },
    });
    await recordDecisions(engine.deps, decided);
    // 1,001 each with the fee: 498 are left, of which 1 % is kept.
    expect(await boughtBy(legIds)).toEqual(['0.02', '0.02', '0.00986']);
    const books = await readBooks(basketId);
    expect(books.spokenFor.toFixed()).toBe('2495.493');
    expect(freeQuote(books).toFixed()).toBe('4.507');
  });

  it('are as many as may be open: the first given symbols come first, in whatever order they are decided', async () => {
    const { legIds, decided } = await wantToBuy({ pairs: 4, maxOpen: 2 });
    await recordDecisions(engine.deps, decided.toReversed());
    expect(await boughtBy(legIds)).toEqual(['0.02', '0.02', null, null]);
    expect(await refusalOf(legIds[3])).toBe(
      '2 of 2 positions of the basket are open or on their way: no entry before one is closed.',
    );
  });

  it('count as trades of the basket’s day', async () => {
    const { legIds, decided } = await wantToBuy({ pairs: 3, risk: { max_trades_per_day: 2 } });
    await recordDecisions(engine.deps, decided);
    expect(await boughtBy(legIds)).toEqual(['0.02', '0.02', null]);
    expect(await refusalOf(legIds[2])).toBe('Made 2 of 2 trades allowed a day: no entry before 00:00 UTC.');
  });

  it('take a fraction of what the whole basket owns', async () => {
    const sizing = { type: 'equity_fraction' as const, value: '0.25' };
    const { legIds, decided } = await wantToBuy({ pairs: 2, sizing, initialBalance: '4000' });
    await recordDecisions(engine.deps, decided);
    expect(await boughtBy(legIds)).toEqual(['0.02', '0.02']);
  });

  it('are held against their owner’s limits too, and one that those refuse takes no place', async () => {
    const userId = await insertUser(engine);
    const limits = { maxExposureSymbolQuote: money(1) };
    await saveRiskLimits(engine.deps.db, userId, { limits, atMs: NOON_MS });
    const { basketId, legIds, decided } = await wantToBuy({ userId, pairs: 2, maxOpen: 1 });
    await recordDecisions(engine.deps, decided);
    expect(await boughtBy(legIds)).toEqual([null, null]);
    expect((await readBooks(basketId)).taken.size).toBe(0);
  });

  it('leave nothing behind where the process dies before all of it is written', async () => {
    const { basketId, legIds, decided } = await wantToBuy({ pairs: 2 });
    const enqueue = () => Promise.reject(new Error('The connection is gone.'));
    const dying = { ...engine.deps, boss: { ...engine.deps.boss, enqueue } };
    await expect(recordDecisions(dying, decided)).rejects.toThrow('gone');
    expect((await readBooks(basketId)).spokenFor.isZero()).toBe(true);
    expect(await boughtBy(legIds)).toEqual([null, null]);
    await recordDecisions(another.deps, decided);
    expect(await boughtBy(legIds)).toEqual(['0.02', '0.02']);
  });

  it('free their money and place when they end unfilled', async () => {
    const { basketId, legIds, decided } = await wantToBuy({ pairs: 2, maxOpen: 1 });
    await recordDecisions(engine.deps, decided.slice(0, 1));
    const { db } = engine.deps;
    await db
      .update(orders)
      .set({ status: 'expired' })
      .where(eq(orders.botRunId, legIds[0] ?? ''));
    const books = await readBooks(basketId);
    expect([freeQuote(books).toFixed(), books.taken.size]).toEqual(['10000', 0]);
    await recordDecisions(engine.deps, decided.slice(1));
    expect(await boughtBy(legIds)).toEqual(['0.02', '0.02']);
  });
});

describe('entries of one basket in two processes at the same moment', () => {
  const race = (batches: Decided[][]) =>
    Promise.all(
      batches.map((batch, at) => recordDecisions(at % 2 === 0 ? engine.deps : another.deps, batch)),
    );

  it('never open more positions than may be open', async () => {
    for (let round = 0; round < 8; round += 1) {
      const { legIds, decided } = await wantToBuy({ pairs: 6, maxOpen: 2 });
      await race(decided.map((entry) => [entry]));
      expect((await boughtBy(legIds)).filter(Boolean)).toHaveLength(2);
    }
  });

  it('never spend the same money twice', async () => {
    for (let round = 0; round < 8; round += 1) {
      const { basketId, legIds, decided } = await wantToBuy({ pairs: 6, initialBalance: '3000' });
      const batches = round % 2 === 0 ? decided.map((entry) => [entry]) : halves(decided);
      await race(batches);
      const bought = (await boughtBy(legIds)).flatMap((quantity) => quantity ?? []);
      expect(bought.toSorted()).toEqual(['0.00017', '0.01976', '0.02', '0.02']);
      expect(freeQuote(await readBooks(basketId)).gte(0)).toBe(true);
    }
  });

  it('end without a deadlock where each has legs of two baskets and single bots are marked beside them', async () => {
    const [one, other] = [
      await wantToBuy({ pairs: 4, maxOpen: 2 }),
      await wantToBuy({ pairs: 4, maxOpen: 2 }),
    ];
    const mixed = one.decided.flatMap((entry, at) => [entry, other.decided[3 - at]!]);
    await race([
      mixed.filter((_, at) => at % 3 === 0),
      mixed.filter((_, at) => at % 3 === 1),
      mixed.filter((_, at) => at % 3 === 2),
    ]);
    for (const { legIds } of [one, other]) expect((await boughtBy(legIds)).filter(Boolean)).toHaveLength(2);
  });
});

const halves = <T>(all: T[]): T[][] => [all.slice(0, all.length / 2), all.slice(all.length / 2)];

describe('a basket that lost too much in a day', () => {
  it('buys no more that day, and its owner is told once', async () => {
    const { userId, decided } = await wantToBuy({ pairs: 3, risk: { max_daily_loss_pct: '1' } });
    const [first] = decided;
    await sellAtALoss(first!.bot);
    await recordDecisions(engine.deps, decided);
    const told = await engine.deps.db.select().from(alerts).where(eq(alerts.userId, userId));
    expect(told.map(({ title }) => title)).toEqual(['Test basket buys no more today']);
    expect(await boughtBy(decided.slice(1).map(({ bot }) => bot.id))).toEqual([null, null]);
  });

  /** Half an hour ago 150 USDT were lost. */
  async function sellAtALoss({ id: botRunId, userId, accountId }: Decided['bot']) {
    const orderId = randomUUID();
    const at = new Date(NOON_MS - 1_800_000);
    const shared = {
      botRunId,
      userId,
      accountId,
      symbol: 'BTC/USDT',
      side: 'SELL' as const,
      quantity: money(1),
    };
    const { db } = engine.deps;
    await db.insert(orders).values({
      ...shared,
      id: orderId,
      venue: 'demo',
      clientOrderId: orderId,
      type: 'market',
      reason: 'signal',
      status: 'filled',
      candleTime: at,
      leg: 0,
      decidedAt: at,
    });
    const fill = { exchangeTradeId: orderId, price: money(100), fee: money(0), feeCurrency: 'USDT' };
    await db
      .insert(fills)
      .values({ ...shared, ...fill, orderId, feeQuote: money(0), pnl: money(-150), executedAt: at });
    await db
      .update(botRuns)
      .set({ realizedPnl: money(-150) })
      .where(eq(botRuns.id, botRunId));
  }
});

describe('a basket that fell too far', () => {
  it('is halted whole by the next entry, and nothing is bought', async () => {
    const { legIds, decided } = await wantToBuy({ pairs: 3, risk: { max_drawdown_pct: '5' } });
    const lost = { realizedPnl: money(-300) };
    for (const id of legIds.slice(0, 2))
      await engine.deps.db.update(botRuns).set(lost).where(eq(botRuns.id, id));
    await recordDecisions(engine.deps, decided.slice(2));
    expect(await boughtBy(legIds)).toEqual([null, null, null]);
    const rows = await engine.deps.db.select().from(botRuns).where(inArray(botRuns.id, legIds));
    expect(rows.map(({ status, haltRule }) => [status, haltRule])).toEqual(
      legIds.map(() => ['HALTED', 'max-drawdown']),
    );
    expect(rows[0]?.haltReason).toBe('Equity 9,400 USDT is 6 % below its highest, 10,000; the limit is 5 %.');
  });
});
