import type { Money } from '../decimal.ts';
import { sellQuantity } from '../portfolio/order-size.ts';
import { timeframeMs } from '../timeframe.ts';
import { toResting, type RestingOrder } from './order-book.ts';
import { ask, createOrderRun, fill, moveToDay, watchFall, type OrderRun } from './order-run.ts';
import type { BacktestSettings, PairCandles } from './settings.ts';
import type { Simulation } from './simulation.ts';

/**
 * Returns what a strategy that keeps orders would have done on the candles of one pair. It begins at the first open, and is
 * asked after each fill, at each price or time that it waits for, and at the close of each candle in which it was asked.
 *
 * Inside a candle the price is taken to go open, low, high, close where the candle closes at or above its open, else open,
 * high, low, close. A limit order fills whole, with the maker's fee, at its own price, once the market touches it. What is
 * placed inside a candle can fill from the next one on; what is called back ends at once. Sales at the market fill where they are made, buys at
 * the next open. Buys and sales are paired first in, first out.
 *
 * `onCandle` is shown the run at each close. Throws `PlanFault`, and a RangeError for an unknown strategy or without candles.
 */
export function simulateOrders(
  pairs: readonly PairCandles[],
  settings: BacktestSettings,
  onCandle?: (run: OrderRun, index: number) => void,
): Simulation {
  const run = createOrderRun(pairs, settings);
  const { candles, warmUp } = run;
  const count = candles.close.length;
  const equity = new Float64Array(count - warmUp);
  let heldCandles = 0;
  for (let index = warmUp; index < count; index += 1) {
    step(run, index);
    onCandle?.(run, index);
    if (index === count - 1) closeAtEnd(run, index);
    const held = run.state.position.quantity.toNumber();
    equity[index - warmUp] = run.state.freeQuote.toNumber() + held * (candles.close[index] ?? NaN);
    if (held > 0) heldCandles += 1;
  }
  const curve = { timeMs: candles.openTimeMs.subarray(warmUp), equity };
  return { candles: count - warmUp, heldCandles, trades: run.lots.trades, curve };
}

type Corners = { open: number; high: number; low: number; close: number; openMs: number; closeMs: number };

function cornersOf({ candles, settings }: OrderRun, index: number): Corners {
  const at = (column: Float64Array) => column[index] ?? NaN;
  const openMs = at(candles.openTimeMs);
  const { open, high, low, close } = candles;
  const closeMs = openMs + timeframeMs(settings.timeframe);
  return { open: at(open), high: at(high), low: at(low), close: at(close), openMs, closeMs };
}

function step(run: OrderRun, index: number): void {
  if (run.done !== null) return;
  const corners = cornersOf(run, index);
  moveToDay(run, corners.openMs);
  if (index === run.warmUp) askFirst(run, corners, index);
  if (isQuiet(run, corners)) return;
  const { open, high, low, close, closeMs } = corners;
  const turns = close >= open ? [low, high, close] : [high, low, close];
  openAt(run, corners, index);
  let from = open;
  for (const to of turns) {
    walk(run, { from, to, index, timeMs: closeMs });
    from = to;
  }
  const price = run.toMoney(close);
  watchFall(run, price);
  ask(run, { price, timeMs: closeMs, index, isClose: true });
}

/** What it wants at the start can fill in the first candle: it was placed at the open. */
function askFirst(run: OrderRun, { open, openMs }: Corners, index: number): void {
  ask(run, { price: run.toMoney(open), timeMs: openMs, index: index - 1, isClose: true });
}

/** Whether nothing can happen in a candle: no order, no price or moment that is waited for, no rule that watches. */
function isQuiet(run: OrderRun, { high, low, closeMs }: Corners): boolean {
  const { above, below, atMs = Infinity } = run.wake;
  if (isAskedAtClose(run)) return false;
  if (closeMs >= atMs || above?.lte(high) || below?.gte(low)) return false;
  return run.resting.every((order) => order.limitPrice && !isTouched(order, low, high));
}

const isAskedAtClose = ({ wake, settings: { risk } }: OrderRun): boolean =>
  wake.atClose === true || Boolean(risk.maxDrawdownPct) || Boolean(risk.maxDailyLossPct);

function isTouched({ side, limitPrice }: RestingOrder, low: number, high: number): boolean {
  return limitPrice !== null && (side === 'BUY' ? limitPrice.gte(low) : limitPrice.lte(high));
}

/** Orders at the market fill at the open, and limits that the open is at or beyond at their price. */
function openAt(run: OrderRun, { open, openMs }: Corners, index: number): void {
  const price = run.toMoney(open);
  const moment = { price, timeMs: openMs, index };
  const { above, below } = run.wake;
  for (;;) {
    const due = run.resting.find(
      (order) => order.fromIndex <= index && (order.limitPrice === null || isTouched(order, open, open)),
    );
    if (!due) break;
    fill(run, due, moment);
    ask(run, moment);
  }
  if (above?.lte(price) || below?.gte(price)) ask(run, moment);
}

type Leg = { from: number; to: number; index: number; timeMs: number };

/** Lets the price go one way: each order that it touches fills, the nearest first. */
function walk(run: OrderRun, leg: Leg): void {
  const { index, timeMs } = leg;
  let at = run.toMoney(leg.from);
  for (;;) {
    const order = nearest(run, leg);
    const wake = wakeOn(run, leg, at);
    if (order?.limitPrice && (!wake || !isPast(leg, order.limitPrice, wake))) {
      at = order.limitPrice;
      fill(run, order, { price: at, timeMs, index });
    } else if (wake) at = wake;
    else return;
    ask(run, { price: at, timeMs, index });
  }
}

const isFalling = ({ from, to }: Leg) => to < from;

/** Whether a leg comes to `price` later than to `other`. */
const isPast = (leg: Leg, price: Money, other: Money) => (isFalling(leg) ? price.lt(other) : price.gt(other));

/** The price that the strategy waits for, where the rest of the leg comes to it. */
function wakeOn({ wake }: OrderRun, leg: Leg, at: Money): Money | undefined {
  const price = isFalling(leg) ? wake.below : wake.above;
  if (!price || !isPast(leg, price, at)) return undefined;
  const isReached = isFalling(leg) ? price.gte(leg.to) : price.lte(leg.to);
  return isReached ? price : undefined;
}

/** The order that a leg touches first; of several at one price, the one that is wanted more. */
function nearest(run: OrderRun, { from, to, index }: Leg): RestingOrder | undefined {
  const side = to < from ? 'BUY' : 'SELL';
  const touched = run.resting.filter(
    (order) => order.side === side && order.fromIndex <= index && isTouched(order, to, to),
  );
  return touched.reduce<RestingOrder | undefined>(
    (first, order) => (first && !isBefore(order, first) ? first : order),
    undefined,
  );
}

function isBefore(one: RestingOrder, other: RestingOrder): boolean {
  if (!one.limitPrice || !other.limitPrice) return false;
  return one.side === 'BUY' ? one.limitPrice.gt(other.limitPrice) : one.limitPrice.lt(other.limitPrice);
}

/** What is still held when the candles end is sold at the last close. */
function closeAtEnd(run: OrderRun, index: number): void {
  const { market, state, toMoney, candles } = run;
  const quantity = sellQuantity(state.position.quantity, market);
  if (quantity.lte(0)) return;
  const wish = {
    slot: 'end',
    side: 'SELL' as const,
    type: 'market' as const,
    quantity,
    reason: 'close_position' as const,
  };
  const price = toMoney(candles.close[index] ?? NaN);
  fill(run, toResting(wish, index), { price, timeMs: 0, index, isEnd: true });
}
