import { asc, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listWorkingOrders } from '../../../db/queries/orders.ts';
import { fills } from '../../../db/schema/orders.ts';
import { simulateOrders } from '../../../jobs/trading/backtest/simulate-orders.ts';
import { toCandles } from '../../../jobs/trading/candles.ts';
import { money } from '../../../jobs/trading/decimal.ts';
import { findOrderStrategy } from '../../../jobs/trading/order-strategies/registry.ts';
import type { Candle } from '../../../jobs/trading/types.ts';
import { findCandleFile, readCandleFile } from '../../support/candle-files.ts';
import { insertBot } from '../../support/engine.ts';
import { openOrderScene, type OrderScene } from '../../support/order-scene.ts';

const FILE = findCandleFile('BINANCE_BTC-USDT_5m');
const CANDLES = 1_000;

/**
 * The paper bot is shown each corner of a candle that touches an order of its, in the order that the backtest assumes, and what
 * it places inside a candle is looked at from the next one on. One thing stays different by nature: what a gap between two
 * candles jumps over fills at its limit on paper, and at the better open in the backtest.
 */
describe.skipIf(FILE === undefined)('a paper grid over 1,000 real candles', () => {
  const candles = FILE ? readCandleFile(FILE, { from: 20_000, limit: CANDLES }) : [];
  const start = candles[0]?.open ?? NaN;
  const params = {
    lower_price: Math.round(start * 0.96),
    upper_price: Math.round(start * 1.04),
    levels: 17,
    spacing: 'geometric',
  };
  const sizing = { type: 'equity_fraction' as const, value: '1' };
  let at: OrderScene;
  let botId = '';

  beforeAll(async () => {
    at = await openOrderScene('binance', { spread: '0' });
  });
  afterAll(() => at.stop());

  const show = (price: number) => {
    at.setPrice(price);
    at.engine.clock.nowMs += 2_000;
  };

  async function keep(price: number): Promise<void> {
    show(price);
    const item = { payload: { botRunId: botId }, key: `${botId}:${at.engine.clock.nowMs}` };
    await at.engine.boss.enqueue(at.engine.deps.db, 'keep-orders', [item]);
    await at.engine.drainOnce('keep-orders');
    while ((await at.engine.drainOnce('place-order')) > 0);
  }

  const working = () => listWorkingOrders(at.engine.deps.db, botId);

  /** Lets the account see a corner where it touches an order that worked before the candle. */
  async function touch(price: number, before: ReadonlySet<string>): Promise<boolean> {
    const touched = (await working()).filter(
      ({ id, side, limitPrice }) =>
        before.has(id) && (side === 'BUY' ? limitPrice?.gte(price) : limitPrice?.lte(price)),
    );
    if (touched.length === 0) return false;
    show(price);
    const items = touched.map(({ id }) => ({
      payload: { orderId: id },
      key: `${id}:${at.engine.clock.nowMs}`,
    }));
    await at.engine.boss.enqueue(at.engine.deps.db, 'sync-order', items);
    await at.engine.drainOnce('sync-order');
    await keep(price);
    return true;
  }

  async function live({ open, high, low, close }: Candle, isFirst: boolean): Promise<void> {
    const corners = close >= open ? [low, high] : [high, low];
    let isTouched = isFirst;
    if (isFirst) await keep(open);
    const before = new Set((await working()).map(({ id }) => id));
    for (const corner of corners) isTouched = (await touch(corner, before)) || isTouched;
    if (isTouched) await keep(close);
  }

  const read = () =>
    at.engine.deps.db.select().from(fills).where(eq(fills.botRunId, botId)).orderBy(asc(fills.id));

  it('fills as the backtest does: candle, side, price, quantity and fee', async () => {
    const parameters = findOrderStrategy('GRID')?.paramsSchema.parse(params) ?? {};
    const { userId, venue, engine } = at;
    const bot = { userId, venue, strategy: 'GRID', sizing, parameters };
    botId = await insertBot(engine, bot);
    const paper: Seen[] = [];
    for (const [candle, row] of candles.entries()) {
      await live(row, candle === 0);
      paper.push(...(await read()).slice(paper.length).map((fill) => ({ candle, fill })));
    }
    const expected: Seen[] = [];
    simulateOrders(
      [{ symbol: 'BTC/USDT', candles: toCandles(candles) }],
      toSettings(parameters),
      (run, candle) => {
        expected.push(...run.fills.slice(expected.length).map(({ fill }) => ({ candle, fill })));
      },
    );
    expect(expected.length).toBeGreaterThan(100);
    expect(paper.map(sayOrder).toSorted()).toEqual(expected.map(sayOrder).toSorted());
    const rest = [...expected];
    const atOpen = paper.filter((seen) => {
      const same = rest.findIndex((each) => sayFill(each) === sayFill(seen));
      if (same >= 0) rest.splice(same, 1);
      return same < 0;
    });
    expect(rest.length).toBe(atOpen.length);
    expect(atOpen.length / paper.length).toBeLessThan(0.1);
    for (const { candle, fill } of rest) expect(fill.price.toFixed()).toBe(String(candles[candle]?.open));
  }, 600_000);

  const toSettings = (parameters: Record<string, unknown>) => ({
    strategy: 'GRID',
    params: parameters,
    timeframe: '5m' as const,
    initialBalance: money(10_000),
    stake: 'all' as const,
    sizing: { ...sizing, value: money(1) },
    fee: money('0.001'),
    slippageBps: 2,
    risk: {},
    tickSize: money('0.01'),
    lotSize: money('0.00001'),
    minNotional: money(5),
    arithmetic: 'exact' as const,
  });
});

type Told = {
  side: string;
  price: { toFixed(): string };
  quantity: { toFixed(): string };
  fee: { toFixed(): string };
};
type Seen = { candle: number; fill: Told };

const sayOrder = ({ candle, fill: { side, quantity } }: Seen) => `${candle} ${side} ${quantity.toFixed()}`;

const sayFill = (seen: Seen) =>
  `${sayOrder(seen)} @ ${seen.fill.price.toFixed()}, fee ${seen.fill.fee.toFixed()}`;
