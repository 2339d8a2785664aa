import { ZERO, type Money } from '../decimal.ts';
import type { BotState, Market, Position, ValuedFill } from '../types.ts';
import { isDust } from './order-size.ts';

export const FLAT: Position = {
  quantity: ZERO,
  cost: ZERO,
  entryPrice: ZERO,
  highPrice: ZERO,
  openedAtMs: null,
};

/**
 * A share of a cost is cut to this many decimals, so that the parts still add up to the whole exactly: 20 decimals and 20
 * digits before the point fit into the precision of `Money`.
 */
const COST_DECIMALS = 20;

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
  const bought = fill.feeCurrency === market.base ? fill.quantity.minus(fill.fee) : fill.quantity;
  const quantity = position.quantity.plus(bought);
  const cost = position.cost.plus(fill.quantity.times(fill.price)).plus(feeOutsideBase(fill, market));
  const isEntry = position.openedAtMs === null;
  const weighted = position.quantity.times(position.entryPrice).plus(bought.times(fill.price));
  return {
    quantity,
    cost,
    entryPrice: isEntry ? fill.price : weighted.div(quantity).toDecimalPlaces(COST_DECIMALS),
    highPrice: isEntry ? fill.price : maxOf(position.highPrice, fill.price),
    openedAtMs: quantity.gt(0) ? (position.openedAtMs ?? fill.timeMs) : null,
  };
}

function applySale(
  position: Position,
  fill: ValuedFill,
  market: Market,
): { position: Position; realizedPnl: Money } {
  const left = fill.feeCurrency === market.base ? fill.quantity.plus(fill.fee) : fill.quantity;
  const quantity = position.quantity.minus(left);
  const costTaken = quantity.lte(0)
    ? position.cost
    : position.cost.times(left).div(position.quantity).toDecimalPlaces(COST_DECIMALS);
  const proceeds = fill.quantity.times(fill.price).minus(feeOutsideBase(fill, market));
  const rest = { ...position, quantity, cost: position.cost.minus(costTaken) };
  return { position: closeIfDone(rest, fill.price, market), realizedPnl: proceeds.minus(costTaken) };
}

function closeIfDone(rest: Position, price: Money, market: Market): Position {
  if (rest.quantity.isZero()) return FLAT;
  return isDust(rest.quantity, price, market) ? { ...rest, highPrice: ZERO, openedAtMs: null } : rest;
}

/** The fee in quote units, unless it was taken from the base quantity. */
function feeOutsideBase(fill: ValuedFill, market: Market): Money {
  if (fill.feeCurrency === market.base) return ZERO;
  return fill.feeCurrency === market.quote ? fill.fee : fill.feeQuote;
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
