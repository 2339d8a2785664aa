import { asc, eq } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lockEngineBot } from '../../../db/queries/bot-state.ts';
import { listNewestBuys, valueFee, type ReportedFill } from '../../../db/queries/fills.ts';
import { insertIntents } from '../../../db/queries/orders.ts';
import { botRuns } from '../../../db/schema/bots.ts';
import { fills as fillTable } from '../../../db/schema/orders.ts';
import { bookFills, rebuildLedger } from '../../../jobs/orders/book-fills.ts';
import { money } from '../../../jobs/trading/decimal.ts';
import { foldFifo, lotsCost, openLots } from '../../../jobs/trading/portfolio/fifo.ts';
import { foldFills } from '../../../jobs/trading/portfolio/ledger.ts';
import type { ValuedFill } from '../../../jobs/trading/types.ts';
import { createTestClock, insertBot, insertUser, startEngine, type Engine } from '../../support/engine.ts';
import { fillCase, fillsOf, toFill } from '../../support/fill-cases.ts';
import { btcUsdt } from '../../support/markets.ts';

const market = btcUsdt();
let engine: Engine;
let userId: string;

beforeAll(async () => {
  engine = await startEngine({ clock: createTestClock(Date.UTC(2030, 0, 1)) });
  userId = await insertUser(engine);
});
afterAll(() => engine.stop());

/** A bot with one order, to which a test books fills. */
async function startBooks() {
  const botRunId = await insertBot(engine, { userId, venue: 'demo' });
  const orderId = crypto.randomUUID();
  const owner = { orderId, botRunId, userId, accountId: botRunId, symbol: 'BTC/USDT' };
  const intent = {
    ...owner,
    id: orderId,
    venue: 'demo',
    clientOrderId: orderId,
    side: 'BUY' as const,
    type: 'market' as const,
    reason: 'signal' as const,
    quantity: money(1),
    candleTimeMs: 0,
    leg: 0,
    decidedAtMs: 0,
  };
  const { db } = engine.deps;
  await db.transaction((tx) => insertIntents(tx, [intent]));
  const read = async () => {
    const rows = await db
      .select()
      .from(fillTable)
      .where(eq(fillTable.botRunId, botRunId))
      .orderBy(asc(fillTable.executedAt));
    const [bot] = await db.select().from(botRuns).where(eq(botRuns.id, botRunId));
    return {
      fifo: rows.map((row) => row.pnlFifo?.toFixed() ?? null),
      average: rows.map((row) => row.pnl?.toFixed() ?? null),
      ids: rows.map((row) => row.id),
      realizedPnl: bot!.realizedPnl,
      held: bot!.positionQuantity,
      cost: bot!.positionCost,
      lastExit: bot!.lastExitAt && [bot!.lastExitAt.getTime(), bot!.lastExitPnl?.toFixed()],
      lossStreak: bot!.lossStreak,
    };
  };
  return {
    botRunId,
    read,
    book: (...fills: ReportedFill[]) => db.transaction((tx) => bookFills(tx, owner, { fills, market })),
  };
}

