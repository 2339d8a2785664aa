import { describe, expect, it } from 'vitest';
import { money } from '../../../../jobs/trading/decimal.ts';
import { FRESH_REBALANCE, planRebalance } from '../../../../jobs/trading/rebalance/plan.ts';
import { HOUR, inputOf, legOf, said } from '../../../support/rebalance.ts';

/** 10,000 in all where prices are 100 and 10: 50 BTC are half of it, 300 ETH three tenths. */
const BALANCED = [
  legOf('BTC', { quantity: 50, price: 100, weight: 50 }),
  legOf('ETH', { quantity: 300, price: 10, weight: 30 }),
];

describe('a rebalancing plan', () => {
  it('buys everything at its weight to begin with', () => {
    const legs = [legOf('BTC', { price: 100, weight: 50 }), legOf('ETH', { price: 10, weight: 30 })];
    const plan = planRebalance(inputOf(legs, 10_000));
    expect(said(plan)).toEqual([
      'BTC/USDT is 0 % of all, its target 50 %: buys 50 BTC',
      'ETH/USDT is 0 % of all, its target 30 %: buys 300 ETH',
    ]);
    expect(plan.cause).toBe('drift');
    expect(plan.memory).toEqual({ actedAtMs: 0, isFinishing: false });
  });

  it('leaves about 1 % free where weights come to 100 %, for fees and a worse fill', () => {
    const plan = planRebalance(inputOf([legOf('BTC', { price: 100, weight: 100 })], 10_000));
    expect(said(plan)).toEqual(['BTC/USDT is 0 % of all, its target 98.91 %: buys 98.9119 BTC']);
  });

  it('does nothing within its bands, and brings all back once one is left', () => {
    const at = (btc: number) =>
      planRebalance(inputOf([legOf('BTC', { quantity: 50, price: btc, weight: 50 }), BALANCED[1]!], 2_000));
    expect(at(121)).toMatchObject({ orders: [], cause: null, memory: FRESH_REBALANCE });
    // 54.95 % of 11,100.
    expect(at(122).cause).toBeNull();
    expect(said(at(125))).toEqual([
      'BTC/USDT is 55.56 % of all, its target 50 %: sells 5 BTC',
      'ETH/USDT is 26.67 % of all, its target 30 %: buys 37.5 ETH',
    ]);
  });

  it('acts on a drift relative to a small target, unless that is off', () => {
    const legs = [
      legOf('BTC', { quantity: 90, price: 100, weight: 90 }),
      legOf('SOL', { quantity: 70, price: 10, weight: 10 }),
    ];
    expect(said(planRebalance(inputOf(legs, 300)))[0]).toMatch(/^BTC\/USDT .* sells/);
    expect(planRebalance(inputOf(legs, 300, { params: { relative_drift_pct: 0 } })).cause).toBeNull();
  });

  it('acts on what lies free although no single share is far off', () => {
    const coins = ['A', 'B', 'C', 'D'].map((base) => legOf(base, { quantity: 23, price: 100, weight: 24 }));
    // Each is 23 %, 4 % are to be free, and 8 % are.
    expect(planRebalance(inputOf(coins, 800, { params: { drift_points: 4 } })).cause).toBe('drift');
    expect(planRebalance(inputOf(coins, 800, { params: { drift_points: 4.1 } })).cause).toBeNull();
  });

  it('sells first, buys for what is free, and buys the rest at the next candle, and then alone', () => {
    const legs = (btc: number, eth: number) => [
      legOf('BTC', { quantity: btc, price: 100, weight: 50 }),
      legOf('ETH', { quantity: eth, price: 10, weight: 48 }),
    ];
    const first = planRebalance(inputOf(legs(70, 280), 200));
    expect(said(first)).toEqual([
      'BTC/USDT is 70 % of all, its target 50 %: sells 20 BTC',
      // 200 free, for a fee of 0.1 % and a fill that is 1 % worse.
      'ETH/USDT is 28 % of all, its target 48 %: buys 19.7823 ETH',
    ]);
    expect(first.memory).toEqual({ actedAtMs: 0, isFinishing: true });
    // BTC rose meanwhile: what was begun is ended, and nothing else.
    const later = [
      legOf('BTC', { quantity: 50, price: 130, weight: 50 }),
      legOf('ETH', { quantity: 299.7625, price: 10, weight: 48 }),
    ];
    const second = planRebalance(inputOf(later, 2_000, { memory: first.memory, candleTimeMs: HOUR }));
    expect(second.cause).toBe('finishing');
    expect(said(second)).toEqual([expect.stringMatching(/^ETH\/USDT is .*: buys 197\.82/)]);
    expect(second.memory).toEqual({ actedAtMs: 0, isFinishing: false });
  });

  it('buys what lacks most first where money does not suffice for all', () => {
    const legs = [
      legOf('BTC', { quantity: 66, price: 100, weight: 30 }),
      legOf('ETH', { quantity: 200, price: 10, weight: 30 }),
      legOf('SOL', { quantity: 120, price: 10, weight: 38 }),
    ];
    const { orders } = planRebalance(inputOf(legs, 200));
    expect(orders.map(({ side, symbol }) => `${side} ${symbol}`)).toEqual(['SELL BTC/USDT', 'BUY SOL/USDT']);
  });

  it('parts what a frozen asset leaves by the weights of the others', () => {
    const legs = [
      legOf('BTC', { quantity: 25, price: 100, weight: 30 }),
      legOf('ETH', { quantity: 100, price: 10, weight: 30 }),
      legOf('SOL', { quantity: 630, price: 10, weight: 35, isFrozen: true }),
    ];
    // SOL holds 28 points more than its weight: the others share what is left of the whole.
    expect(said(planRebalance(inputOf(legs, 200)))).toEqual([
      'BTC/USDT is 25 % of all, its target 17.08 %: sells 7.923 BTC',
      'ETH/USDT is 10 % of all, its target 17.08 %: buys 19.7823 ETH',
    ]);
  });

  it('keeps free what a frozen asset lacks: the others get none of it', () => {
    const legs = [
      legOf('BTC', { quantity: 50, price: 100, weight: 50 }),
      legOf('ETH', { quantity: 0, price: 10, weight: 40, isFrozen: true }),
    ];
    expect(planRebalance(inputOf(legs, 5_000))).toMatchObject({ orders: [], cause: null });
    const unpriced = [legs[0]!, { ...legs[1]!, price: null, isFrozen: false }];
    expect(planRebalance(inputOf(unpriced, 5_000))).toMatchObject({ orders: [], cause: null });
  });

  it('waits as long after it has acted as it is told, and acts after as long as it is told', () => {
    const drifted = [legOf('BTC', { quantity: 70, price: 100, weight: 50 })];
    const slightly = [legOf('BTC', { quantity: 51, price: 100, weight: 50 })];
    const memory = { actedAtMs: 0, isFinishing: false };
    const at = (legs: typeof drifted, hours: number, params: object) =>
      planRebalance(
        inputOf(legs, 10_000 - 100 * legs[0]!.quantity.toNumber(), {
          memory,
          params,
          candleTimeMs: hours * HOUR,
        }),
      ).cause;
    expect(at(drifted, 5, { at_most_candles: 6 })).toBeNull();
    expect(at(drifted, 6, { at_most_candles: 6 })).toBe('drift');
    expect(at(slightly, 5, { at_least_candles: 6 })).toBeNull();
    expect(at(slightly, 6, { at_least_candles: 6 })).toBe('interval');
  });

  it('counts the time from its last look that was due, though there was nothing to do', () => {
    const plan = planRebalance(
      inputOf(BALANCED, 2_000, { params: { at_least_candles: 3 }, candleTimeMs: 9 * HOUR }),
    );
    expect(plan).toMatchObject({ orders: [], cause: 'interval', memory: { actedAtMs: 9 * HOUR } });
  });

  it('leaves out orders below the smallest, and below what the exchange takes', () => {
    const legs = [
      legOf('BTC', { quantity: 56, price: 100, weight: 50 }),
      legOf('ETH', { quantity: 199, price: 10, weight: 20 }),
      legOf('SOL', { quantity: 9.5, price: 100, weight: 10, minNotional: money(60) }),
    ];
    const smallest = (min_trade: number) =>
      said(planRebalance(inputOf(legs, 1_460, { params: { min_trade } })));
    expect(smallest(0)).toEqual([expect.stringMatching(/^BTC/), expect.stringMatching(/^ETH/)]);
    expect(smallest(20)).toEqual([expect.stringMatching(/^BTC/)]);
  });

  it('never orders more at once than the market takes', () => {
    const leg = legOf('BTC', { price: 100, weight: 50, maxQuantity: money('12.34567') });
    expect(planRebalance(inputOf([leg], 10_000)).orders[0]?.quantity.toFixed()).toBe('12.3456');
  });

  it('does nothing with nothing', () => {
    expect(planRebalance(inputOf([legOf('BTC', { price: 100, weight: 50 })], 0))).toMatchObject({
      orders: [],
      cause: null,
    });
    expect(
      planRebalance(inputOf([legOf('BTC', { price: 100, weight: 50, isFrozen: true })], 10)),
    ).toMatchObject({ cause: null });
  });
});
