import type { Money } from '../decimal.ts';
import { fillLimitOrder, fillMarketOrder } from '../portfolio/fill-model.ts';
import { toFillValue, type FillValue } from '../portfolio/fill-value.ts';
import type { SlotOrder, WantedOrder } from '../portfolio/plan-orders.ts';
import type { SlotBook } from '../order-strategies/order-strategy.ts';
import type { Market, ValuedFill } from '../types.ts';

/** An order of a backtest that works. It can fill from candle `fromIndex` on. */
export type RestingOrder = SlotOrder & { wish: WantedOrder; fromIndex: number };

/** Returns a wish as an order that works. */
export function toResting(wish: WantedOrder, fromIndex: number): RestingOrder {
  const { slot, side, type, quantity, limitPrice = null, stopPrice = null } = wish;
  const terms = { timeInForce: wish.timeInForce ?? null, isPostOnly: wish.isPostOnly ?? false };
  const filledQuantity = quantity.minus(quantity);
  return {
    id: slot,
    slot,
    side,
    type,
    quantity,
    filledQuantity,
    limitPrice,
    stopPrice,
    ...terms,
    wish,
    fromIndex,
  };
}

/** Where and when an order fills: `price` is the market's. */
export type Touch = { price: Money; timeMs: number; slippageBps: number; market: Market };

/**
 * Returns an order's fill by the fill model of paper trading: at the market with slippage and the taker's fee, or at its
 * limit with the maker's fee. A resting order fills at its own price even where the market opens beyond it.
 */
export function fillOf({ wish }: RestingOrder, touch: Touch): ValuedFill {
  const { side, quantity, limitPrice } = wish;
  const { price, timeMs, slippageBps, market } = touch;
  const prices = { bid: price, ask: price };
  const common = { side, quantity, prices, market };
  const filled = limitPrice
    ? fillLimitOrder({
        ...common,
        prices: { bid: limitPrice, ask: limitPrice },
        limitPrice,
        feeRate: market.makerFee,
      })
    : fillMarketOrder({ ...common, slippageBps, feeRate: market.takerFee });
  if (!filled) throw new RangeError(`Order ${wish.slot} is not touched at ${price.toFixed()}`);
  const feeQuote = filled.feeCurrency === market.base ? filled.fee.times(filled.price) : filled.fee;
  return { tradeId: '', side, quantity, ...filled, feeQuote, timeMs };
}

/** Returns the books of slots with the orders that work, and those that filled, counted. */
export class SlotBooks {
  readonly books = new Map<string, SlotBook>();

  placed({ wish, filledQuantity }: RestingOrder): void {
    const { slot, side, type, quantity, limitPrice = null } = wish;
    const nothing = { quantity: filledQuantity, amount: filledQuantity };
    const { bought, sold } = this.books.get(slot) ?? { bought: nothing, sold: nothing };
    const last = { side, type, quantity, filledQuantity, limitPrice, averagePrice: null, isWorking: true };
    this.books.set(slot, { last, bought, sold });
  }

  canceled({ slot }: RestingOrder): void {
    const book = this.books.get(slot);
    if (book) this.books.set(slot, { ...book, last: { ...book.last, isWorking: false } });
  }

  filled({ slot }: RestingOrder, fill: ValuedFill, market: Market): void {
    const book = this.books.get(slot);
    if (!book) return;
    const value = toFillValue(fill, market);
    const last = { ...book.last, filledQuantity: fill.quantity, averagePrice: fill.price, isWorking: false };
    const { bought, sold } = book;
    const moved =
      fill.side === 'BUY' ? { bought: add(bought, value), sold } : { bought, sold: add(sold, value) };
    this.books.set(slot, { last, ...moved });
  }
}

const add = (one: FillValue, other: FillValue): FillValue => ({
  quantity: one.quantity.plus(other.quantity),
  amount: one.amount.plus(other.amount),
});
