import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../../app/services/app-error.ts';
import { getBotDetail, startBot } from '../../../app/services/bots.server.ts';
import { previewMarket } from '../../../app/services/market-preview.server.ts';
import { syncStrategies } from '../../../app/services/strategies.server.ts';
import type { StartBotInput } from '../../../app/schemas/bots.ts';
import { createTestClock, insertUser, startEngine, type Engine } from '../../support/engine.ts';

let engine: Engine;
let userId: string;

beforeAll(async () => {
  engine = await startEngine({ clock: createTestClock(Date.UTC(2030, 0, 1, 12)) });
  userId = await insertUser(engine);
  await syncStrategies(engine.deps.db);
});

afterAll(() => engine.stop());

const start = (change: Partial<StartBotInput>) =>
  startBot(engine.deps, userId, {
    name: undefined,
    strategy: 'GRID',
    exchange: 'demo',
    symbol: 'BTC/USDT',
    timeframe: '1m',
    mode: 'paper',
    sizing: { type: 'equity_fraction', value: '0.8' },
    risk: undefined,
    initial_balance: undefined,
    exchange_key_id: undefined,
    ...change,
  });

async function refusalOf(change: Partial<StartBotInput>): Promise<string[]> {
  const error: unknown = await start(change).catch((thrown: unknown) => thrown);
  if (!(error instanceof AppError)) throw new Error('not refused');
  return error.errors.map(({ path, message }) => `${path}: ${message}`);
}

describe('starting a bot that keeps orders', () => {
  it('refuses a plan that cannot work, at its parameter and with the figures', async () => {
    expect(await refusalOf({ params: { levels: 101, lower_price: 1, upper_price: 2 } })).toEqual([
      expect.stringMatching(/^params\.upper_price: The price is .* at or above the grid/),
    ]);
    const [small] = await refusalOf({ sizing: { type: 'quote_amount', value: '5000' } } as never);
    expect(small).toMatch(/^params\.levels: 10 levels need .*; the balance is 10,000/);
  });

  it('refuses rules that speak of one entry and one exit', async () => {
    expect(await refusalOf({ risk: { stop_loss_pct: '3' } } as never)).toEqual([
      'risk.stop_loss_pct: Grid has exits of its own, and this rule does not hold for them. Leave it out.',
    ]);
  });

  it('says on its page what it waits for, and draws its orders', async () => {
    const bot = await start({});
    const job = [{ payload: { botRunId: bot.id }, key: bot.id }];
    await engine.boss.enqueue(engine.deps.db, 'keep-orders', job);
    await engine.drain(['keep-orders', 'place-order']);
    const { next, checks, chart, openOrders } = await getBotDetail(engine.deps, userId, bot.id);
    expect(next.headline).toContain('Keeps its orders working');
    expect(next.detail).toMatch(/^Buys at [\d,.]+, sells at [\d,.]+ \(\d buys and \d sales are to rest\)/);
    expect(openOrders.length).toBe(10);
    expect(checks.map(({ title }) => title)).toContain('10 orders are working');
    expect(chart.lines.filter(({ label }) => label.startsWith('Grid level'))).toHaveLength(10);
  });

  it('says in the form what a plan costs at most, and draws its levels', async () => {
    const choice = { venue: 'demo', symbol: 'BTC/USDT', timeframe: '1m' };
    const sizing = { type: 'quote_amount', value: '500' };
    const dca = await previewMarket(engine.deps, { ...choice, strategy: 'DCA', params: {}, sizing });
    expect(dca.sentence).toMatch(
      /^A full deal spends 7,093\.75 USDT in 6 buys, the last one 10 % below the first/,
    );
    const grid = await previewMarket(engine.deps, {
      ...choice,
      strategy: 'GRID',
      params: { levels: '5' },
      sizing,
    });
    expect(grid.sentence).toMatch(/^4 buys from .* each round trip earns at least 4\.\d+ % after fees/);
    expect(grid.chart.lines).toHaveLength(5);
  });
});
