import { readBasketBooks } from '../../db/queries/basket-books.ts';
import {
  findBasket,
  insertBasket,
  listBaskets as listStoredBaskets,
  lockBasket,
  resetBasketPeak,
  type Basket,
} from '../../db/queries/baskets.ts';
import { markBotRunning, type BotRun } from '../../db/queries/bots.ts';
import type { Db } from '../../db/client.ts';
import { lockOwner } from '../../db/queries/kill-switches.ts';
import { listEquityPoints } from '../../db/queries/reports.ts';
import type { Deps } from '../../jobs/deps.ts';
import { freeQuote } from '../../jobs/trading/basket/books.ts';
import type { BasketDetailView, BasketView } from '../schemas/basket-views.ts';
import type { StartBasketInput, StopBasketInput } from '../schemas/bots.ts';
import type { CurvePoint } from '../schemas/views.ts';
import { AppError } from './app-error.ts';
import { planBasket } from './basket-start.server.ts';
import { toBasketView } from './basket-views.ts';
import { worthOf } from './bot-views.ts';
import {
  enqueueCandles,
  requireEnabled,
  requireKeyOf,
  requireKeyStillThere,
  stopInside,
} from './bots.server.ts';
import { sumCurve } from './equity-curve.ts';
import { notFound, requireId } from './ids.ts';
import { requireNoKillSwitch } from './kill-switch.server.ts';

const CURVE_POINTS = 200;

/** Starts a new basket. What is left out: as `startBot`, and as many positions at a time as it has symbols. */
export async function startBasket(deps: Deps, userId: string, input: StartBasketInput): Promise<BasketView> {
  const { basket, legs } = await planBasket(deps, userId, input);
  const started = await deps.db.transaction(async (tx) => {
    const exchangeKeyId = basket.exchangeKeyId ?? null;
    await requireNoKillSwitch(tx, userId, {
      bot: { id: basket.id, exchangeKeyId },
      atMs: deps.clock.now(),
    });
    await requireKeyStillThere(tx, userId, exchangeKeyId);
    const inserted = await insertBasket(tx, basket, legs);
    for (const leg of inserted.legs) await enqueueCandles(deps, tx, leg);
    return inserted;
  });
  return toBasketView(started);
}

/**
 * Starts all legs of a basket again that do not run, with what they hold. 409 while all of them run, or one is stopping. Its
 * fall counts from what it owns now, unless a leg ran on.
 */
export async function restartBasket(deps: Deps, userId: string, basketId: string): Promise<BasketView> {
  const id = requireId(basketId, 'basket');
  const restarted = await deps.db.transaction(async (tx) => {
    await lockOwner(tx, userId);
    const basket = await lockBasket(tx, userId, id);
    if (!basket) throw notFound('basket');
    const idle = requireIdle(basket);
    await requireEnabled(tx, basket.strategy);
    for (const leg of idle) await restartLeg(deps, tx, leg);
    if (idle.length === basket.legs.length) await resetBasketPeak(tx, id, deps.clock.now());
    return findBasket(tx, userId, id);
  });
  return toBasketView(restarted ?? never());
}

function requireIdle({ name, legs }: Basket): BotRun[] {
  if (legs.some(({ status }) => status === 'STOPPING'))
    throw new AppError('conflict', `${name} is still stopping. Start it again once it has stopped.`);
  const idle = legs.filter(({ status }) => status !== 'RUNNING');
  if (idle.length === 0) throw new AppError('conflict', `${name} is running already.`);
  return idle;
}

async function restartLeg(deps: Deps, tx: Db, leg: BotRun): Promise<void> {
  const atMs = deps.clock.now();
  await requireNoKillSwitch(tx, leg.userId, { bot: leg, atMs });
  if (leg.mode === 'live') await requireKeyOf(tx, leg);
  const running = await markBotRunning(tx, leg.userId, { botRunId: leg.id, startedAt: new Date(atMs) });
  if (running) await enqueueCandles(deps, tx, running);
}

/** Sets all legs of a basket on their way to a stop, as `stopBot` does with one bot. */
export async function stopBasket(deps: Deps, userId: string, input: StopBasketInput): Promise<BasketView> {
  const id = requireId(input.basket_id, 'basket');
  const stopping = await deps.db.transaction(async (tx) => {
    const basket = await lockBasket(tx, userId, id);
    if (!basket) throw notFound('basket');
    const closePosition = input.close_position ?? false;
    for (const bot of basket.legs) await stopInside(deps, tx, { bot, closePosition });
    return findBasket(tx, userId, id);
  });
  return toBasketView(stopping ?? never());
}

function never(): never {
  throw new Error('A basket that was locked is gone.');
}

/** Returns a user's baskets, newest first. */
export async function listBaskets(deps: Deps, userId: string): Promise<BasketView[]> {
  return (await listStoredBaskets(deps.db, userId)).map(toBasketView);
}

/** Returns all that a basket's page shows; throws 404 for another user's. */
export async function getBasketDetail(
  deps: Deps,
  userId: string,
  basketId: string,
): Promise<BasketDetailView> {
  const basket = await findBasket(deps.db, userId, requireId(basketId, 'basket'));
  if (!basket) throw notFound('basket');
  const nowMs = deps.clock.now();
  const query = { basketId: basket.id, settledBeforeMs: nowMs };
  const books = (await readBasketBooks(deps.db, [query], nowMs)).get(basket.id);
  return {
    basket: toBasketView(basket),
    freeQuote: (books ? freeQuote(books) : basket.initialBalance).toFixed(),
    curve: await readCurve(deps, basket),
  };
}

async function readCurve(deps: Deps, { legs, userId, createdAtMs }: Basket): Promise<CurvePoint[]> {
  const span = { fromMs: createdAtMs, toMs: deps.clock.now(), atMost: CURVE_POINTS };
  const points = await listEquityPoints(deps.db, userId, {
    from: new Date(span.fromMs),
    to: new Date(span.toMs),
    slots: CURVE_POINTS - 2,
    botRunIds: legs.map(({ id }) => id),
  });
  const ends = legs.map((leg) => ({
    botRunId: leg.id,
    first: leg.initialBalance,
    last: worthOf(leg).equity,
  }));
  return sumCurve(ends, points, span);
}
