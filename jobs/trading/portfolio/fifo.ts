import { sum, ZERO, type Money } from '../decimal.ts';
import type { Market, ValuedFill } from '../types.ts';
import { costShare, toFillValue } from './fill-value.ts';

/** One buy of which something is left. `quantity` and `cost` are the whole buy's, net of its fee. */
export type Lot = { quantity: Money; cost: Money; left: Money };

/** What is held by first in, first out: lots oldest first; or what left beyond what was held, to be covered by the next buys. */
export type Lots = { open: readonly Lot[]; owed: Money };

export const NO_LOTS: Lots = { open: [], owed: ZERO };

type Assets = Pick<Market, 'base' | 'quote'>;

/**
 * Returns the lots after a fill, and the quote profit that it realised by first in, first out: a sale earns its proceeds
 * less what the oldest lots cost that it takes. A buy earns nothing, unless it covers what was sold beyond what was held:
 * that part of it is spent at once.
 *
 * What is left of a lot costs its share of the whole lot, however it came to be that small; so the lots follow from the
 * newest buys alone (`openLots`). Realised + unrealised profit equals that by average cost at any price, to the last digit.
 */
export function applyFifo(lots: Lots, fill: ValuedFill, assets: Assets): { lots: Lots; realizedPnl: Money } {
  const { quantity, amount } = toFillValue(fill, assets);
  if (fill.side === 'BUY') return addLot(lots, quantity, amount);
  const { open, costTaken, missing } = takeOldest(lots.open, quantity);
  return { lots: { open, owed: lots.owed.plus(missing) }, realizedPnl: amount.minus(costTaken) };
}

function addLot(lots: Lots, quantity: Money, cost: Money): { lots: Lots; realizedPnl: Money } {
  const left = quantity.minus(lots.owed);
  if (left.lte(0)) return { lots: { open: lots.open, owed: left.neg() }, realizedPnl: cost.neg() };
  const lot = { quantity, cost, left };
  return { lots: { open: [...lots.open, lot], owed: ZERO }, realizedPnl: costLeft(lot).minus(cost) };
}

function takeOldest(
  open: readonly Lot[],
  quantity: Money,
): { open: Lot[]; costTaken: Money; missing: Money } {
  let missing = quantity;
  let costTaken = ZERO;
  const rest: Lot[] = [];
  for (const lot of open) {
    const left = missing.gte(lot.left) ? ZERO : lot.left.minus(missing);
    missing = missing.minus(lot.left.minus(left));
    const kept = { ...lot, left };
    costTaken = costTaken.plus(costLeft(lot)).minus(costLeft(kept));
    if (left.gt(0)) rest.push(kept);
  }
  return { open: rest, costTaken, missing };
}

const costLeft = ({ cost, left, quantity }: Lot) => costShare(cost, left, quantity);

/** Returns what the open lots cost, fees of their buys included, in quote units. */
export function lotsCost({ open }: Lots): Money {
  return sum(open.map(costLeft));
}

/**
 * Returns the lots of a holding: the newest buys that together make up `held` base units. `buys` are newest first and at
 * least as many as that takes; older ones change nothing. A negative `held` is owed.
 */
export function openLots(held: Money, buys: Iterable<ValuedFill>, assets: Assets): Lots {
  if (held.lte(0)) return { open: [], owed: held.neg() };
  const open: Lot[] = [];
  let missing = held;
  for (const buy of buys) {
    if (missing.lte(0)) break;
    const { quantity, amount: cost } = toFillValue(buy, assets);
    if (quantity.lte(0)) continue;
    const left = missing.lt(quantity) ? missing : quantity;
    missing = missing.minus(left);
    open.unshift({ quantity, cost, left });
  }
  return { open, owed: ZERO };
}

/** Returns the lots and the realised profit, in quote units, after all fills, oldest first. */
export function foldFifo(fills: Iterable<ValuedFill>, assets: Assets): { lots: Lots; realizedPnl: Money } {
  const total = { lots: NO_LOTS, realizedPnl: ZERO };
  for (const fill of fills) {
    const applied = applyFifo(total.lots, fill, assets);
    total.lots = applied.lots;
    total.realizedPnl = total.realizedPnl.plus(applied.realizedPnl);
  }
  return total;
}
