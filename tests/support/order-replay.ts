import { asc, eq } from 'drizzle-orm';
import { listWorkingOrders, type EngineOrder } from '../../db/queries/orders.ts';
import { strategies } from '../../db/schema/bots.ts';
import { fills } from '../../db/schema/orders.ts';
import type { Boss } from '../../jobs/boss.ts';
import { simulateOrders } from '../../jobs/trading/backtest/simulate-orders.ts';
import { toCandles } from '../../jobs/trading/candles.ts';
import { money } from '../../jobs/trading/decimal.ts';
import { findOrderStrategy } from '../../jobs/trading/order-strategies/registry.ts';
import type { Candle } from '../../jobs/trading/types.ts';
import { insertBot } from './engine.ts';
import { FLAT, startVenueEngine, VENUE_START_MS, type VenueEngine } from './venue-engine.ts';

/**
 * How long a candle of the replay lasts on the simulated exchange, and when its turns begin. Its prices stand for a second
 * each; a buy at the market must not be too old at the next open. Who looks at candles sees those of a minute.
 */
const SHORT = { lengthS: 25, turnsFromS: 2 };
const OF_A_MINUTE = { lengthS: 60, turnsFromS: 35 };
const START_S = 60;
const SLIPPAGE_BPS = 2;
const BALANCE = 10_000;

export type Plan = { strategy: string; params: Record<string, unknown> };

/** Fills in order: the number of the candle, side, quantity, price and fee. */
export type ReplayedFills = string[];

type Replay = {
  at: VenueEngine;
  rows: Candle[];
  botId: string;
  asksAtClose: boolean;
  pace: typeof SHORT;
  /** What works, as it was after the last look. */
  orders: EngineOrder[];
};

/**
 * Runs a paper bot over candles and returns its fills. Each candle's price goes the way that a backtest assumes, and stands
 * still at each price of an order that worked before the candle, where the engine looks at what came of it. What is placed
 * inside a candle is looked at from the next one on; a buy at the market is sent at the next open.
 */
export async function replayOnPaper(plan: Plan, candles: Candle[]): Promise<ReplayedFills> {
  const rows = Array.from(
    { length: START_S + OF_A_MINUTE.lengthS * (candles.length + 1) },
    (_row, index) => ({
      ...FLAT[0]!,
      openTimeMs: VENUE_START_MS + index * 1_000,
    }),
  );
  const at = await startVenueEngine('binance', { candles: rows, spread: '0' });
  try {
    const { strategy } = plan;
    await at.engine.deps.db
      .insert(strategies)
      .values({ name: strategy, description: strategy })
      .onConflictDoNothing();
    leaveOutNearLooks(at.engine.deps.boss);
    const { userId, venue } = at;
    const parameters = paramsOf(plan);
    const sizing = { type: 'equity_fraction' as const, value: '1' };
    const botId = await insertBot(at.engine, {
      userId,
      venue,
      strategy,
      sizing,
      parameters,
      timeframe: '1m',
    });
    const asksAtClose = (findOrderStrategy(strategy)?.countCandles?.(parameters) ?? 0) > 0;
    const pace = asksAtClose ? OF_A_MINUTE : SHORT;
    return await run({ at, rows, botId, asksAtClose, pace, orders: [] }, candles);
  } finally {
    await at.stop();
  }
}

/** Which order is looked at, and when, is for the replay to say: what is placed inside a candle works from the next one on. */
function leaveOutNearLooks(boss: Boss): void {
  const real = { ...boss };
  boss.enqueue = (db, queue, items) =>
    real.enqueue(
      db,
      queue,
      items.filter(({ key = '' }) => !key.includes(':near:')),
    );
}

const paramsOf = ({ strategy, params }: Plan) =>
  findOrderStrategy(strategy)?.paramsSchema.parse(params) ?? {};

