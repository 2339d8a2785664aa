import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { botRuns, decisions } from '../../../db/schema/bots.ts';
import { fills, orders } from '../../../db/schema/orders.ts';
import { alerts, equitySnapshots } from '../../../db/schema/reports.ts';
import { money, type Money } from '../../../jobs/trading/decimal.ts';
import type { Market } from '../../../jobs/trading/types.ts';
import {
  createTestClock,
  insertBot,
  insertUser,
  startEngine,
  type Engine,
  type TestBot,
} from '../../support/engine.ts';
import { insertHoldingBot } from '../../support/holding-bot.ts';

const NOON_MS = Date.UTC(2030, 0, 1, 12);

let engine: Engine;
let userId: string;
let market: Market;

beforeAll(async () => {
  engine = await startEngine({ clock: createTestClock(NOON_MS) });
  userId = await insertUser(engine);
  const found = (await engine.deps.marketData('demo').loadMarkets()).get('BTC/USDT');
  if (!found) throw new Error('no demo market');
  market = found;
});

afterAll(() => engine.stop());

const readBot = async (id: string) => {
  const [bot] = await engine.deps.db.select().from(botRuns).where(eq(botRuns.id, id));
  if (!bot) throw new Error(`no bot ${id}`);
  return bot;
};

const holdingBot = (entryPrice: Money, bot: Partial<TestBot> = {}) =>
  insertHoldingBot(engine, { entryPrice, market, bot: { userId, venue: 'demo', ...bot } });

async function assess(): Promise<void> {
  await engine.boss.enqueue(engine.deps.db, 'assess-risk', [{ payload: { slotMs: engine.clock.now() } }]);
  await engine.drain(['assess-risk', 'place-order', 'sync-order']);
}

const lastPrice = async () => (await engine.deps.marketData('demo').fetchTicker('BTC/USDT')).last;

