import type { Money } from '../decimal.ts';
import { figure } from '../figures.ts';
import { floorQuantity, isDust, sellQuantity } from '../portfolio/order-size.ts';
import { leftOf, type WantedOrder } from '../portfolio/plan-orders.ts';
import { describeDca, findDcaFaults, listDcaLevels } from './dca-check.ts';
import { firstAmount, listSteps, type Step } from './dca-ladder.ts';
import { countStartCandles, judgeStart, listStartIndicators } from './dca-start.ts';
import { paramsSchema, type DcaNotes, type DcaParams } from './dca-params.ts';
import { slotName, type OrderInput, type OrderStrategy, type OrderWish } from './order-strategy.ts';
import { keepAsIs, priceAbove, priceBelow, sellAll } from './wishes.ts';

/**
 * Buys once, then more at prices ever further below (safety orders), and sells all of it a little above the average price;
 * then begins anew, at once or once the RSI of its candles crosses a level. All safety orders of a deal rest at once; the one sale is moved whenever a buy changes the average.
 *
 * Sources: 3Commas, "DCA bot: main settings" (deviation, step scale, volume scale, take profit from the average price).
 */
export const dca: OrderStrategy<DcaParams, DcaNotes> = {
  name: 'DCA',
  title: 'DCA',
  description: 'Buys, buys more at lower prices, and sells all of it a little above the average price.',
  paramsSchema,
  wanted,
  countCandles: countStartCandles,
  indicators: listStartIndicators,
  findFaults: findDcaFaults,
  describe: describeDca,
  listLevels: listDcaLevels,
};

type Input = OrderInput<DcaNotes>;
type Wish = OrderWish<DcaNotes>;

const FIRST: DcaNotes = { deals: 0, waitsUntilMs: 0, seenMs: null, anchor: null, isLeaving: false };
const MINUTE_MS = 60_000;

function wanted(params: DcaParams, input: Input): Wish {
  const before = input.memory.notes ?? FIRST;
  const notes = { ...before, anchor: before.anchor ?? findAnchor(input) };
  const { state, price, market } = input;
  const isHolding = !isDust(state.position.quantity, price, market);
  if (!isHolding && notes.anchor !== null) return endDeal(params, notes, input);
  if (!isHolding) return { ...begin(params, notes, input), memory: { ...input.memory, notes } };
  const stop = stopPrice(params, input);
  if (notes.isLeaving || (stop && price.lte(stop))) return leave({ ...notes, isLeaving: true }, input);
  const wish = hold(params, notes, input);
  return { ...wish, memory: { ...input.memory, notes }, ...(stop ? { wake: { below: stop } } : {}) };
}

/** What the first buy filled at, once nothing more comes of it. */
function findAnchor({ slots, memory }: Input): string | null {
  const last = slots.get(slotName('b', memory.round))?.last;
  return last && !last.isWorking && last.averagePrice ? last.averagePrice.toFixed() : null;
}

const stopPrice = ({ stop_loss_pct }: DcaParams, { state: { position } }: Input): Money | undefined =>
  stop_loss_pct > 0
    ? position.entryPrice.minus(position.entryPrice.times(stop_loss_pct).div(100))
    : undefined;

/** A deal is over once what it bought is sold: what it leaves resting is called back by not being wanted. */
function endDeal(params: DcaParams, notes: DcaNotes, { memory, nowMs, candles }: Input): Wish {
  const deals = notes.deals + 1;
  const waitsUntilMs = nowMs + params.cooldown_minutes * MINUTE_MS;
  const round = memory.round + 1;
  if (params.max_deals > 0 && deals >= params.max_deals) {
    const done = `All ${deals} deals are done.`;
    return { orders: [], memory: { ...memory, round, notes: null }, reason: done, done };
  }
  const seenMs = candles.openTimeMs.at(-1) ?? null;
  const next = { ...memory, round, notes: { ...FIRST, deals, waitsUntilMs, seenMs } };
  const reason = `Deal ${deals} is done.`;
  return { orders: [], memory: next, reason, wake: { atMs: waitsUntilMs } };
}