async function run(replay: Replay, candles: Candle[]): Promise<ReplayedFills> {
  const seen: ReplayedFills = [];
  for (const [candle, row] of candles.entries()) {
    const isSeen = await live(replay, row, candle);
    const told = isSeen ? await readFills(replay) : [];
    seen.push(...told.slice(seen.length).map((fill) => sayFill(candle, fill)));
  }
  return seen;
}

/** Returns whether the engine looked at anything. */
async function live(replay: Replay, row: Candle, candle: number): Promise<boolean> {
  const { lengthS, turnsFromS } = replay.pace;
  const startS = START_S + candle * lengthS;
  const { before, isAsked } = await open(replay, { price: row.open, startS, isFirst: candle === 0 });
  let isTouched = isAsked;
  let second = turnsFromS;
  const turns = row.close >= row.open ? [row.low, row.high, row.close] : [row.high, row.low, row.close];
  for (const to of turns) {
    for (let price = nearest(replay, before, to); price !== null; price = nearest(replay, before, to)) {
      setPrice(replay, price, startS + (second += 1));
      isTouched = await touch(replay, before, price);
    }
    // The bar of the exchange has every turn of the candle.
    setPrice(replay, to, startS + (second += 1));
  }
  if (second >= lengthS) throw new Error(`Candle ${String(candle)} has more turns than seconds`);
  setPrice(replay, row.close, startS + lengthS);
  if (replay.asksAtClose) await tick(replay, startS);
  else if (isTouched) await keep(replay);
  return isTouched || replay.asksAtClose;
}

type Opening = { price: number; startS: number; isFirst: boolean };

/** Sends what waits for the open, and looks at what the open has come to. What was wanted first works from the open on. */
async function open(replay: Replay, { price, startS, isFirst }: Opening) {
  const isDue = replay.orders.some(({ limitPrice }) => !limitPrice);
  setPrice(replay, price, startS + 1);
  if (isFirst) await plan(replay);
  const before = new Set(replay.orders.map(({ id }) => id));
  if (isDue) await replay.at.engine.drainOnce('place-order');
  let isAsked = isFirst || isDue;
  if (isAsked) await keep(replay);
  while (await touch(replay, before, price)) isAsked = true;
  return { before, isAsked };
}

function setPrice({ at, rows }: Replay, price: number, second: number): void {
  for (const row of rows.slice(second, second + OF_A_MINUTE.lengthS))
    Object.assign(row, { open: price, high: price, low: price, close: price });
  at.engine.clock.nowMs = VENUE_START_MS + second * 1_000;
}

async function refresh(replay: Replay): Promise<void> {
  replay.orders = await listWorkingOrders(replay.at.engine.deps.db, replay.botId);
}

const isTouchedAt = ({ side, limitPrice }: EngineOrder, price: number) =>
  limitPrice !== null && (side === 'BUY' ? limitPrice.gte(price) : limitPrice.lte(price));

/** The order that the way to `to` comes to first. */
function firstOf({ orders }: Replay, before: ReadonlySet<string>, to: number): EngineOrder | undefined {
  const touched = orders.filter((order) => before.has(order.id) && isTouchedAt(order, to));
  const [sign] = touched.map(({ side }) => (side === 'BUY' ? -1 : 1));
  const place = ({ limitPrice }: EngineOrder) => Number(limitPrice ?? NaN) * (sign ?? 1);
  return touched.toSorted((one, other) => place(one) - place(other))[0];
}

function nearest(replay: Replay, before: ReadonlySet<string>, to: number): number | null {
  return firstOf(replay, before, to)?.limitPrice?.toNumber() ?? null;
}

/** Looks at the first order that the price of now has come to. */
async function touch(replay: Replay, before: ReadonlySet<string>, price: number): Promise<boolean> {
  const { engine } = replay.at;
  const order = firstOf(replay, before, price);
  if (!order) return false;
  const item = { payload: { orderId: order.id }, key: `${order.id}:${engine.clock.nowMs}` };
  await engine.boss.enqueue(engine.deps.db, 'sync-order', [item]);
  await engine.drainOnce('sync-order');
  await keep(replay);
  return true;
}

