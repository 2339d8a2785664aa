import type { Money } from '../decimal.ts';
import { floorQuantity } from '../portfolio/order-size.ts';
import type { Market } from '../types.ts';
import type { DcaParams } from './dca-params.ts';
import type { Budget } from './order-strategy.ts';
import { toPrice } from './wishes.ts';

/** A safety order: how far below the first buy, in per cent, and how many times what the first buy spends. */
export type Rung = { number: number; fallPct: number; factor: number };

/** Returns the safety orders, the nearest first. Those that would be at or below nothing are left out. */
export function listRungs(params: DcaParams): Rung[] {
  const rungs: Rung[] = [];
  let fallPct = 0;
  for (let number = 1; number <= params.safety_orders; number += 1) {
    fallPct += params.deviation_pct * params.step_scale ** (number - 1);
    rungs.push({ number, fallPct, factor: params.safety_volume * params.volume_scale ** (number - 1) });
  }
  return rungs.filter((rung) => rung.fallPct < 100);
}

/** Returns what the first buy spends, in quote units. */
export function firstAmount(params: DcaParams, budget: Budget): Money {
  if ('each' in budget) return budget.each;
  const factors = listRungs(params).reduce((total, { factor }) => total + factor, 1);
  return budget.total.div(Number(factors.toPrecision(12)));
}

/** A safety order as it is placed. */
export type Step = { number: number; price: Money; quantity: Money };

/** Returns the safety orders of a deal whose first buy filled at `anchor` on average. */
export function listSteps(
  params: DcaParams,
  { anchor, budget, market }: { anchor: Money; budget: Budget; market: Market },
): Step[] {
  const first = firstAmount(params, budget);
  return listRungs(params).map(({ number, fallPct, factor }) => {
    const price = toPrice(anchor.toNumber() * (1 - fallPct / 100), market, anchor);
    const amount = first.times(Number(factor.toPrecision(12)));
    return { number, price, quantity: price.isZero() ? price : floorQuantity(amount.div(price), market) };
  });
}
