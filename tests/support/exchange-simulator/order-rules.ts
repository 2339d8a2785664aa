import { Amount } from './decimals.ts';
import { Refusal, type PlaceRequest, type SimulatedMarket, type SimulatedOrder } from './engine-types.ts';
import type { FillPart } from './fills.ts';
import { stretches, type Stretch } from './price-replay.ts';

export function isOpen(order: SimulatedOrder): boolean {
  return order.status === 'NEW' || order.status === 'PARTIALLY_FILLED';
}

/** Whether an order still waits for its stop price. */
export function awaitsStop({ type, isTriggered }: Pick<SimulatedOrder, 'type' | 'isTriggered'>): boolean {
  return (type === 'STOP_LOSS' || type === 'STOP_LOSS_LIMIT') && !isTriggered;
}

/** Refuses an order that breaks the market's filters. Market orders are weighed at the price of the moment. */
export function checkFilters(market: SimulatedMarket, request: PlaceRequest, priceNow: Amount): void {
  const isPrice = (price: Amount | undefined) =>
    !price || (price.gt(0) && price.mod(market.tickSize).isZero());
  if (!isPrice(request.price) || !isPrice(request.stopPrice)) throw new Refusal('price-filter');
  const { quantity } = request;
  const isWithin = quantity.gte(market.minQuantity) && quantity.lte(market.maxQuantity);
  if (!isWithin || !quantity.mod(market.lotSize).isZero()) throw new Refusal('lot-size');
  const price = request.price ?? request.stopPrice ?? priceNow;
  if (quantity.times(price).lt(market.minNotional)) throw new Refusal('notional');
}

/** How a taker's cost is reckoned: its parts, and the fraction of the cost that the fee comes to on top. */
export type Costing = { parts: FillPart[]; feeOnTop: Amount };

/** What an order needs when it is taken in: the cost of its fills, or what it locks while it rests. */
export function spendingOf(
  market: SimulatedMarket,
  request: PlaceRequest,
  { parts, feeOnTop }: Costing,
): { asset: string; amount: Amount } {
  if (request.side === 'SELL') return { asset: market.base, amount: request.quantity };
  const fixed = request.price ?? (request.type === 'STOP_LOSS' ? request.stopPrice : undefined);
  const cost = parts.reduce((total, part) => total.plus(part.price.times(part.quantity)), new Amount(0));
  const amount = fixed ? fixed.times(request.quantity) : cost;
  return { asset: market.quote, amount: amount.times(feeOnTop.plus(1)) };
}

/** When the price's path first reached a resting order after it was last looked at; `undefined` while it has not. */
export function findCrossing(
  market: SimulatedMarket,
  order: SimulatedOrder,
  nowMs: number,
): number | undefined {
  const isStop = awaitsStop(order);
  const level = (isStop ? order.stopPrice : order.price)?.toNumber();
  if (level === undefined) return undefined;
  const isFromAbove = (order.side === 'BUY') !== isStop;
  for (const stretch of stretches(market.replay, order.seenUntilMs, nowMs)) {
    const at = crossingIn(stretch, level, isFromAbove);
    if (at !== undefined) return at;
  }
  return undefined;
}

function crossingIn(
  { fromMs, toMs, fromPrice, toPrice }: Stretch,
  level: number,
  isFromAbove: boolean,
): number | undefined {
  const isReached = (price: number) => (isFromAbove ? price <= level : price >= level);
  if (isReached(fromPrice)) return fromMs;
  if (!isReached(toPrice)) return undefined;
  return Math.min(toMs, Math.ceil(fromMs + ((toMs - fromMs) * (level - fromPrice)) / (toPrice - fromPrice)));
}
