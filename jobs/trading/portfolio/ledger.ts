import { ZERO, type Money } from '../decimal.ts';
import type { BotState, Market, Position, ValuedFill } from '../types.ts';
import { COST_DECIMALS, costShare, toFillValue } from './fill-value.ts';
import { isDust } from './order-size.ts';

/** Returns the position that holds nothing, in the arithmetic of its zero. */
export function flatPosition(zero: Money): Position {
  return { quantity: zero, cost: zero, entryPrice: zero, highPrice: zero, openedAtMs: null };
}

export const FLAT = flatPosition(ZERO);

/**
 * Returns the position after a fill, at average cost, and the quote profit that the fill realised (0 for a buy).
 *
 * A buy costs its price and its fee, whatever the fee's currency: a fee in base lowers the quantity, one in quote or in a
 * third currency (at its quote value) raises the cost. A sale realises proceeds − fee − the share of the cost that it
 * takes; all of it once nothing is left. What leaves beyond what is held stays as a negative quantity of no cost.
 *
 * Realised + unrealised profit always equals the change of the balances at the current price, to the last digit.
 * A rest too small to sell stays with its cost, but ends the trade: `openedAtMs` is `null` and the next buy enters anew.
 */
export function applyFill(
  position: Position,
  fill: ValuedFill,
  market: Market,
): { position: Position; realizedPnl: Money } {
  return fill.side === 'BUY'
    ? { position: applyBuy(position, fill, market), realizedPnl: ZERO }
    : applySale(position, fill, market);
}

function applyBuy(position: Position, fill: ValuedFill, market: Market): Position {
  const { quantity: bought, amount } = toFillValue(fill, market);
  const quantity = position.quantity.plus(bought);
  const isEntry = position.openedAtMs === null;
  return {
    quantity,
    cost: position.cost.plus(amount),
    entryPrice: isEntry ? fill.price : meanPrice(position, bought, fill.price),
    highPrice: isEntry ? fill.price : maxOf(position.highPrice, fill.price),
    openedAtMs: quantity.gt(0) ? (position.openedAtMs ?? fill.timeMs) : null,
  };
}

function meanPrice({ quantity, entryPrice }: Position, bought: Money, price: Money): Money {
  const weighted = quantity.times(entryPrice).plus(bought.times(price));
  return weighted.div(quantity.plus(bought)).toDecimalPlaces(COST_DECIMALS);
}

function applySale(
  position: Position,
  fill: ValuedFill,
  market: Market,
): { position: Position; realizedPnl: Money } {
  const { quantity: sold, amount: proceeds } = toFillValue(fill, market);
  const quantity = position.quantity.minus(sold);
  const costTaken = costShare(position.cost, sold, position.quantity);
  const rest = { ...position, quantity, cost: position.cost.minus(costTaken) };
  return { position: closeIfDone(rest, fill.price, market), realizedPnl: proceeds.minus(costTaken) };
}

function closeIfDone(rest: Position, price: Money, market: Market): Position {
  const zero = rest.quantity.minus(rest.quantity);
  if (rest.quantity.isZero()) return flatPosition(zero);
  return isDust(rest.quantity, price, market) ? { ...rest, highPrice: zero, openedAtMs: null } : rest;
}

/** Returns position, realised profit and fees (both in quote units) after all fills, oldest first, from `start`. */
export function foldFills(
  fills: Iterable<ValuedFill>,
  market: Market,
  start: Position = FLAT,
): { position: Position; realizedPnl: Money; fees: Money } {
  const total = { position: start, realizedPnl: ZERO, fees: ZERO };
  for (const fill of fills) {
    const applied = applyFill(total.position, fill, market);
    total.position = applied.position;
    total.realizedPnl = total.realizedPnl.plus(applied.realizedPnl);
    total.fees = total.fees.plus(fill.feeQuote);
  }
  return total;
}

/** Returns the position with the price noted, for trailing stops. */
export function observePrice(position: Position, price: Money): Position {
  if (position.openedAtMs === null || price.lte(position.highPrice)) return position;
  return { ...position, highPrice: price };
}

/** Returns what selling all at `price` without fee would gain, in quote units. */
export function unrealizedPnl(position: Position, price: Money): Money {
  return position.quantity.times(price).minus(position.cost);
}

/** Returns what the bot owns at `price`, in quote units. */
export function equity(
  state: Pick<BotState, 'initialBalance' | 'realizedPnl' | 'position'>,
  price: Money,
): Money {
  return state.initialBalance.plus(state.realizedPnl).plus(unrealizedPnl(state.position, price));
}

function maxOf(left: Money, right: Money): Money {
  return left.gt(right) ? left : right;
}
