import type { Money } from '../decimal.ts';
import { figure, percent } from '../figures.ts';
import { belowMinimum, floorQuantity } from '../portfolio/order-size.ts';
import { timeframeMs, type Timeframe } from '../timeframe.ts';
import type { Side } from '../types.ts';
import type { RebalanceParams } from './params.ts';
import { buyCost, measureShares, type Leg, type Share, type Shares } from './shares.ts';

/** What one decision leaves for the next. */
export type RebalanceMemory = {
  /** The candle at which it last began to bring shares back; `null` before the first time. */
  actedAtMs: number | null;
  /** Sales were made at the last decision, and buys wait for what they bring in. */
  isFinishing: boolean;
};

export const FRESH_REBALANCE: RebalanceMemory = { actedAtMs: null, isFinishing: false };

export type RebalanceInput = {
  params: RebalanceParams;
  legs: readonly Leg[];
  /** Quote units that can be spent now. */
  freeQuote: Money;
  memory: RebalanceMemory;
  /** Open time of the candle at whose close this is decided. */
  candleTimeMs: number;
  timeframe: Timeframe;
};

/** One order at the market. `explain` says why, as a sentence without its full stop. */
export type RebalanceOrder = { symbol: string; side: Side; quantity: Money; explain: () => string };

export type RebalancePlan = {
  /** Sales first, then buys, the largest want first. */
  orders: RebalanceOrder[];
  memory: RebalanceMemory;
  /** Why it acts; `null`: all is near enough, or it is not time. */
  cause: 'drift' | 'interval' | 'finishing' | null;
  shares: Shares;
};

/**
 * Returns the orders that bring assets back to their weights, once one of them has drifted too far or it is time: all of them
 * are then brought back to their targets, by orders that are not below the smallest. Sales come first. Buys take no more than
 * what is free now, fees and a worse fill counted; those that wait for the sales follow at the next candle, which only buys.
 *
 * Thresholds after Masters, "Rebalancing", Journal of Portfolio Management 29(3), 2003, and Daryanani, "Opportunistic
 * Rebalancing", Journal of Financial Planning 21(1), 2008 (look often, act on a band relative to the target); the usual values
 * are Swedroe's, 5 points or 25 % of the target, whichever is less (Swedroe and Grogan, "The Only Guide You'll Ever Need for the
 * Right Financial Plan", 2010).
 */
export function planRebalance(input: RebalanceInput): RebalancePlan {
  const { legs, freeQuote, memory } = input;
  const shares = measureShares(legs, freeQuote);
  const cause = shares.total.gt(0) ? findCause(shares, input) : null;
  if (cause === null) return { orders: [], memory, cause, shares };
  const sales = cause === 'finishing' ? [] : planSales(shares, input);
  const { orders: buys, isShort } = planBuys(shares, input);
  const orders = [...sales, ...buys];
  const isFinishing = sales.length > 0 && isShort;
  const acts = cause === 'interval' || (cause === 'drift' && orders.length > 0);
  const actedAtMs = acts ? input.candleTimeMs : memory.actedAtMs;
  return { orders, memory: { actedAtMs, isFinishing }, cause, shares };
}

function findCause(shares: Shares, input: RebalanceInput): RebalancePlan['cause'] {
  const { params, memory, candleTimeMs, timeframe } = input;
  if (memory.isFinishing) return 'finishing';
  const since = (candles: number) =>
    memory.actedAtMs === null || candleTimeMs - memory.actedAtMs >= candles * timeframeMs(timeframe);
  if (params.at_least_candles > 0 && since(params.at_least_candles)) return 'interval';
  return hasDrifted(shares, params) && since(params.at_most_candles) ? 'drift' : null;
}

/** Returns whether a share is too far off its target, or all together are, which is what is free. */
export function hasDrifted(shares: Shares, params: RebalanceParams): boolean {
  const { total, active } = shares;
  if (active.length === 0) return false;
  const points = total.times(params.drift_points).div(100);
  if (active.some((share) => isOff(share, points, params.relative_drift_pct))) return true;
  const together = active.reduce((sum, { drift }) => sum.plus(drift), total.minus(total));
  return together.abs().gte(points);
}

function isOff({ drift, target }: Share, points: Money, relativePct: number): boolean {
  const off = drift.abs();
  if (off.gte(points)) return true;
  return relativePct > 0 && target.gt(0) && off.gte(target.times(relativePct).div(100));
}

function planSales(shares: Shares, { params }: RebalanceInput): RebalanceOrder[] {
  return shares.active.flatMap((share) => {
    const { leg, drift } = share;
    if (!leg.price || !drift.gt(0)) return [];
    const surplus = drift.div(leg.price);
    const quantity = toQuantity(surplus.lt(leg.quantity) ? surplus : leg.quantity, leg);
    return isWorth(quantity, leg, params) ? [toOrder('SELL', quantity, { share, shares })] : [];
  });
}

/** `isShort`: a buy that is worth its order has not all of the money it wants. */
function planBuys(
  shares: Shares,
  { params, freeQuote }: RebalanceInput,
): { orders: RebalanceOrder[]; isShort: boolean } {
  const wanting = shares.active.filter(({ drift }) => drift.isNegative());
  const orders: RebalanceOrder[] = [];
  let free = freeQuote;
  let isShort = false;
  for (const share of wanting.toSorted((one, other) => one.drift.comparedTo(other.drift))) {
    const { leg } = share;
    if (!leg.price) continue;
    const wanted = share.drift.neg();
    const cost = buyCost(leg.market.takerFee);
    const payable = free.gt(0) ? free.div(cost) : free.minus(free);
    const isCut = payable.lt(wanted);
    const quantity = toQuantity((isCut ? payable : wanted).div(leg.price), leg);
    const isBought = isWorth(quantity, leg, params);
    const amount = isBought ? quantity.times(leg.price) : free.minus(free);
    const lacking = toQuantity(wanted.minus(amount).div(leg.price), leg);
    if (isCut && isWorth(lacking, leg, params)) isShort = true;
    if (!isBought) continue;
    free = free.minus(amount.times(cost));
    orders.push(toOrder('BUY', quantity, { share, shares }));
  }
  return { orders, isShort };
}

/** In the market's steps, and at most what it takes at once. */
function toQuantity(wanted: Money, { market }: Leg): Money {
  const { maxQuantity } = market;
  return floorQuantity(maxQuantity && wanted.gt(maxQuantity) ? maxQuantity : wanted, market);
}

function isWorth(quantity: Money, { price, market }: Leg, { min_trade }: RebalanceParams): boolean {
  if (!price || quantity.times(price).lt(min_trade)) return false;
  return belowMinimum(quantity, price, market) === undefined;
}

type Ground = { share: Share; shares: Shares };

function toOrder(side: Side, quantity: Money, ground: Ground): RebalanceOrder {
  const { market } = ground.share.leg;
  const verb = side === 'BUY' ? 'buys' : 'sells';
  const explain = () =>
    `${sayShare(ground.share, ground.shares)}: ${verb} ${figure(quantity)} ${market.base}`;
  return { symbol: market.symbol, side, quantity, explain };
}

/** Returns where a leg stands: "BTC/USDT is 46.2 % of all, its target 40 %". */
export function sayShare({ leg, value, target }: Share, { total }: Shares): string {
  const pct = (part: Money) => percent(part.times(100).div(total));
  return `${leg.market.symbol} is ${pct(value)} of all, its target ${pct(target)}`;
}
