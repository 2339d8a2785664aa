import { findFrom } from '../candles.ts';
import { planRebalance } from '../rebalance/plan.ts';
import type { Leg } from '../rebalance/shares.ts';
import { joinTimes } from './equity-curve.ts';
import {
  closeLeg,
  createRebalanceRun,
  fillOrder,
  type RebalanceLeg,
  type RebalanceRun,
} from './rebalance-run.ts';
import type { BacktestSettings, PairCandles } from './settings.ts';
import type { Simulation } from './simulation.ts';

/**
 * Returns what holding several assets at target weights would have done: `planRebalance` is asked at each close of any pair,
 * with the newest closes of all, and each order fills at the next open of its own pair, slippage against the trader. While an
 * order waits for that open nothing else is decided. What sales bring in can be spent from the next candle on. A pair is traded
 * between its first candle and its last; what it still holds at its last close is sold there. Buys and sales are paired first
 * in, first out.
 *
 * `onCandle` is shown the run after each close. Throws `PlanFault`, and a RangeError without candles.
 */
export function simulateRebalance(
  pairs: readonly PairCandles[],
  settings: BacktestSettings,
  onCandle?: (run: RebalanceRun, timeMs: number) => void,
): Simulation {
  const run = createRebalanceRun(pairs, settings);
  const times = joinTimes(run.legs.map(({ candles }) => candles.openTimeMs));
  const startMs = Math.min(...run.legs.map(({ candles, warmUp }) => candles.openTimeMs[warmUp] ?? Infinity));
  const from = findFrom(times, startMs);
  const equity = new Float64Array(times.length - from);
  let heldCandles = 0;
  for (let index = 0; index < times.length; index += 1) {
    const timeMs = times[index] ?? NaN;
    heldCandles += step(run, timeMs);
    if (index >= from) equity[index - from] = worth(run);
    onCandle?.(run, timeMs);
  }
  return {
    candles: run.legs.reduce((count, { candles, warmUp }) => count + candles.close.length - warmUp, 0),
    heldCandles,
    trades: run.trades,
    curve: { timeMs: times.subarray(from), equity },
  };
}

/** Goes through the candles that open at a time. Returns how many of them ended with something held. */
function step(run: RebalanceRun, timeMs: number): number {
  const moved = run.legs.filter(({ candles, at }) => candles.openTimeMs[at + 1] === timeMs);
  run.unsettled = run.cash.minus(run.cash);
  for (const leg of moved) leg.at += 1;
  for (const side of ['SELL', 'BUY']) {
    for (const leg of moved) if (leg.order?.side === side) fillOrder(run, leg);
  }
  for (const leg of moved) if (hasEnded(leg)) closeLeg(run, leg);
  if (run.legs.every(({ order }) => order === null)) decide(run, timeMs);
  return moved.filter(({ at, warmUp, position }) => at >= warmUp && position.openedAtMs !== null).length;
}

const hasEnded = ({ candles, at }: RebalanceLeg) => at === candles.close.length - 1;

function decide(run: RebalanceRun, candleTimeMs: number): void {
  const { params, memory, settings } = run;
  const legs = run.legs.map((leg) => toPlanned(run, leg));
  const input = { params, legs, freeQuote: run.cash, memory, candleTimeMs, timeframe: settings.timeframe };
  const plan = planRebalance(input);
  run.memory = plan.memory;
  for (const order of plan.orders) {
    const leg = run.legs.find(({ market }) => market.symbol === order.symbol);
    if (leg) leg.order = order;
  }
}

function toPlanned(run: RebalanceRun, leg: RebalanceLeg): Leg {
  const { market, weightPct, candles, at, warmUp, position } = leg;
  const close = candles.close[at];
  // The order of a decision on the candle before the first that counts fills in the first that counts.
  const isTraded = at >= warmUp - 1 && !hasEnded(leg);
  const price = close === undefined ? null : run.toMoney(close);
  return { market, weightPct, quantity: position.quantity, price, isFrozen: !isTraded };
}

/** At the newest closes, in quote units. */
function worth({ cash, legs }: RebalanceRun): number {
  return legs.reduce(
    (sum, { position, candles, at }) => sum + position.quantity.toNumber() * (candles.close[at] ?? 0),
    cash.toNumber(),
  );
}
