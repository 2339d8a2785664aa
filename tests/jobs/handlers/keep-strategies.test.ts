import { and, eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { botRuns, decisions } from '../../../db/schema/bots.ts';
import { orders } from '../../../db/schema/orders.ts';
import { sum, ZERO } from '../../../jobs/trading/decimal.ts';
import { Amount } from '../../support/exchange-simulator/decimals.ts';
import { DCA, GRID } from '../../support/kept-plans.ts';
import { openOrderScene, type OrderScene } from '../../support/order-scene.ts';
import { VENUE_NAMES } from '../../support/venue-engine.ts';

let at: OrderScene;

const sides = (lines: string[]) => lines.map((line) => line.replace(/ [\d.]+ at/, '').replace(/ \(.*/, ''));

afterEach(async () => {
  at.simulator.setFault(undefined);
  for (const order of at.workingAtVenue())
    at.simulator.engine.cancel(at.simulator.engine.account(at.apiKey), order);
  // What a case bought is not sold: the next one has money all the same.
  at.simulator.engine.account(at.apiKey).ledger.add('USDT', new Amount('5000'));
  await at.engine.deps.db.delete(botRuns);
  await at.loseJobs();
  at.setPrice(50_000);
  at.engine.clock.nowMs += 2_000;
});

describe.each(VENUE_NAMES)('a grid on %s', (venue) => {
  beforeAll(async () => {
    at = await openOrderScene(venue);
  });
  afterAll(() => at.stop());

  it('buys at each level below, sells one level higher, and buys there again', async () => {
    const id = await at.start(GRID);
    expect(await at.slot(id, 'b1:0')).toEqual(['BUY 0.03923 filled']);
    expect(sides(await at.working(id))).toEqual(['SELL 54000', 'SELL 52000', 'BUY 48000', 'BUY 46000']);
    await at.move(47_900);
    expect(sides(await at.working(id))).toEqual(['SELL 54000', 'SELL 52000', 'SELL 50000', 'BUY 46000']);
    await at.move(50_100);
    expect(sides(await at.working(id))).toEqual(['SELL 54000', 'SELL 52000', 'BUY 48000', 'BUY 46000']);
    await at.move(54_100);
    expect(sides(await at.working(id))).toEqual(['BUY 52000', 'BUY 50000', 'BUY 48000', 'BUY 46000']);
    expect(at.workingAtVenue()).toHaveLength(4);
  });

  it('answers a fill within two looks of the watch, though the sweep asks more seldom', async () => {
    const id = await at.start(GRID);
    // The sweep asks for orders of that age every 15 s, and has just done so.
    at.engine.clock.nowMs = Math.ceil(at.engine.clock.nowMs / 15_000) * 15_000 + 90_000;
    await at.watch(1_000);
    at.setPrice(47_950);
    await at.watch(2_000);
    await at.watch();
    expect(sides(await at.working(id))).toEqual(['SELL 54000', 'SELL 52000', 'SELL 50000', 'BUY 46000']);
    at.setPrice(50_000);
  });

  it('logs each level that fills, once', async () => {
    const id = await at.start(GRID);
    await at.move(47_900);
    const rows = await at.engine.deps.db.select().from(decisions).where(eq(decisions.botRunId, id));
    expect(rows.map(({ detail }) => detail).toSorted()).toEqual([
      'Base order bought 0.03923 BTC at the market.',
      'Grid level 1 bought 0.02083 BTC at 48,000 USDT.',
    ]);
  });

  it('goes on with the orders that rest where everything in hand was lost', async () => {
    const id = await at.start(GRID);
    const before = await at.working(id);
    await at.loseJobs();
    await at.watch();
    await at.watch();
    expect(await at.working(id)).toEqual(before);
    expect(await at.slot(id, 'g1:1')).toHaveLength(1);
    expect(at.workingAtVenue()).toHaveLength(4);
  });

  it('sends what it wrote, once, where its process died before anything was sent', async () => {
    const id = await at.makeBot(GRID);
    await at.engine.boss.enqueue(at.engine.deps.db, 'keep-orders', [{ payload: { botRunId: id }, key: id }]);
    await at.engine.drainOnce('keep-orders');
    await at.loseJobs();
    expect(at.workingAtVenue()).toEqual([]);
    for (let look = 0; look < 8; look += 1) await at.watch();
    expect(sides(await at.working(id))).toEqual(['SELL 54000', 'SELL 52000', 'BUY 48000', 'BUY 46000']);
    expect(at.workingAtVenue()).toHaveLength(4);
    expect((await at.slot(id, 'g1:1')).length).toBe(1);
  });

  it('places nothing again that was cancelled while it is halted, as a kill switch does', async () => {
    const id = await at.start(GRID);
    const { db } = at.engine.deps;
    await db.update(botRuns).set({ status: 'HALTED' }).where(eq(botRuns.id, id));
    const account = at.simulator.engine.account(at.apiKey);
    for (const order of at.workingAtVenue()) at.simulator.engine.cancel(account, order);
    await at.move(50_000);
    expect(at.workingAtVenue()).toEqual([]);
    await at.move(48_000);
    expect(at.workingAtVenue()).toEqual([]);
  });

  it('places no order twice where the reply to it was lost', async () => {
    at.failPlacing({ type: 'drop-reply' });
    const id = await at.makeBot(GRID);
    await at.watch();
    at.simulator.setFault(undefined);
    for (let look = 0; look < 6; look += 1) await at.watch();
    expect(sides(await at.working(id))).toEqual(['SELL 54000', 'SELL 52000', 'BUY 48000', 'BUY 46000']);
    expect(at.workingAtVenue()).toHaveLength(4);
    expect(at.simulator.orders(at.apiKey).filter(({ type }) => type === 'MARKET').length).toBeGreaterThan(0);
    expect(await at.slot(id, 'b1:0')).toEqual(['BUY 0.03923 filled']);
  });

  it('sells everything at its stop, halts saying so, and begins anew when a person lets it', async () => {
    const parameters = { ...GRID.parameters, stop_price: 45_000 };
    const id = await at.start({ ...GRID, parameters });
    await at.move(44_900);
    const bot = await at.readBot(id);
    expect(bot).toMatchObject({ status: 'HALTED', haltRule: 'plan-ended', positionOpenedAt: null });
    expect(bot.haltReason).toContain('the price reached its stop');
    expect(at.workingAtVenue()).toEqual([]);
    await at.move(50_000);
    expect(at.workingAtVenue()).toEqual([]);
    await at.engine.deps.db.update(botRuns).set({ status: 'RUNNING' }).where(eq(botRuns.id, id));
    await at.move(50_000);
    expect(await at.slot(id, 'b2:0')).toEqual(['BUY 0.03923 filled']);
    expect(sides(await at.working(id))).toEqual(['SELL 54000', 'SELL 52000', 'BUY 48000', 'BUY 46000']);
  });

  it('calls its buys back while it is halted, and keeps the sales that rest', async () => {
    const id = await at.start(GRID);
    await at.engine.deps.db.update(botRuns).set({ status: 'HALTED' }).where(eq(botRuns.id, id));
    await at.move(50_000);
    expect(sides(await at.working(id))).toEqual(['SELL 54000', 'SELL 52000']);
    await at.engine.deps.db.update(botRuns).set({ status: 'RUNNING' }).where(eq(botRuns.id, id));
    await at.move(50_000);
    expect(sides(await at.working(id))).toEqual(['SELL 54000', 'SELL 52000', 'BUY 48000', 'BUY 46000']);
  });

  it('leaves nothing working once it is stopped, and sells what it holds where that was asked for', async () => {
    const id = await at.start(GRID);
    await at.engine.deps.db
      .update(botRuns)
      .set({ status: 'STOPPING', closeOnStop: true })
      .where(eq(botRuns.id, id));
    for (let look = 0; look < 8; look += 1) {
      await at.watch();
      await at.engine.drain(['stop-bot', 'place-order', 'sync-order', 'keep-orders']);
    }
    expect(at.workingAtVenue()).toEqual([]);
    expect(await at.readBot(id)).toMatchObject({ status: 'STOPPED', positionOpenedAt: null });
  });

  it('leaves out the farthest buys that would make up more than the largest position', async () => {
    const id = await at.start({ ...GRID, risk: { max_position_quote: '3100' } });
    expect(sides(await at.working(id))).toEqual(['SELL 54000', 'SELL 52000', 'BUY 48000']);
  });

  it('never spends more than its own balance', async () => {
    const id = await at.start({ ...GRID, initialBalance: '2999' });
    expect(sides(await at.working(id))).toEqual(['SELL 54000', 'SELL 52000', 'BUY 48000'].slice(0, 3));
    const bot = await at.readBot(id);
    const resting = await at.engine.deps.db
      .select()
      .from(orders)
      .where(and(eq(orders.botRunId, id), eq(orders.side, 'BUY'), eq(orders.status, 'open')));
    const spoken = sum(resting.map(({ quantity, limitPrice }) => quantity.times(limitPrice ?? ZERO)));
    expect(bot.positionCost.plus(spoken).lte(bot.initialBalance)).toBe(true);
  });
});

describe.each(VENUE_NAMES)('deals on %s', (venue) => {
  beforeAll(async () => {
    at = await openOrderScene(venue, { restingFillLimit: '0.012' });
  });
  afterAll(() => at.stop());

  it('moves its one sale with the average price while safety orders fill in parts, and ends', async () => {
    const id = await at.start(DCA);
    const [sale, ...buys] = await at.working(id);
    expect(sides([sale ?? '', ...buys])).toEqual(['SELL 51000', 'BUY 49000', 'BUY 48000']);
    await at.move(48_900);
    const [second] = await at.working(id);
    const { positionEntryPrice, positionQuantity } = await at.readBot(id);
    const target = Math.ceil(positionEntryPrice.times('1.02').times(100).toNumber() - 1e-9) / 100;
    expect(sides([second ?? ''])).toEqual([`SELL ${target}`]);
    expect(target).toBeGreaterThan(50_400);
    expect(target).toBeLessThan(50_600);
    expect(Number(second?.split(' ')[1])).toBeCloseTo(positionQuantity.toNumber(), 4);
    at.setPrice(51_000);
    for (let look = 0; look < 8; look += 1) await at.watch();
    expect(await at.readBot(id)).toMatchObject({
      status: 'HALTED',
      haltReason: 'All 1 deals are done.',
      positionOpenedAt: null,
    });
    expect(at.workingAtVenue()).toEqual([]);
  });

  it('sells at its stop-loss, and begins no deal before its pause is over', async () => {
    const parameters = { ...DCA.parameters, stop_loss_pct: 5, cooldown_minutes: 10, max_deals: 0 };
    const id = await at.start({ ...DCA, parameters });
    at.setPrice(46_000);
    for (let look = 0; look < 8; look += 1) await at.watch();
    expect(await at.readBot(id)).toMatchObject({ status: 'RUNNING', positionOpenedAt: null });
    expect(at.workingAtVenue()).toEqual([]);
    expect(await at.slot(id, 'b2:0')).toEqual([]);
    at.engine.clock.nowMs += 600_000;
    await at.move(46_000);
    expect(await at.slot(id, 'b2:0')).toEqual(['BUY 0.02173 filled']);
  });

  // Kraken has no candles of a second.
  it.skipIf(venue === 'kraken')(
    'begins a deal at the close where the RSI crosses, and at no other',
    async () => {
      const parameters = {
        ...DCA.parameters,
        start: 'rsi_below',
        rsi_period: 3,
        rsi_level: 30,
        max_deals: 0,
      };
      const id = await at.start({ ...DCA, parameters });
      expect(await at.slot(id, 'b1:0')).toEqual([]);
      at.setPrice(49_900);
      await at.watch();
      expect(await at.slot(id, 'b1:0')).toEqual([]);
      at.setPrice(49_950);
      await at.watch();
      await tickAfter(id, () => at.setPrice(49_800));
      expect(await at.slot(id, 'b1:0')).toEqual(['BUY 0.02008 filled']);
      const [sale] = await at.working(id);
      expect(sides([sale ?? ''])).toEqual(['SELL 50796']);
    },
  );

  /** Moves the price, and lets the bot tick once the candle that saw it has closed. */
  async function tickAfter(botRunId: string, move: () => void): Promise<void> {
    move();
    const { clock, boss, deps } = at.engine;
    clock.nowMs += 2_000;
    const candleTimeMs = Math.floor(clock.nowMs / 1_000) * 1_000 - 1_000;
    await boss.enqueue(deps.db, 'tick-bot', [{ payload: { botRunId, candleTimeMs } }]);
    await at.engine.drain(['tick-bot', 'keep-orders', 'place-order', 'sync-order']);
  }
});