/** Has the bot write what it wants first. */
async function plan(replay: Replay): Promise<void> {
  const { engine } = replay.at;
  const item = { payload: { botRunId: replay.botId }, key: `${replay.botId}:first` };
  await engine.boss.enqueue(engine.deps.db, 'keep-orders', [item]);
  await engine.drainOnce('keep-orders');
  await refresh(replay);
}

async function keep(replay: Replay): Promise<void> {
  const { engine } = replay.at;
  const item = { payload: { botRunId: replay.botId }, key: `${replay.botId}:${engine.clock.nowMs}` };
  await engine.boss.enqueue(engine.deps.db, 'keep-orders', [item]);
  await look(replay);
}

async function tick(replay: Replay, startS: number): Promise<void> {
  const { engine } = replay.at;
  const payload = { botRunId: replay.botId, candleTimeMs: VENUE_START_MS + startS * 1_000 };
  await engine.boss.enqueue(engine.deps.db, 'tick-bot', [{ payload }]);
  await engine.drainOnce('tick-bot');
  await look(replay);
}

/** Does what is wanted until nothing more follows, but for a buy at the market, which waits for the next open. */
async function look(replay: Replay): Promise<void> {
  const { engine } = replay.at;
  const isFirst = engine.clock.nowMs === VENUE_START_MS + (START_S + 1) * 1_000;
  for (let worked = 1; worked > 0;) {
    worked = await engine.drainOnce('keep-orders');
    await refresh(replay);
    const isWaiting = replay.orders.some(({ side, type }) => side === 'BUY' && type === 'market');
    if (isFirst || !isWaiting) worked += await engine.drainOnce('place-order');
    worked += await engine.drainOnce('sync-order');
  }
  await refresh(replay);
}

const readFills = ({ at, botId }: Replay) =>
  at.engine.deps.db.select().from(fills).where(eq(fills.botRunId, botId)).orderBy(asc(fills.id));

type Told = Record<'price' | 'quantity' | 'fee', { toFixed(): string }> & { side: string };

const sayFill = (candle: number, { side, price, quantity, fee }: Told) =>
  `${candle} ${side} ${quantity.toFixed()} @ ${price.toFixed()}, fee ${fee.toFixed()}`;

/** Returns the fills of the backtest of the same plan. */
export function replayAsBacktest(plan: Plan, candles: Candle[]): ReplayedFills {
  const told: ReplayedFills = [];
  // The exchange has a minute of history.
  const history = [{ ...FLAT[0]!, openTimeMs: VENUE_START_MS }];
  const openTimeMs = (index: number) => VENUE_START_MS + (START_S + index * OF_A_MINUTE.lengthS) * 1_000;
  const rows = [...history, ...candles.map((row, index) => ({ ...row, openTimeMs: openTimeMs(index) }))];
  const settings = {
    strategy: plan.strategy,
    params: paramsOf(plan),
    timeframe: '1m' as const,
    initialBalance: money(BALANCE),
    stake: 'all' as const,
    sizing: { type: 'equity_fraction' as const, value: money(1) },
    fee: money('0.001'),
    slippageBps: SLIPPAGE_BPS,
    risk: {},
    tickSize: money('0.01'),
    lotSize: money('0.00001'),
    minNotional: money(5),
    arithmetic: 'exact' as const,
  };
  const pair = { symbol: 'BTC/USDT', candles: toCandles(rows), warmUp: history.length };
  simulateOrders([pair], settings, (run, index) => {
    const news = run.fills.slice(told.length);
    const own = news.filter(({ slot }) => slot !== 'end');
    told.push(...own.map(({ fill }) => sayFill(index - history.length, fill)));
  });
  return told;
}
