import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { money, sum, ZERO, type Money } from '../../../../jobs/trading/decimal.ts';
import {
  leftOf,
  planOrders,
  type SlotOrder,
  type WantedOrder,
} from '../../../../jobs/trading/portfolio/plan-orders.ts';

const wish = (slot: string, quantity: string, change: Partial<WantedOrder> = {}): WantedOrder => ({
  slot,
  side: 'SELL',
  type: 'stop',
  quantity: money(quantity),
  stopPrice: money(95),
  reason: 'stop_loss',
  ...change,
});

let made = 0;
function orderFor(wanted: WantedOrder, change: Partial<SlotOrder> = {}): SlotOrder {
  made += 1;
  const { slot, side, type, quantity, limitPrice, stopPrice, timeInForce, isPostOnly } = wanted;
  return {
    id: `order-${String(made)}`,
    slot,
    side,
    type,
    quantity,
    filledQuantity: ZERO,
    limitPrice: limitPrice ?? null,
    stopPrice: stopPrice ?? null,
    timeInForce: timeInForce ?? null,
    isPostOnly: isPostOnly ?? false,
    ...change,
  };
}

/** A plan in short: `+slot` placed, `-slot` cancelled, `=slot` kept. */
function planned(wanted: WantedOrder[], working: SlotOrder[], held = '1'): string {
  const { place, cancel, keep } = planOrders(wanted, working, money(held));
  const mark = (sign: string, orders: { slot: string }[]) => orders.map(({ slot }) => `${sign}${slot}`);
  return [...mark('+', place), ...mark('-', cancel), ...mark('=', keep)].join(' ');
}

describe('the plan of the orders to keep working', () => {
  const stop = wish('stop', '1');

  const limit = wish('a', '1', { type: 'limit', limitPrice: money(110) });
  const cases: { it: string; wanted: WantedOrder[]; working: SlotOrder[]; plan: string }[] = [
    { it: 'places what is wanted and not there', wanted: [stop], working: [], plan: '+stop' },
    { it: 'keeps what is as wanted', wanted: [stop], working: [orderFor(stop)], plan: '=stop' },
    { it: 'cancels what is not wanted any more', wanted: [], working: [orderFor(stop)], plan: '-stop' },
    {
      it: 'cancels a stop at another price, and places none yet',
      wanted: [wish('stop', '1', { stopPrice: money(96) })],
      working: [orderFor(stop)],
      plan: '-stop',
    },
    {
      it: 'cancels one of another quantity',
      wanted: [wish('stop', '0.5')],
      working: [orderFor(stop)],
      plan: '-stop',
    },
    {
      it: 'keeps one of which a part is filled, where the rest is as wanted',
      wanted: [wish('stop', '0.4')],
      working: [orderFor(stop, { filledQuantity: money('0.6') })],
      plan: '=stop',
    },
    {
      it: 'cancels one of another type',
      wanted: [wish('stop', '1', { type: 'stop_limit', limitPrice: money(94) })],
      working: [orderFor(stop)],
      plan: '-stop',
    },
    {
      it: 'reads a time in force that is not stated as good till cancelled',
      wanted: [wish('stop', '1', { timeInForce: 'GTC' })],
      working: [orderFor(stop)],
      plan: '=stop',
    },
    {
      it: 'cancels one that may take where the new one may not',
      wanted: [{ ...limit, isPostOnly: true }],
      working: [orderFor(limit)],
      plan: '-a',
    },
    {
      it: 'takes each slot for itself',
      wanted: [wish('a', '0.5'), wish('b', '0.5')],
      working: [orderFor(wish('b', '0.5'))],
      plan: '+a =b',
    },
  ];

  it.each(cases)('$it', ({ wanted, working, plan }) => {
    expect(planned(wanted, working)).toBe(plan);
  });

  it('places no sale of what another order still offers, until that one is final', () => {
    const working = [orderFor(wish('old', '1'))];
    expect(planned([wish('new', '1')], working)).toBe('-old');
    expect(planned([wish('new', '1')], [])).toBe('+new');
  });

  it('places buys beside sales, whatever is held', () => {
    const buy = wish('buy', '5', { side: 'BUY', type: 'limit', limitPrice: money(90) });
    expect(planned([buy, stop], [], '1')).toBe('+buy +stop');
  });

  it('refuses two orders of one slot', () => {
    expect(() => planned([stop, stop], [])).toThrow(RangeError);
    expect(() => planned([], [orderFor(stop), orderFor(stop)])).toThrow(RangeError);
  });
});

/** An exchange that answers late: a cancelled order works on, and may fill, until its word is final. */
class LateVenue {
  held: Money = money(10);
  working: SlotOrder[] = [];

  carryOut(wanted: WantedOrder[]): void {
    const { place } = planOrders(wanted, this.working, this.held);
    this.working.push(...place.map((each) => orderFor(each)));
  }

  fill(at: number, parts: number): void {
    const order = this.working[at % Math.max(1, this.working.length)];
    if (!order) return;
    const quantity = leftOf(order).times(parts).div(4);
    order.filledQuantity = order.filledQuantity.plus(quantity);
    this.held = order.side === 'SELL' ? this.held.minus(quantity) : this.held.plus(quantity);
    if (leftOf(order).isZero()) this.working = this.working.filter((each) => each !== order);
  }

  end(at: number): void {
    this.working.splice(at % Math.max(1, this.working.length), 1);
  }
}

const wishes = fc.uniqueArray(
  fc.record({
    slot: fc.constantFrom('stop', 'a', 'b', 'c'),
    quantity: fc.integer({ min: 1, max: 10 }),
    isBuy: fc.boolean(),
    price: fc.integer({ min: 90, max: 99 }),
  }),
  { selector: ({ slot }) => slot },
);
const event = fc.oneof(
  fc.record({ kind: fc.constant('plan' as const), wishes }),
  fc.record({ kind: fc.constant('fill' as const), at: fc.nat(9), parts: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ kind: fc.constant('end' as const), at: fc.nat(9) }),
);

describe('plans carried out one after another, however late the exchange answers', () => {
  it('never let two orders of a slot work, nor sell more than is held', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        const venue = new LateVenue();
        for (const each of events) {
          if (each.kind === 'fill') venue.fill(each.at, each.parts);
          else if (each.kind === 'end') venue.end(each.at);
          else
            venue.carryOut(
              each.wishes.map(({ slot, quantity, isBuy, price }) =>
                wish(slot, String(quantity), { side: isBuy ? 'BUY' : 'SELL', stopPrice: money(price) }),
              ),
            );
          const slots = venue.working.map(({ slot }) => slot);
          expect(new Set(slots).size).toBe(slots.length);
          const offered = sum(venue.working.filter(({ side }) => side === 'SELL').map(leftOf));
          expect(offered.lte(venue.held)).toBe(true);
          expect(venue.held.gte(0)).toBe(true);
        }
      }),
    );
  });

  it('come to rest: once the exchange has said its last word, the next two plans leave exactly what is wanted', () => {
    fc.assert(
      fc.property(wishes, wishes, (before, after) => {
        const venue = new LateVenue();
        const toWishes = (rows: typeof before) =>
          rows.map(({ slot, quantity }) => wish(slot, String(quantity / 10)));
        venue.carryOut(toWishes(before));
        const { keep } = planOrders(toWishes(after), venue.working, venue.held);
        venue.working = keep;
        venue.carryOut(toWishes(after));
        expect(planOrders(toWishes(after), venue.working, venue.held)).toMatchObject({
          place: [],
          cancel: [],
        });
        expect(venue.working).toHaveLength(after.length);
      }),
    );
  });
});
