import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saveRiskLimits } from '../../../db/queries/risk-limits.ts';
import { createHealthStore } from '../../../db/queries/account-health.ts';
import { accountHealth } from '../../../db/schema/account-health.ts';
import { botRuns } from '../../../db/schema/bots.ts';
import { getBotDetail } from '../../../app/services/bots.server.ts';
import type { CheckView } from '../../../app/schemas/views.ts';
import { money } from '../../../jobs/trading/decimal.ts';
import type { Market, StoredRisk } from '../../../jobs/trading/types.ts';
import {
  createTestClock,
  insertBot,
  insertKey,
  insertUser,
  startEngine,
  type Engine,
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

/** A bot on minute candles that has seen a price. */
async function bot(risk: StoredRisk = {}, change: Partial<typeof botRuns.$inferInsert> = {}) {
  const id = await insertBot(engine, { userId, venue: 'demo', timeframe: '1m', risk });
  const seen = { lastPrice: money(60_000), lastPriceAt: new Date(NOON_MS) };
  await engine.deps.db
    .update(botRuns)
    .set({ ...seen, ...change })
    .where(eq(botRuns.id, id));
  return id;
}

async function checksOf(id: string): Promise<CheckView[]> {
  return (await getBotDetail(engine.deps, userId, id)).checks;
}

const reasonOf = (checks: CheckView[]) => checks.find(({ isReason }) => isReason);

describe('why a bot is not trading', () => {
  it('asks in order: status, candles, signal, each rule that is on, size, account', async () => {
    const checks = await checksOf(await bot({ max_daily_loss_pct: '2', max_position_quote: '5000' }));
    expect(checks.map(({ title }) => title.replace(/: .*/, ''))).toEqual([
      'Running, strategy enabled',
      'Candles fresh',
      'Signal',
      'Daily loss limit',
      'Largest position',
      'Balance and minimums allow a buy',
      'Paper account healthy',
    ]);
  });

  it('waits for the signal while nothing blocks', async () => {
    const checks = await checksOf(await bot());
    expect(checks.every(({ outcome }) => outcome !== 'block')).toBe(true);
    expect(reasonOf(checks)?.title).toMatch(/^Signal: (hold|sell)/);
  });

  it.each<[string, StoredRisk, Partial<typeof botRuns.$inferInsert>, string]>([
    [
      'halted',
      {},
      { status: 'HALTED', haltReason: 'It fell too far.', haltedAt: new Date(NOON_MS) },
      'Halted',
    ],
    ['stopped', {}, { status: 'STOPPED' }, 'Stopped'],
    [
      'cooling down',
      { cooldown_candles: 5 },
      { lastExitAt: new Date(NOON_MS - 60_000), lastExitPnl: money(-1) },
      'Pause after a loss: blocks a buy',
    ],
    ['drawn down', { max_drawdown_pct: '5' }, { equityPeak: money(12_000) }, 'Largest fall: blocks a buy'],
    ['with too little left', {}, { realizedPnl: money('-9999.5') }, 'Balance is too small for a buy'],
    ['in trouble', {}, { error: 'The key was refused.' }, 'Account: something is in the way'],
  ])('marks what blocks a bot that is %s', async (...row) => {
    const [, risk, change, title] = row;
    const checks = await checksOf(await bot(risk, change));
    expect(reasonOf(checks)).toMatchObject({ title, outcome: 'block' });
    expect(checks.filter(({ isReason }) => isReason)).toHaveLength(1);
  });

  it('names what the exchange has against the account of a live bot, before what the bot noted', async () => {
    const store = createHealthStore(engine.deps.db);
    const credentials = { apiKey: 'checks-key-0001', apiSecret: 'checks-secret-0001' };
    const exchangeKeyId = await insertKey(engine, userId, { exchange: 'demo', credentials });
    const id = await insertBot(engine, { userId, exchangeKeyId, venue: 'demo', timeframe: '1m' });
    const seen = { lastPrice: money(60_000), lastPriceAt: new Date(NOON_MS), error: 'It was refused.' };
    await engine.deps.db.update(botRuns).set(seen).where(eq(botRuns.id, id));
    const subject = { key: exchangeKeyId, venue: 'demo' };
    const healthOf = async () => (await checksOf(id)).at(-1);

    expect(await healthOf()).toMatchObject({ outcome: 'block', detail: 'It was refused.' });
    await store.note(subject, {
      okAtMs: NOON_MS - 60_000,
      error: { atMs: NOON_MS - 1_000, message: 'demo: Invalid API-key (-2015)' },
    });
    expect(await healthOf()).toMatchObject({
      outcome: 'block',
      title: 'Account: the newest call failed',
      detail: expect.stringContaining('Invalid API-key') as string,
    });
    await store.ban(subject, { untilMs: NOON_MS + 100_000, reason: 'It answered 418.', atMs: NOON_MS });
    expect(await healthOf()).toMatchObject({
      outcome: 'block',
      title: 'Account: paused by the exchange',
      detail: 'It answered 418. Nothing is sent to it for another 100 s.',
    });
    engine.clock.nowMs += 100_000;
    await store.note(subject, { okAtMs: engine.clock.nowMs });
    await engine.deps.db.update(botRuns).set({ error: null }).where(eq(botRuns.id, id));
    expect(await healthOf()).toMatchObject({ outcome: 'pass', title: 'Account healthy' });
    engine.clock.nowMs = NOON_MS;
  });

  it('names a pause of the prices, for a paper bot too', async () => {
    const prices = { key: 'venue:demo', venue: 'demo' };
    const ban = { untilMs: NOON_MS + 240_000, reason: 'It answered 429.', atMs: NOON_MS };
    await createHealthStore(engine.deps.db).ban(prices, ban);
    expect(reasonOf(await checksOf(await bot()))).toMatchObject({
      title: 'Prices: paused by the exchange',
      detail: 'It answered 429. Nothing is sent to it for another 4 min.',
    });
    await engine.deps.db.delete(accountHealth);
  });

  it('counts what all bots hold together', async () => {
    const entryPrice = (await engine.deps.marketData('demo').fetchTicker('BTC/USDT')).last;
    const holder = await insertHoldingBot(engine, { entryPrice, market, bot: { userId, venue: 'demo' } });
    const limits = { maxExposureTotalQuote: entryPrice.times('0.01').toDecimalPlaces(0) };
    await saveRiskLimits(engine.deps.db, userId, { limits, atMs: NOON_MS });
    const reason = reasonOf(await checksOf(await bot()));
    expect(reason).toMatchObject({ title: 'Exposure in all: blocks a buy' });
    expect(reason?.detail).toContain('no room for');
    await saveRiskLimits(engine.deps.db, userId, { limits: {}, atMs: NOON_MS });
    const held = await checksOf(holder);
    expect(held.some(({ title }) => /second buy waits|Signal: sell/.test(title))).toBe(true);
  });

  it('is told to the owner alone', async () => {
    const stranger = await insertUser(engine);
    await expect(getBotDetail(engine.deps, stranger, await bot())).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});
