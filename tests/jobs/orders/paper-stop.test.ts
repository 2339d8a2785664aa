import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { botRuns } from '../../../db/schema/bots.ts';
import { orders } from '../../../db/schema/orders.ts';
import { paperBalances } from '../../../db/schema/paper.ts';
import { money, type Money } from '../../../jobs/trading/decimal.ts';
import type { Market } from '../../../jobs/trading/types.ts';
import { createTestClock, insertUser, startEngine, type Engine } from '../../support/engine.ts';
import { insertHoldingBot } from '../../support/holding-bot.ts';

const NOON_MS = Date.UTC(2030, 0, 1, 12);

let engine: Engine;
let userId: string;
let market: Market;
/** Added to the demo market's own price. */
let shift = money(0);

beforeAll(async () => {
  engine = await startEngine({ clock: createTestClock(NOON_MS) });
  userId = await insertUser(engine);
  const found = (await engine.deps.marketData('demo').loadMarkets()).get('BTC/USDT');
  if (!found) throw new Error('no demo market');
  market = found;
  const demo = engine.deps.marketData('demo');
  const fetchTicker = demo.fetchTicker.bind(demo);
  Object.assign(demo, {
    fetchTicker: async (symbol: string) => {
      const ticker = await fetchTicker(symbol);
      const moved = (price: Money) => price.plus(shift);
      return { ...ticker, last: moved(ticker.last), bid: moved(ticker.bid), ask: moved(ticker.ask) };
    },
  });
});

afterAll(() => engine.stop());

async function watch(): Promise<void> {
  engine.clock.nowMs += 5_000;
  await engine.boss.enqueue(engine.deps.db, 'assess-risk', [{ payload: { slotMs: engine.clock.now() } }]);
  await engine.drain(['assess-risk', 'keep-orders', 'place-order', 'sync-order']);
}

const holdingBot = async (risk: Record<string, string>) =>
  insertHoldingBot(engine, {
    entryPrice: (await engine.deps.marketData('demo').fetchTicker('BTC/USDT')).last,
    market,
    bot: { userId, venue: 'demo', risk: { ...risk, stop_on_exchange: true } },
  });

async function salesOf(botId: string) {
  const rows = await engine.deps.db
    .select()
    .from(orders)
    .where(eq(orders.botRunId, botId))
    .orderBy(orders.createdAt);
  return rows
    .filter(({ side }) => side === 'SELL')
    .map(({ slot, status, reason }) => `${slot ?? 'exit'} ${reason} ${status}`);
}

async function baseOf(botId: string): Promise<string> {
  const rows = await engine.deps.db.select().from(paperBalances).where(eq(paperBalances.accountId, botId));
  const btc = rows.find(({ asset }) => asset === 'BTC');
  return `${btc?.free.toFixed() ?? ''} + ${btc?.used.toFixed() ?? ''}`;
}

describe('a stop that rests on a paper account', () => {
  it('holds back what it is to sell, and sells it once the price is there', async () => {
    shift = money(0);
    const botId = await holdingBot({ stop_loss_pct: '5' });
    await watch();
    expect(await salesOf(botId)).toEqual(['stop stop_loss open']);
    expect(await baseOf(botId)).toBe('0 + 0.01');
    shift = market.tickSize.times(-1).plus(-6_000);
    await watch();
    expect(await salesOf(botId)).toEqual(['stop stop_loss filled']);
    expect(await baseOf(botId)).toBe('0 + 0');
  });

  it('gives way to an exit at a profit', async () => {
    shift = money(0);
    const botId = await holdingBot({ stop_loss_pct: '5', take_profit_pct: '2' });
    await watch();
    shift = money(6_000);
    await watch();
    expect(await salesOf(botId)).toEqual(['stop stop_loss canceled', 'exit take_profit filled']);
    expect(await baseOf(botId)).toBe('0 + 0');
    const [bot] = await engine.deps.db.select().from(botRuns).where(eq(botRuns.id, botId));
    expect(bot?.positionOpenedAt).toBeNull();
  });
});