type Wanted = Pick<Wish, 'orders' | 'reason' | 'wake'>;

function begin(params: DcaParams, notes: DcaNotes, input: Input): Wanted {
  const { memory, slots, market, price, budget, nowMs } = input;
  const slot = slotName('b', memory.round);
  const last = slots.get(slot)?.last;
  const deal = `deal ${notes.deals + 1}`;
  if (last?.isWorking)
    return { orders: [keepAsIs(slot, last, 'signal')], reason: `The first buy of ${deal} is working.` };
  if (nowMs < notes.waitsUntilMs) {
    const until = new Date(notes.waitsUntilMs).toISOString().slice(0, 16).replace('T', ' ');
    return { orders: [], reason: `Pauses until ${until} UTC.`, wake: { atMs: notes.waitsUntilMs } };
  }
  const start = judgeStart(params, { ...input, wait: notes });
  if (!start.isMet) return { orders: [], reason: start.reason, wake: { atClose: true } };
  const quantity = floorQuantity(price.minus(price).plus(firstAmount(params, budget)).div(price), market);
  const order = { slot, side: 'BUY' as const, quantity, reason: 'signal' as const };
  const first: WantedOrder =
    params.base_order === 'market'
      ? { ...order, type: 'market' }
      : { ...order, type: 'limit', limitPrice: priceBelow(price, market) };
  const because = start.why && `, because ${start.why}`;
  const reason = `Begins ${deal} with a buy at about ${figure(price)} ${market.quote}${because}.`;
  return { orders: [first], reason };
}

function leave(notes: DcaNotes, input: Input): Wish {
  const { memory, state, market } = input;
  const quantity = sellQuantity(state.position.quantity, market);
  const orders = [sellAll(slotName('x', memory.round), quantity, 'stop_loss')];
  const reason = `Sells its ${figure(quantity)} ${market.base}, because the price reached the stop of the deal.`;
  return { orders, memory: { ...memory, notes }, reason };
}

function hold(params: DcaParams, notes: DcaNotes, input: Input): Wanted {
  const { memory, state, market, slots, budget, price } = input;
  const { position } = state;
  const target = priceAbove(position.entryPrice.times(1 + params.take_profit_pct / 100), market);
  const sale: WantedOrder = {
    slot: slotName('t', memory.round),
    side: 'SELL',
    type: 'limit',
    quantity: sellQuantity(position.quantity, market),
    limitPrice: target,
    reason: 'take_profit',
  };
  const first = slots.get(slotName('b', memory.round))?.last;
  const base = first?.isWorking ? [keepAsIs(slotName('b', memory.round), first, 'signal')] : [];
  const anchor = notes.anchor === null ? null : price.minus(price).plus(notes.anchor);
  const steps = anchor ? listSteps(params, { anchor, budget, market }) : [];
  const buys = steps.flatMap((step) => safetyOrder(step, input) ?? []);
  const next = buys[0]?.limitPrice;
  const below = next ? ` and buys more at ${figure(next)}` : '; no safety order is left';
  return {
    orders: [sale, ...base, ...buys],
    reason: `Sells all at ${figure(target)} ${market.quote}${below}.`,
  };
}

/** A safety order buys once: what an order that was called back did not buy is still wanted. */
function safetyOrder(
  { number, price, quantity }: Step,
  { memory, slots, market }: Input,
): WantedOrder | undefined {
  const slot = slotName('s', memory.round, number);
  const book = slots.get(slot);
  if (book?.last.isWorking) return keepAsIs(slot, book.last, 'signal');
  const left = book
    ? floorQuantity(leftOf({ quantity, filledQuantity: book.bought.quantity }), market)
    : quantity;
  if (isDust(left, price, market) || (book && left.lt(quantity.times(MOST_OF_IT)))) return undefined;
  return { slot, side: 'BUY', type: 'limit', quantity: left, limitPrice: price, reason: 'signal' };
}

/** What is missing of a buy that filled is its fee. */
const MOST_OF_IT = 0.02;