describe('booked fills', () => {
  it('keep the profit of each sale by average cost and by first in, first out', async () => {
    const { book, read } = await startBooks();
    const [first, second, third, fourth] = fillsOf(
      ['BUY', '1', '100'],
      ['BUY', '1', '200'],
      ['SELL', '1', '180'],
      ['SELL', '1', '180'],
    );
    await book(first!);
    await book(second!, third!);
    await book(third!, fourth!);
    expect(await read()).toMatchObject({
      average: [null, null, '30', '30'],
      fifo: [null, null, '80', '-20'],
    });
  });

  it('of one trade, reported in portions, are one exit of the whole trade', async () => {
    const { book, read } = await startBooks();
    const [buy, first, second] = fillsOf(['BUY', '2', '100'], ['SELL', '1', '80'], ['SELL', '1', '110']);
    await book(buy!);
    await book(first!);
    expect(await read()).toMatchObject({ lastExit: null, lossStreak: 0 });
    await book(second!);
    expect(await read()).toMatchObject({ lastExit: [3_000, '-10'], lossStreak: 1 });
  });

  it('that come late end the trade that they belong to', async () => {
    const { book, read } = await startBooks();
    const [buy, sale, next] = fillsOf(['BUY', '1', '100'], ['SELL', '1', '90'], ['BUY', '1', '80']);
    await book(buy!, next!);
    await book(sale!);
    expect(await read()).toMatchObject({ lastExit: [2_000, '-10'], lossStreak: 1 });
  });

  it('that come late change the profits of the sales after them', async () => {
    const { book, read } = await startBooks();
    const [early, late, sale] = fillsOf(['BUY', '1', '100'], ['BUY', '1', '200'], ['SELL', '1', '180']);
    await book(late!, sale!);
    expect((await read()).fifo).toEqual([null, '-20']);
    await book(early!);
    expect(await read()).toMatchObject({ average: [null, null, '30'], fifo: [null, null, '80'] });
  });

  it('of a buy that covers what was sold beyond what was held are spent at once, until an earlier buy turns up', async () => {
    const { book, read } = await startBooks();
    const [early, sale, cover] = fillsOf(['BUY', '1', '90'], ['SELL', '1', '100'], ['BUY', '2', '80']);
    await book(sale!);
    await book(cover!);
    expect((await read()).fifo).toEqual(['100', '-80']);
    await book(early!);
    expect((await read()).fifo).toEqual([null, '10', null]);
  });

  it('booked before profits were kept so get theirs with the next sale', async () => {
    const { book, read, botRunId } = await startBooks();
    const [one, two, sale, next] = fillsOf(
      ['BUY', '1', '100'],
      ['BUY', '2', '200'],
      ['SELL', '1', '180'],
      ['SELL', '1', '190'],
    );
    await book(one!, two!, sale!);
    await engine.deps.db.update(fillTable).set({ pnlFifo: null }).where(eq(fillTable.botRunId, botRunId));
    await book(next!);
    expect((await read()).fifo).toEqual([null, null, '80', '-10']);
  });

  it('count a fee that was valued later by both methods', async () => {
    const { book, read, botRunId } = await startBooks();
    const [buy, sale] = fillsOf(['BUY', '1', '100', '0.1', 'BNB', '0'], ['SELL', '1', '150']);
    const { db } = engine.deps;
    await book({ ...buy!, feeQuote: null }, sale!);
    expect(await read()).toMatchObject({ average: [null, '50'], fifo: [null, '50'] });
    const [buyId] = (await read()).ids;
    await db.transaction(async (tx) => {
      const bot = await lockEngineBot(tx, botRunId);
      await valueFee(tx, buyId!, money(30));
      await rebuildLedger(tx, bot!, market);
    });
    expect(await read()).toMatchObject({ average: [null, '20'], fifo: [null, '20'] });
  });

  it('booked in any portions and any order lead to the same books as all at once', async () => {
    const cases = fc.array(fc.tuple(fillCase, fc.integer({ min: 1, max: 4 }), fc.integer()), {
      minLength: 1,
      maxLength: 25,
    });
    await fc.assert(
      fc.asyncProperty(cases, async (list) => {
        const books = await startBooks();
        const fills: ValuedFill[] = [];
        for (const [index, [fillOf]] of list.entries()) {
          const { position } = foldFills(fills, market);
          fills.push({ ...toFill(fillOf, position, index), timeMs: 1_000 * index });
        }
        const jumbled = fills.map((fill, index) => ({ fill, by: index + (list[index]![2] % 3) }));
        const arriving = jumbled.sort((a, b) => a.by - b.by).map(({ fill }) => fill);
        for (let at = 0, turn = 0; at < arriving.length; turn++) {
          const size = list[turn]![1];
          await books.book(...arriving.slice(at, at + size));
          at += size;
        }
        const kept = await books.read();
        const whole = { average: foldFills(fills, market), fifo: foldFifo(fills, market) };
        expect(kept.realizedPnl.toFixed()).toBe(whole.average.realizedPnl.toFixed());
        const sum = kept.fifo.reduce((total, pnl) => total.plus(pnl ?? 0), money(0));
        expect(sum.toFixed()).toBe(whole.fifo.realizedPnl.toFixed());

        const buys = await listNewestBuys(engine.deps.db, books.botRunId, { held: kept.held, base: 'BTC' });
        const cost = lotsCost(openLots(kept.held, buys, market));
        expect(kept.realizedPnl.minus(kept.cost).plus(cost).toFixed()).toBe(sum.toFixed());
      }),
      { numRuns: 15 },
    );
  });
});
