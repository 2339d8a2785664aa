import type { Money } from '../decimal.ts';
import { figure } from '../figures.ts';
import { equity } from '../portfolio/ledger.ts';
import { isDust, sellQuantity } from '../portfolio/order-size.ts';
import type { WantedOrder } from '../portfolio/plan-orders.ts';
import type { Market } from '../types.ts';
import { describeGrid, findGridFaults, listGridLevels } from './grid-check.ts';
import { gridProfit, heldBy, toFollow, type Follow } from './grid-books.ts';
import { levelAt, listBands, type Band } from './grid-levels.ts';
import { paramsSchema, toRange, type GridNotes, type GridParams } from './grid-params.ts';
import { slotName, type OrderInput, type OrderStrategy, type OrderWish } from './order-strategy.ts';
import { keepAsIs, priceAbove, sellAll, toPrice } from './wishes.ts';

/**
 * Buys at each level below the price, sells what a level bought one level higher, and buys there again: each round trip earns
 * the step less two fees. A band between two levels has one slot, and at most one order: a sale where it holds enough to
 * sell, else its buy. So the orders follow from the books of the slots alone.
 *
 * Sources: Binance and Pionex, help pages on spot grids (arithmetic and geometric, first buy, trailing up, stop price).
 */
export const grid: OrderStrategy<GridParams, GridNotes> = {
  name: 'GRID',
  title: 'Grid',
  description:
    'Buys at each level below the price and sells one level higher, over and over, inside a range.',
  paramsSchema,
  wanted,
  findFaults: findGridFaults,
  describe: describeGrid,
  listLevels: listGridLevels,
};

type Input = OrderInput<GridNotes>;
type Wish = OrderWish<GridNotes>;

function wanted(params: GridParams, input: Input): Wish {
  const notes = input.memory.notes ?? begin(params, input);
  const range = { ...toRange(params, input.price), lower: notes.lower, upper: notes.upper };
  const scene = { range, budget: input.budget, market: input.market, like: input.price };
  const exit = notes.exit ?? findExit(params, notes, input);
  if (exit) return leave({ ...notes, exit }, input);
  const follow = toFollow({ notes, scene, input });
  return keep(params, { ...follow, notes: { ...notes, shift: followUp(params, follow) } });
}

function begin(params: GridParams, input: Input): GridNotes {
  const { state, price: at, market, budget } = input;
  const range = toRange(params, at);
  const bands = listBands({ range, budget, market, like: at }, 0);
  const above = bands.filter(({ low }) => low.gte(at)).map(({ number }) => number);
  const { lower, upper, cells } = range;
  const coveredFrom = params.initial_buy ? Math.min(cells, ...above) : cells;
  return { lower, upper, shift: 0, coveredFrom, startEquity: equity(state, at).toFixed(), exit: null };
}

/** Why it ends, if it does: the price is at the stop, or the profit suffices. */
function findExit(
  params: GridParams,
  { startEquity }: GridNotes,
  { state, price: at }: Input,
): GridNotes['exit'] {
  if (params.stop_price > 0 && at.lte(params.stop_price)) return 'stop_loss';
  if (params.take_profit_pct === 0) return null;
  const start = at.minus(at).plus(startEquity);
  const gained = equity(state, at).minus(start);
  return gained.gte(start.times(params.take_profit_pct).div(100)) ? 'take_profit' : null;
}

const EXIT_WORDS = {
  stop_loss: 'the price reached its stop',
  take_profit: 'its profit was reached',
} as const;

/** Sells all that is held; ends once nothing is. */
function leave(notes: GridNotes & { exit: keyof typeof EXIT_WORDS }, input: Input): Wish {
  const { memory, state, market, price: at } = input;
  const why = EXIT_WORDS[notes.exit];
  const { quantity } = state.position;
  const slot = slotName('x', memory.round);
  const isSelling = input.slots.get(slot)?.last.isWorking === true;
  if (!isSelling && isDust(quantity, at, market)) {
    const done = `The grid ended: ${why} (${figure(at)} ${market.quote}).`;
    return { orders: [], memory: { ...memory, round: memory.round + 1, notes: null }, reason: done, done };
  }
  const orders = [sellAll(slot, sellQuantity(quantity, market), notes.exit)];
  const held = `${figure(quantity)} ${market.base}`;
  return { orders, memory: { ...memory, notes }, reason: `Sells its ${held}, because ${why}.` };
}

/** How far up the grid has gone: one more step for each that the price is above its top, once the lowest band is empty. */
function followUp(params: GridParams, follow: Follow): number {
  const { scene, input } = follow;
  let { shift } = follow.notes;
  if (!params.trails_up) return shift;
  while (input.price.gte(levelAt(scene.range, shift + scene.range.cells + 1))) {
    const [lowest] = listBands(scene, shift);
    if (!lowest || !isEmpty(lowest, follow)) break;
    shift += 1;
  }
  return shift;
}

function isEmpty(band: Band, follow: Follow): boolean {
  return isDust(heldBy(band, follow), band.high, follow.input.market);
}

