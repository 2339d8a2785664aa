import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { money, sum, type Money } from '../../../../jobs/trading/decimal.ts';
import {
  planRebalance,
  type RebalanceInput,
  type RebalancePlan,
} from '../../../../jobs/trading/rebalance/plan.ts';
import { measureShares, type Leg } from '../../../../jobs/trading/rebalance/shares.ts';
import { HOUR, inputOf, legOf } from '../../../support/rebalance.ts';

/** Percent, together at most 100. */
const weightsOf = (count: number) =>
  fc
    .array(fc.integer({ min: 1, max: 100 }), { minLength: count, maxLength: count })
    .map((parts) => {
      const total = parts.reduce((all, part) => all + part, 0);
      return total <= 100 ? parts : parts.map((part) => Math.max(1, Math.floor((part * 100) / total)));
    })
    .filter((weights) => weights.reduce((all, weight) => all + weight, 0) <= 100);

type Asset = { price: number; value: number; fee: number; minNotional: number };

const asset = fc.record<Asset>({
  price: fc.double({ min: 0.01, max: 5_000, noNaN: true }).map((price) => Number(price.toPrecision(6))),
  value: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 200_000, noNaN: true })),
  fee: fc.constantFrom(0, 0.0005, 0.001, 0.005),
  minNotional: fc.constantFrom(0, 5, 10),
});

const portfolio = fc
  .array(asset, { minLength: 1, maxLength: 6 })
  .chain((assets) =>
    fc.tuple(
      fc.constant(assets),
      weightsOf(assets.length),
      fc.double({ min: 100_000, max: 500_000, noNaN: true }),
    ),
  )
  .map(([assets, weights, free]) => ({
    legs: assets.map((each, at) => toLeg(each, `C${at}`, weights[at] ?? 1)),
    free: money(free.toFixed(2)),
  }));

function toLeg({ price, value, fee, minNotional }: Asset, base: string, weight: number): Leg {
  const leg = legOf(base, { price, weight, minNotional: money(minNotional) });
  const quantity = money((value / price).toFixed(8));
  return { ...leg, quantity, market: { ...leg.market, takerFee: money(fee) } };
}

const bands = fc.record({
  drift_points: fc.constantFrom(0.5, 2, 5, 20),
  relative_drift_pct: fc.constantFrom(0, 10, 25, 60),
  at_least_candles: fc.constantFrom(0, 1),
  min_trade: fc.constantFrom(0, 1, 10),
});

/** What legs and money are once all orders have filled at the very prices they were planned with. */
function fillAll(
  { legs, freeQuote }: RebalanceInput,
  { orders }: RebalancePlan,
): { legs: Leg[]; free: Money } {
  let free = freeQuote;
  const after = legs.map((leg) => {
    const order = orders.find(({ symbol }) => symbol === leg.market.symbol);
    if (!order || !leg.price) return leg;
    const amount = order.quantity.times(leg.price);
    const fee = leg.market.takerFee;
    free = order.side === 'BUY' ? free.minus(amount) : free.plus(amount).minus(amount.times(fee));
    const moved =
      order.side === 'BUY' ? order.quantity.minus(order.quantity.times(fee)) : order.quantity.neg();
    return { ...leg, quantity: leg.quantity.plus(moved) };
  });
  return { legs: after, free };
}

/** Plans and fills until nothing waits for a sale any more; returns the input of the decision after that. */
function settle(input: RebalanceInput): RebalanceInput {
  const first = planRebalance(input);
  const { legs, free } = fillAll(input, first);
  const next = { ...input, legs, freeQuote: free, memory: first.memory, candleTimeMs: HOUR };
  if (!first.memory.isFinishing) return next;
  const second = planRebalance(next);
  return { ...next, ...afterwards(fillAll(next, second)), memory: second.memory };
}

const afterwards = ({ legs, free }: { legs: Leg[]; free: Money }) => ({ legs, freeQuote: free });

describe('any rebalancing plan', () => {
  it('sells first, no more than is held, and buys for no more than is free, fees counted', () => {
    const frozen = fc.array(fc.boolean(), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(
        portfolio,
        bands,
        fc.tuple(frozen, fc.boolean()),
        ({ legs, free }, params, [isFrozen, isFinishing]) => {
          const mixed = legs.map((leg, at) => ({ ...leg, isFrozen: isFrozen[at] ?? false }));
          const input = inputOf(mixed, free, { params, memory: { actedAtMs: null, isFinishing } });
          const { orders } = planRebalance(input);
          const sides = orders.map(({ side }) => side);
          expect(sides).toEqual([...sides].sort().reverse());
          expect(new Set(orders.map(({ symbol }) => symbol)).size).toBe(orders.length);
          const costs = orders.map(({ symbol, side, quantity }) => {
            const leg = mixed.find(({ market }) => market.symbol === symbol)!;
            const amount = quantity.times(leg.price!);
            expect(leg.isFrozen).toBe(false);
            expect(quantity.mod(leg.market.lotSize).isZero() && quantity.gt(0)).toBe(true);
            expect(amount.gte(params.min_trade) && amount.gte(leg.market.minNotional)).toBe(true);
            if (side === 'SELL') expect(quantity.lte(leg.quantity)).toBe(true);
            return side === 'SELL' ? money(0) : amount.plus(amount.times(leg.market.takerFee));
          });
          expect(sum(costs).lte(free)).toBe(true);
          if (isFinishing) expect(sides).not.toContain('SELL');
        },
      ),
      { numRuns: 300 },
    );
  });

  it('has every weight within fees, steps and the smallest order of its target once it is filled', () => {
    fc.assert(
      fc.property(portfolio, bands, ({ legs, free }, params) => {
        const input = inputOf(legs, free, { params });
        if (planRebalance(input).cause === null) return;
        const { total, active } = measureShares(settle(input).legs, settle(input).freeQuote);
        const fee = Math.max(...legs.map(({ market }) => market.takerFee.toNumber()));
        const smallest = legs.map(
          ({ market, price }) =>
            Math.max(params.min_trade, market.minNotional.toNumber()) +
            market.lotSize.times(price!).toNumber(),
        );
        const left = smallest.reduce((all, each) => all + each, 0);
        for (const { drift, target, leg } of active) {
          const off = drift.abs().toNumber();
          expect([leg.market.symbol, off <= left + 2 * fee * target.toNumber() + 1e-6]).toEqual([
            leg.market.symbol,
            true,
          ]);
        }
        expect(total.gt(0)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('is followed by an empty one', () => {
    fc.assert(
      fc.property(portfolio, bands, ({ legs, free }, params) => {
        const settled = settle(inputOf(legs, free, { params: { ...params, at_least_candles: 0 } }));
        expect(planRebalance(settled).orders).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('says the same of the same', () => {
    fc.assert(
      fc.property(portfolio, bands, ({ legs, free }, params) => {
        const told = () =>
          planRebalance(inputOf(legs, free, { params })).orders.map((order) => order.explain());
        expect(told()).toEqual(told());
      }),
      { numRuns: 50 },
    );
  });
});
