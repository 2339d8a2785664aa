import type { Money } from '../decimal.ts';
import type { FillValue } from '../portfolio/fill-value.ts';
import { listBands, toBand, type Band, type BandScene } from './grid-levels.ts';
import type { GridNotes } from './grid-params.ts';
import { readSlot, slotName, type OrderInput } from './order-strategy.ts';

/** A grid where it stands. `covered`: what the first buy is to buy. */
export type Follow = { notes: GridNotes; scene: BandScene; input: OrderInput<GridNotes>; covered: Money };

/** Returns a grid where it stands. */
export function toFollow(given: Omit<Follow, 'covered'>): Follow {
  const { notes, scene, input } = given;
  const nothing = input.price.minus(input.price);
  const bands = listBands(scene, 0).filter(({ number }) => number >= notes.coveredFrom);
  return { ...given, covered: bands.reduce((total, { quantity }) => total.plus(quantity), nothing) };
}

/** What a band holds: what its orders bought and did not sell, and its share of the first buy. */
export function heldBy(band: Band, follow: Follow): Money {
  const { input } = follow;
  const book = input.slots.get(slotName('g', input.memory.round, band.number));
  const moved = book ? book.bought.quantity.minus(book.sold.quantity) : input.price.minus(input.price);
  return moved.plus(shareOfFirstBuy(band, follow));
}

function shareOfFirstBuy(band: Band, { notes, scene, input, covered }: Follow): Money {
  const nothing = input.price.minus(input.price);
  const book = input.slots.get(slotName('b', input.memory.round));
  if (!book || band.number < notes.coveredFrom || band.number >= scene.range.cells) return nothing;
  return covered.isZero() ? nothing : book.bought.quantity.times(band.quantity).div(covered);
}

/**
 * Returns what the sales of a grid earned in quote units, fees counted, each against what its own band paid, and at how many
 * levels something was sold. With what is still held, at what its bands paid, it makes up the bot's whole profit.
 */
export function gridProfit(follow: Follow): { profit: Money; sales: number } {
  const { input, scene } = follow;
  let profit = input.price.minus(input.price);
  let sales = 0;
  for (const [slot, { sold }] of input.slots) {
    const parts = readSlot(slot);
    if (parts?.kind !== 'g' || sold.quantity.isZero()) continue;
    profit = profit.plus(sold.amount).minus(costOfSold(toBand(scene, parts.number), follow));
    sales += 1;
  }
  return { profit, sales };
}

/** What was sold first came from the first buy, the rest from the band's own. */
function costOfSold(band: Band, follow: Follow): Money {
  const { slots, memory, price } = follow.input;
  const nothing = price.minus(price);
  const own = slots.get(slotName('g', memory.round, band.number));
  if (!own) return nothing;
  const share = shareOfFirstBuy(band, follow);
  const fromShare = own.sold.quantity.lt(share) ? own.sold.quantity : share;
  const first = slots.get(slotName('b', memory.round))?.bought;
  const atFirst = fromShare.times(meanCost(first, nothing));
  return atFirst.plus(own.sold.quantity.minus(fromShare).times(meanCost(own.bought, nothing)));
}

const meanCost = (value: FillValue | undefined, nothing: Money): Money =>
  value && value.quantity.gt(0) ? value.amount.div(value.quantity) : nothing;
