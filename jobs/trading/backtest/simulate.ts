import { findFrom } from '../candles.ts';
import { findOrderStrategy } from '../order-strategies/registry.ts';
import { isDust, sellQuantity } from '../portfolio/order-size.ts';
import { REBALANCE } from '../rebalance/names.ts';
import { timeframeMs } from '../timeframe.ts';
import type { Candles } from '../types.ts';
import { moveTo } from './account.ts';
import { watchDrawdown } from './drawdown-watch.ts';
import { drawEquityCurve } from './equity-curve.ts';
import { findExitIn, quietRange } from './exit-in-candle.ts';
import { fillOrder } from './fill-order.ts';
import { followSignal } from './follow-signal.ts';
import { isOpen, nextSignal, seeHighs, type Pair } from './pair.ts';
import { createRun, type Run } from './run.ts';
import type { BacktestSettings, PairCandles } from './settings.ts';
import { simulateOrders } from './simulate-orders.ts';
import type { Simulation } from './simulation.ts';
import { simulateRebalance } from './simulate-rebalance.ts';

/**
 * Returns what a strategy would have done on candles (closed, oldest first). A signal is made at a close, ruled on by
 * `decideOn`, and filled at the next row's open; stops and targets fill inside candles (`findExitIn`). One position per
 * pair; what is still open at the end is sold at the last close. Pairs share one balance, and go through time together.
 *
 * Only candles at which something may happen are looked at: those after a candle that the strategy may act on, and while
 * something is held those that leave the range between its stop and its target. Throws as `createRun` does.
 */
export function simulate(pairs: readonly PairCandles[], settings: BacktestSettings): Simulation {
  if (findOrderStrategy(settings.strategy)) return simulateOrders(pairs, settings);
  if (settings.strategy === REBALANCE) return simulateRebalance(pairs, settings);
  const run = createRun(pairs, settings);
  // When each pair's next moment is; infinity: none any more.
  const nextMs = Float64Array.from(run.pairs, timeOf);
  for (let at = earliest(nextMs); at >= 0; at = earliest(nextMs)) {
    const pair = run.pairs[at] as Pair;
    step(run, pair);
    nextMs[at] = timeOf(pair);
  }
  return {
    candles: run.pairs.reduce((total, { candles, warmUp }) => total + candles.close.length - warmUp, 0),
    trades: run.trades,
    ...drawEquityCurve(run),
  };
}

const timeOf = ({ candles, at }: Pair): number => candles.openTimeMs[at] ?? Infinity;

/** Which pair's moment comes first; of several, the first given; -1 where none comes. */
function earliest(nextMs: Float64Array): number {
  let first = -1;
  let firstMs = Infinity;
  for (let at = 0; at < nextMs.length; at += 1) {
    const timeMs = nextMs[at] ?? Infinity;
    if (timeMs >= firstMs) continue;
    first = at;
    firstMs = timeMs;
  }
  return first;
}

function step(run: Run, pair: Pair): void {
  const { account } = run;
  const index = pair.at;
  const timeMs = pair.candles.openTimeMs[index] ?? NaN;
  if (timeMs > account.timeMs) watchDrawdown(run);
  moveTo(account, timeMs);
  if (!account.isHalted && pair.scan.acts[index - 1] === 1) followSignal(run, pair, index);
  if (isOpen(pair) && run.exits !== 'none') exitWithin(run, pair, index);
  if (isOpen(pair) && index === pair.candles.close.length - 1) closeAtEnd(run, pair, index);
  pair.at = nextMoment(run, pair, index);
}

function exitWithin(run: Run, pair: Pair, index: number): void {
  const { toMoney, settings } = run;
  const { position, market } = pair;
  const trade = { position, risk: settings.risk, timeframe: settings.timeframe };
  const found = findExitIn({ trade, toMoney, ...detailOf(run, pair, index) });
  pair.position = found.position;
  pair.unseen = index + 1;
  if (!found.exit || isDust(position.quantity, found.exit.price, market)) return;
  const { price, reason } = found.exit;
  const quantity = sellQuantity(position.quantity, market);
  fillOrder(run, pair, { side: 'SELL', quantity, price, slippageBps: 0, reason, index });
}

type Span = { candles: Candles; from: number; to: number };

/** The finer candles of a candle, or the candle itself. */
function detailOf({ settings }: Run, { candles, detail }: Pair, index: number): Span {
  const whole = { candles, from: index, to: index + 1 };
  if (!detail) return whole;
  const openMs = candles.openTimeMs[index] ?? NaN;
  const from = findFrom(detail.openTimeMs, openMs);
  const to = findFrom(detail.openTimeMs, openMs + timeframeMs(settings.timeframe));
  return from < to ? { candles: detail, from, to } : whole;
}

function nextMoment(run: Run, pair: Pair, index: number): number {
  const { account, exits, settings } = run;
  const signal = account.isHalted ? pair.candles.close.length : nextSignal(pair, index);
  if (!isOpen(pair)) return signal;
  if (exits === 'age' || settings.risk.maxDrawdownPct) return index + 1;
  const to = Math.min(signal, pair.candles.close.length - 1);
  return exits === 'none' ? to : findTouch(run, pair, { from: index + 1, to });
}

/** The first candle that may end the trade, `to` where none before it does. Raises a trailing stop on the way. */
function findTouch(run: Run, pair: Pair, { from, to }: { from: number; to: number }): number {
  const { open, high, low } = pair.candles;
  const { risk, timeframe } = run.settings;
  const isTrailing = risk.trailingStopPct !== undefined;
  const mayRiseInside = (index: number) => pair.detail !== undefined || (open[index] ?? NaN) > top;
  const rangeNow = () => quietRange({ position: pair.position, risk, timeframe, nowMs: 0 });
  let range = rangeNow();
  let top = isTrailing ? pair.position.highPrice.toNumber() : Infinity;
  for (let index = from; index < to; index += 1) {
    const highest = high[index] ?? NaN;
    if ((low[index] ?? NaN) <= range.above || highest >= range.below) return index;
    if (highest <= top) continue;
    // A stop that rises inside the candle may be touched in it.
    if (mayRiseInside(index)) return index;
    seeHighs(pair, index + 1, run.toMoney);
    range = rangeNow();
    top = highest;
  }
  return to;
}

function closeAtEnd(run: Run, pair: Pair, last: number): void {
  const price = run.toMoney(pair.candles.close[last] ?? NaN);
  const quantity = sellQuantity(pair.position.quantity, pair.market);
  fillOrder(run, pair, { side: 'SELL', quantity, price, slippageBps: 0, reason: 'end', index: last });
}