function keep(params: GridParams, follow: Follow): Wish {
  const { notes, scene, input } = follow;
  const bands = listBands(scene, notes.shift).toReversed();
  const first = firstBuy(follow);
  const orders = bands.flatMap((band) => bandOrder(band, follow) ?? []);
  const buys = orders.filter(({ side }) => side === 'BUY');
  const sales = orders.filter(({ side }) => side === 'SELL');
  return {
    orders: [...first, ...sales, ...buys],
    memory: { ...input.memory, notes },
    reason: sayGrid(follow, { buys, sales, isStarting: first.length > 0 }),
    wake: findWake(params, follow, bands),
  };
}

/** Bought at the market, once: what the bands above the price are to sell. */
function firstBuy({ input, covered: quantity }: Follow): WantedOrder[] {
  const slot = slotName('b', input.memory.round);
  const book = input.slots.get(slot);
  if (book?.last.isWorking) return [keepAsIs(slot, book.last, 'signal')];
  if (book?.bought.quantity.gt(0)) return [];
  const { market, price: at } = input;
  if (isDust(quantity, at, market)) return [];
  return [{ slot, side: 'BUY', type: 'market', quantity, reason: 'signal' }];
}

function bandOrder(band: Band, follow: Follow): WantedOrder | undefined {
  const { market, memory, slots, price: at } = follow.input;
  const slot = slotName('g', memory.round, band.number);
  const last = slots.get(slot)?.last;
  if (last?.isWorking) return keepAsIs(slot, last, last.side === 'BUY' ? 'signal' : 'take_profit');
  const held = heldBy(band, follow);
  if (!isDust(held, band.high, market)) {
    const quantity = sellQuantity(held, market);
    return { slot, side: 'SELL', type: 'limit', quantity, limitPrice: band.high, reason: 'take_profit' };
  }
  const isReady = band.low.lt(at) && !isDust(band.quantity, band.low, market);
  if (!isReady || isFirstBuyAwaited(band, follow)) return undefined;
  return {
    slot,
    side: 'BUY',
    type: 'limit',
    quantity: band.quantity,
    limitPrice: band.low,
    reason: 'signal',
  };
}

/** What the first buy is to cover is not bought a second time. */
function isFirstBuyAwaited({ number }: Band, { notes, scene, input }: Follow): boolean {
  const book = input.slots.get(slotName('b', input.memory.round));
  const isDone = book && !book.last.isWorking && book.bought.quantity.gt(0);
  return !isDone && number >= notes.coveredFrom && number < scene.range.cells;
}

type Counted = { buys: WantedOrder[]; sales: WantedOrder[]; isStarting: boolean };

function sayGrid(follow: Follow, { buys, sales, isStarting }: Counted): string {
  const { market, price: at } = follow.input;
  if (isStarting) return `Buys what the levels above ${figure(at)} ${market.quote} are to sell.`;
  const { profit, sales: sold } = gridProfit(follow);
  const earned =
    sold === 0
      ? ''
      : ` Sales at ${sold} ${sold === 1 ? 'level has' : 'levels have'} earned ${figure(profit.toDecimalPlaces(2))} ${market.quote}.`;
  const next = [sayNearest('Buys', buys, -1), sayNearest('sells', sales, 1)].filter(Boolean).join(', ');
  return `${next || 'Waits for the price to come into its range'} (${buys.length} buys and ${sales.length} sales are to rest).${earned}`;
}

function sayNearest(verb: string, orders: WantedOrder[], side: 1 | -1): string {
  const prices = orders.flatMap(({ limitPrice }) => limitPrice ?? []);
  const nearest = prices.reduce<Money | null>(
    (best, each) => (best && best.comparedTo(each) * side <= 0 ? best : each),
    null,
  );
  return nearest ? `${verb} at ${figure(nearest)}` : '';
}

/** Prices from which on it wants something else: a level above which a buy may rest, a step over the top, an exit. */
function findWake(params: GridParams, follow: Follow, bands: Band[]): NonNullable<Wish['wake']> {
  const { notes, scene, input } = follow;
  const { price: at, market, state } = input;
  const idle = bands.filter((band) => !bandOrder(band, follow)).map(({ low }) => justAbove(low, market));
  const top = levelAt(scene.range, notes.shift + scene.range.cells + 1);
  const { quantity } = state.position;
  const start = at.minus(at).plus(notes.startEquity);
  const missing = start.times(params.take_profit_pct).div(100).plus(start).minus(equity(state, at));
  const above = [
    ...idle,
    ...(params.trails_up ? [toPrice(top, market, at)] : []),
    ...(params.take_profit_pct > 0 && quantity.gt(0)
      ? [priceAbove(at.plus(missing.div(quantity)), market)]
      : []),
  ];
  const ahead = above.filter((each) => each.gt(at));
  const nearest = ahead.reduce<Money | null>((best, each) => (best?.lte(each) ? best : each), null);
  return {
    ...(nearest ? { above: nearest } : {}),
    ...(params.stop_price > 0 ? { below: toPrice(params.stop_price, market, at) } : {}),
  };
}

/** A buy rests once the price is above its level. */
const justAbove = (level: Money, { tickSize }: Market): Money =>
  level.plus(tickSize.isZero() ? level.times(1e-6) : tickSize);