describe('the risk watch', () => {
  it('sells at once when the price is beyond the stop, whatever the timeframe, and says why', async () => {
    const botId = await holdingBot((await lastPrice()).times('1.10').toDecimalPlaces(2), {
      timeframe: '1d',
      risk: { stop_loss_pct: '5' },
    });
    await assess();
    const [exit] = await engine.deps.db.select().from(decisions).where(eq(decisions.botRunId, botId));
    expect(exit).toMatchObject({ source: 'risk', signal: 'SELL', outcome: 'order' });
    expect(exit?.reason.toLowerCase()).toContain('stop');
    const sold = await engine.deps.db.select().from(orders).where(eq(orders.reason, 'stop_loss'));
    expect(sold).toMatchObject([{ botRunId: botId, side: 'SELL', status: 'filled' }]);
    expect((await readBot(botId)).positionQuantity.toFixed()).toBe('0');
    await assess();
    expect(await engine.deps.db.select().from(decisions).where(eq(decisions.botRunId, botId))).toHaveLength(
      1,
    );
  });

  it('leaves a position alone that is within its limits, and notes its price', async () => {
    const price = await lastPrice();
    const botId = await holdingBot(price, { risk: { stop_loss_pct: '5', take_profit_pct: '5' } });
    await assess();
    const bot = await readBot(botId);
    expect(bot.positionQuantity.toFixed()).toBe('0.01');
    expect(bot.lastPrice?.toFixed()).toBe(price.toFixed());
  });

  it('writes one snapshot of equity a minute', async () => {
    const price = await lastPrice();
    const botId = await holdingBot(price.minus(100));
    await assess();
    await assess();
    const taken = await engine.deps.db
      .select()
      .from(equitySnapshots)
      .where(eq(equitySnapshots.botRunId, botId));
    expect(taken).toHaveLength(1);
    expect(taken[0]?.equity.toFixed()).toBe('10001');
    engine.clock.nowMs += 60_000;
    await assess();
    const more = await engine.deps.db
      .select()
      .from(equitySnapshots)
      .where(eq(equitySnapshots.botRunId, botId));
    expect(more).toHaveLength(2);
  });

  async function closeAt(timeMs: number): Promise<Money> {
    const minute = { symbol: 'ETH/USDT', timeframe: '1m' as const, limit: 1 };
    const sinceMs = Math.floor(timeMs / 60_000) * 60_000;
    const [candle] = await engine.deps.marketData('demo').fetchCandles({ ...minute, sinceMs });
    return money(candle?.close ?? 0);
  }

  it('values a fee once the exchange has a price for it, and mends the profit', async () => {
    const price = await lastPrice();
    const botId = await holdingBot(price);
    const [fill] = await engine.deps.db.select().from(fills).where(eq(fills.botRunId, botId));
    await engine.deps.db
      .update(fills)
      .set({ fee: money('0.01'), feeCurrency: 'ETH', feeQuote: null })
      .where(eq(fills.id, fill?.id ?? 0));
    await assess();
    const [valued] = await engine.deps.db.select().from(fills).where(eq(fills.botRunId, botId));
    const ethPrice = await closeAt(fill?.executedAt.getTime() ?? 0);
    expect(valued?.feeQuote?.toFixed()).toBe(ethPrice.times('0.01').toFixed());
    const bot = await readBot(botId);
    expect(bot.feesQuote.toFixed()).toBe(ethPrice.times('0.01').toFixed());
    expect(bot.positionCost.toFixed()).toBe(price.times('0.01').plus(ethPrice.times('0.01')).toFixed());
  });

  it('opens one alert for what is wrong with a bot and resolves it when it is over', async () => {
    const botId = await insertBot(engine, { userId, venue: 'demo' });
    const read = () => engine.deps.db.select().from(alerts).where(eq(alerts.botRunId, botId));
    await engine.deps.db
      .update(botRuns)
      .set({ error: 'The exchange does not answer.' })
      .where(eq(botRuns.id, botId));
    await assess();
    await assess();
    expect(await read()).toMatchObject([
      { code: 'bot-error', detail: 'The exchange does not answer.', resolvedAt: null },
    ]);
    await engine.deps.db.update(botRuns).set({ error: null }).where(eq(botRuns.id, botId));
    await assess();
    expect((await read())[0]?.resolvedAt).not.toBeNull();
  });

  it('halts a bot whose equity fell too far, once, and keeps watching its stop', async () => {
    const price = await lastPrice();
    const risk = { max_drawdown_pct: '5', stop_loss_pct: '50' };
    const botId = await holdingBot(price.times(3), { initialBalance: '10000', risk });
    await assess();
    const bot = await readBot(botId);
    expect(bot).toMatchObject({ status: 'HALTED', haltRule: 'max-drawdown' });
    expect(bot.haltReason).toContain('the limit is 5 %');
    const read = () => engine.deps.db.select().from(alerts).where(eq(alerts.botRunId, botId));
    expect(await read()).toMatchObject([{ code: 'bot-halted', resolvedAt: null }]);
    // The first look found the stop too: a halted bot sells at it all the same.
    expect((await readBot(botId)).positionQuantity.toFixed()).toBe('0');
    await engine.deps.db.update(botRuns).set({ status: 'RUNNING' }).where(eq(botRuns.id, botId));
    await assess();
    const again = await readBot(botId);
    expect(again.status).toBe('HALTED');
    expect(again.equityPeak?.toFixed()).toBe('10000');
  });

  it('sells a halted bot’s position at its stop', async () => {
    const botId = await holdingBot((await lastPrice()).times(2), { risk: { stop_loss_pct: '5' } });
    await engine.deps.db.update(botRuns).set({ status: 'HALTED' }).where(eq(botRuns.id, botId));
    await assess();
    expect((await readBot(botId)).positionQuantity.toFixed()).toBe('0');
  });

  it('ends a trade by its age', async () => {
    const botId = await holdingBot(await lastPrice(), { timeframe: '1m', risk: { time_exit_candles: 10 } });
    await assess();
    const sold = await engine.deps.db.select().from(orders).where(eq(orders.reason, 'time_exit'));
    expect(sold).toMatchObject([{ botRunId: botId, status: 'filled' }]);
  });
});
