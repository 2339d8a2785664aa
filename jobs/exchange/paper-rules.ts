import { ZERO, type Money } from '../trading/decimal.ts';
import { figure } from '../trading/figures.ts';
import { balanceChanges } from '../trading/portfolio/balance-changes.ts';
import { fillLimitOrder, fillMarketOrder, type ModelFill } from '../trading/portfolio/fill-model.ts';
import { belowMinimum } from '../trading/portfolio/order-size.ts';
import type { Market } from '../trading/types.ts';
import { ExchangeError } from './errors.ts';
import type { OrderRequest, Ticker } from './gateway.ts';
import type { PaperBalanceChange, PaperOrder, PaperTrade } from './paper-store.ts';

/** What paper fills cost. `feeRate` (a fraction) stands for the market's own fees where it is given. */
export type PaperCosts = { slippageBps: number; feeRate?: Money };

/** A request for an order that a paper account knows. */
export type PaperRequest = OrderRequest & { type: PaperOrder['type'] };

/** Throws `ExchangeError('rejected')` for a request that a venue of this market would refuse, with the numbers. */
export function checkRequest(
  request: OrderRequest,
  market: Market,
  price: Money,
): asserts request is PaperRequest {
  const { quantity, limitPrice, stopPrice } = request;
  const { maxQuantity } = market;
  if (!market.isActive) throw reject(`${market.symbol} is not traded at the moment.`);
  const shortfall = belowMinimum(quantity, limitPrice ?? stopPrice ?? price, market);
  if (shortfall !== undefined) throw reject(`${shortfall}.`);
  if (maxQuantity?.lt(quantity)) {
    throw reject(
      `${figure(quantity)} ${market.base} is over the exchange's maximum of ${figure(maxQuantity)}.`,
    );
  }
  checkStep(quantity, market.lotSize, 'Quantity');
  if (limitPrice) checkStep(limitPrice, market.tickSize, 'Price');
  if (stopPrice) checkStep(stopPrice, market.tickSize, 'Stop price');
  checkType(request);
  checkTerms(request);
}

function checkTerms({ type, timeInForce = 'GTC', isPostOnly = false }: OrderRequest): void {
  if (timeInForce === 'GTC' && !isPostOnly) return;
  if (type !== 'limit') throw reject('Only limit orders have a time in force or are post-only.');
  if (isPostOnly && timeInForce !== 'GTC') throw reject(`A post-only order cannot be ${timeInForce}.`);
}

function checkType({ type, side, limitPrice, stopPrice }: OrderRequest): void {
  const hasLimit = type === 'limit' || type === 'stop_limit';
  if (hasLimit && !limitPrice) throw reject('A limit order needs a limit price.');
  if (type !== 'stop' && type !== 'stop_limit') return;
  if (!stopPrice) throw reject('A stop order needs a stop price.');
  if (side === 'BUY') throw reject('A paper account takes stop orders for sales only.');
}

function checkStep(value: Money, step: Money, name: string): void {
  if (step.isZero() || value.mod(step).isZero()) return;
  throw reject(`${name} ${figure(value)} is not a multiple of ${figure(step)}.`);
}

function reject(message: string): ExchangeError {
  return new ExchangeError('rejected', message);
}

/** The market as an order meets it. */
export type Scene = { market: Market; ticker: Ticker; costs: PaperCosts };

/** Returns how an order that has just come in trades at once, or `null` where it comes to rest. */
export function tradeOnArrival(order: PaperOrder, scene: Scene): PaperTrade | null {
  if (isDormant(order, scene.ticker)) return null;
  if (order.limitPrice && !fillLimitOrder(asLimit(order, scene))) return null;
  return toTrade(order, scene.ticker, fillMarketOrder(asMarket(order, scene)));
}

/** Returns how a resting order trades now, or `null` while the market has not touched it. */
export function tradeAtRest(order: PaperOrder, scene: Scene): PaperTrade | null {
  const isAtItsLimit = order.type === 'limit' || order.isTriggered;
  if (!isAtItsLimit) return tradeOnArrival(order, scene);
  const fill = fillLimitOrder(asLimit(order, scene));
  return fill && toTrade(order, scene.ticker, fill);
}

/** Returns whether an order still waits for the price to reach its stop. Stops are sales: the price comes from above. */
export function isDormant({ stopPrice, isTriggered }: PaperOrder, ticker: Ticker): boolean {
  return stopPrice !== null && !isTriggered && ticker.last.gt(stopPrice);
}

function asMarket({ side, quantity, limitPrice }: PaperOrder, { market, ticker, costs }: Scene) {
  const feeRate = costs.feeRate ?? market.takerFee;
  return { side, quantity, limitPrice, prices: ticker, slippageBps: costs.slippageBps, feeRate, market };
}

function asLimit({ side, quantity, limitPrice }: PaperOrder, { market, ticker, costs }: Scene) {
  const feeRate = costs.feeRate ?? market.makerFee;
  return { side, quantity, limitPrice: limitPrice ?? ZERO, prices: ticker, feeRate, market };
}

function toTrade({ quantity }: PaperOrder, { timeMs }: Ticker, fill: ModelFill): PaperTrade {
  return { quantity, ...fill, timeMs };
}

/** Returns what a trade does to the free balances. */
export function tradeChanges({ side }: PaperOrder, trade: PaperTrade, market: Market): PaperBalanceChange[] {
  const changes = balanceChanges({ ...trade, side, tradeId: '' }, market);
  return [...changes].map(([asset, free]) => ({ asset, free, used: ZERO }));
}

/** Returns what setting aside for a resting order does: quote for a buy at its limit, base for a sale. */
export function reserveChanges(order: PaperOrder, market: Market): PaperBalanceChange[] {
  const { side, quantity, limitPrice } = order;
  const amount = side === 'BUY' ? quantity.times(limitPrice ?? ZERO) : quantity;
  return [{ asset: side === 'BUY' ? market.quote : market.base, free: amount.neg(), used: amount }];
}

/** Returns what giving back what was set aside does, together with further changes; each asset once. */
export function releaseChanges(
  order: PaperOrder,
  market: Market,
  further: PaperBalanceChange[],
): PaperBalanceChange[] {
  const merged = new Map(further.map((change) => [change.asset, change]));
  for (const { asset, free, used } of reserveChanges(order, market)) {
    const other = merged.get(asset) ?? { free: ZERO, used: ZERO };
    merged.set(asset, { asset, free: other.free.minus(free), used: other.used.minus(used) });
  }
  return [...merged.values()];
}
