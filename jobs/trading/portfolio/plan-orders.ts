import type { Money } from '../decimal.ts';
import type { OrderReason, OrderType, Side, TimeInForce } from '../types.ts';

/** An order that a bot wants working. `quantity` is what is still to be executed, in base units. */
export type WantedOrder = {
  /** Its place: at most one order works in it. */
  slot: string;
  side: Side;
  type: OrderType;
  quantity: Money;
  reason: OrderReason;
  limitPrice?: Money;
  stopPrice?: Money;
  timeInForce?: TimeInForce;
  isPostOnly?: boolean;
};

/** An order that works in a slot, or may: nothing final is known of it. */
export type SlotOrder = {
  id: string;
  slot: string;
  side: Side;
  type: OrderType;
  quantity: Money;
  filledQuantity: Money;
  limitPrice: Money | null;
  stopPrice: Money | null;
  timeInForce: TimeInForce | null;
  isPostOnly: boolean;
};

export type OrderPlan = { place: WantedOrder[]; cancel: SlotOrder[]; keep: SlotOrder[] };

/**
 * Returns what makes the working orders the wanted ones. An order that differs is only cancelled: its slot is free, and the
 * order anew placed, once the venue's word on the old one is final and its fills are booked, by the plan made then. All
 * sales together never exceed `held`, the base units there are to sell: what does not fit yet is left to a later plan.
 *
 * Throws a RangeError where two wanted or two working orders share a slot.
 */
export function planOrders(wanted: WantedOrder[], working: SlotOrder[], held: Money): OrderPlan {
  const wishes = bySlot(wanted);
  const occupied = bySlot(working);
  const isKept = (order: SlotOrder) => {
    const wish = wishes.get(order.slot);
    return wish !== undefined && isAsWanted(order, wish);
  };
  const place: WantedOrder[] = [];
  let free = working.filter(isSale).reduce((rest, order) => rest.minus(leftOf(order)), held);
  for (const wish of wanted) {
    if (occupied.has(wish.slot)) continue;
    if (wish.side === 'SELL' && wish.quantity.gt(free)) continue;
    free = wish.side === 'SELL' ? free.minus(wish.quantity) : free;
    place.push(wish);
  }
  return { place, cancel: working.filter((order) => !isKept(order)), keep: working.filter(isKept) };
}

function bySlot<Order extends { slot: string }>(orders: Order[]): Map<string, Order> {
  const slots = new Map(orders.map((order) => [order.slot, order]));
  if (slots.size < orders.length) throw new RangeError('Two orders of one slot');
  return slots;
}

const isSale = ({ side }: { side: Side }) => side === 'SELL';

/** Returns what of an order is still to be executed, in base units. */
export function leftOf({ quantity, filledQuantity }: Pick<SlotOrder, 'quantity' | 'filledQuantity'>): Money {
  const left = quantity.minus(filledQuantity);
  return left.lt(0) ? left.minus(left) : left;
}

function isAsWanted(order: SlotOrder, wish: WantedOrder): boolean {
  return (
    order.side === wish.side &&
    order.type === wish.type &&
    leftOf(order).eq(wish.quantity) &&
    isSame(order.limitPrice, wish.limitPrice) &&
    isSame(order.stopPrice, wish.stopPrice) &&
    (order.timeInForce ?? 'GTC') === (wish.timeInForce ?? 'GTC') &&
    order.isPostOnly === (wish.isPostOnly ?? false)
  );
}

function isSame(working: Money | null, wanted: Money | undefined): boolean {
  return working === null || wanted === undefined ? working === (wanted ?? null) : working.eq(wanted);
}
