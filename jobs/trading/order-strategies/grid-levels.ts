import type { Money } from '../decimal.ts';
import { floorQuantity } from '../portfolio/order-size.ts';
import type { Market } from '../types.ts';
import type { Budget } from './order-strategy.ts';
import { toPrice } from './wishes.ts';

/** The lines of a grid: `cells` bands between prices, the lowest beginning at `lower`. Bands go on above the top alike. */
export type GridRange = {
  lower: number;
  upper: number;
  cells: number;
  spacing: 'arithmetic' | 'geometric';
};

/** Returns the price at which band `number` begins, as a double. */
export function levelAt({ lower, upper, cells, spacing }: GridRange, number: number): number {
  if (spacing === 'arithmetic') return lower + (number * (upper - lower)) / cells;
  return lower * (upper / lower) ** (number / cells);
}

/** Returns the smallest share of its buying price that a band earns before fees. */
export function smallestStep(range: GridRange): number {
  const bottom = levelAt(range, range.cells - 1);
  return (levelAt(range, range.cells) - bottom) / bottom;
}

/** One band: it buys `quantity` at `low` and sells it at `high`. */
export type Band = { number: number; low: Money; high: Money; quantity: Money };

export type BandScene = { range: GridRange; budget: Budget; market: Market; like: Money };

/** Returns a band, its quantity rounded down to the lot size. */
export function toBand({ range, budget, market, like }: BandScene, number: number): Band {
  const low = toPrice(levelAt(range, number), market, like);
  const high = toPrice(levelAt(range, number + 1), market, like);
  const spends = 'each' in budget ? budget.each : budget.total.div(range.cells);
  const quantity = floorQuantity(like.minus(like).plus(spends).div(low), market);
  return { number, low, high, quantity };
}

/** Returns the bands of a grid that was shifted up `shift` times, the lowest first. */
export function listBands(scene: BandScene, shift: number): Band[] {
  return Array.from({ length: scene.range.cells }, (_none, at) => toBand(scene, shift + at));
}
