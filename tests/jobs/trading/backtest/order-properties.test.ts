import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { money, type Money } from '../../../../jobs/trading/decimal.ts';
import { gridProfit, heldBy, toFollow } from '../../../../jobs/trading/order-strategies/grid-books.ts';
import { toBand } from '../../../../jobs/trading/order-strategies/grid-levels.ts';
import {
  toRange,
  type GridNotes,
  type GridParams,
} from '../../../../jobs/trading/order-strategies/grid-params.ts';
import { equity } from '../../../../jobs/trading/portfolio/ledger.ts';
import { createOrderRun, type OrderRun } from '../../../../jobs/trading/backtest/order-run.ts';
import { simulateOrders } from '../../../../jobs/trading/backtest/simulate-orders.ts';
import type { BacktestSettings } from '../../../../jobs/trading/backtest/settings.ts';
import { toCandles } from '../../../../jobs/trading/candles.ts';
import { findOrderStrategy } from '../../../../jobs/trading/order-strategies/registry.ts';
import type { Candle } from '../../../../jobs/trading/types.ts';
import { findCandleFile, readCandleFile } from '../../../support/candle-files.ts';
import { plainDeals, plainGrid, type PlainFill } from '../../../support/plain-grid.ts';

const walks = fc
  .array(
    fc.record({
      move: fc.double({ min: -0.06, max: 0.06, noNaN: true }),
      wick: fc.double({ min: 0, max: 0.03, noNaN: true }),
    }),
    {
      minLength: 2,
      maxLength: 40,
    },
  )
  .map((steps) => {
    let price = 100;
    return steps.map(({ move, wick }, index): Candle => {
      const open = price;
      const close = Number((open * (1 + move)).toFixed(2));
      price = close;
      const high = Number((Math.max(open, close) * (1 + wick)).toFixed(2));
      const low = Number((Math.min(open, close) * (1 - wick)).toFixed(2));
      return { openTimeMs: index * 60_000, open, high, low, close, volume: 1 };
    });
  });

const SETTINGS = {
  timeframe: '1m',
  initialBalance: money(1_000),
  stake: 'all',
  fee: money('0.001'),
  slippageBps: 3,
  risk: {},
  arithmetic: 'exact',
  lotSize: money('0.0001'),
  tickSize: money('0.01'),
} satisfies Partial<BacktestSettings>;

function settingsOf(
  strategy: string,
  params: object,
  change: Partial<BacktestSettings> = {},
): BacktestSettings {
  return {
    ...SETTINGS,
    strategy,
    params: findOrderStrategy(strategy)?.paramsSchema.parse(params) ?? {},
    ...change,
  };
}

const PLANS: [string, object][] = [
  ['GRID', { lower_price: 80, upper_price: 120, levels: 9 }],
  [
    'GRID',
    { lower_price: 90, upper_price: 110, levels: 5, trails_up: true, stop_price: 70, spacing: 'arithmetic' },
  ],
  ['GRID', { lower_price: 80, upper_price: 130, levels: 7, initial_buy: false, take_profit_pct: 5 }],
  ['DCA', { deviation_pct: 2, take_profit_pct: 1.5, volume_scale: 1.6, step_scale: 1.3 }],
  [
    'DCA',
    { deviation_pct: 1, take_profit_pct: 3, stop_loss_pct: 6, cooldown_minutes: 3, base_order: 'limit' },
  ],
  ['DCA', { start: 'rsi_below', rsi_period: 3, rsi_level: 40, deviation_pct: 1, take_profit_pct: 1.5 }],
];

function run(
  candles: Candle[],
  settings: BacktestSettings,
  look?: (run: OrderRun, close: Money) => void,
): OrderRun {
  const pair = { symbol: 'A/B', candles: toCandles(candles) };
  let seen = createOrderRun([pair], settings);
  simulateOrders([pair], settings, (at, index) => {
    seen = at;
    look?.(at, at.toMoney(candles[index]?.close ?? NaN));
  });
  return seen;
}

describe.each(PLANS)('%s with %o', (name, params) => {
  it('never has more in buys than it may spend, nor more in sales than it holds', () => {
    fc.assert(
      fc.property(walks, (candles) => {
        run(candles, settingsOf(name, params), ({ resting, state }, close) => {
          const total = (side: string, worth: (price: Money) => Money) =>
            resting
              .filter((order) => order.side === side)
              .reduce(
                (sum, { quantity, limitPrice }) => sum.plus(quantity.times(worth(limitPrice ?? close))),
                money(0),
              );
          expect(total('BUY', (price) => price).lte(state.freeQuote)).toBe(true);
          expect(total('SELL', () => money(1)).lte(state.position.quantity)).toBe(true);
          expect(state.freeQuote.gte(0)).toBe(true);
        });
      }),
      { numRuns: 60 },
    );
  });

  it('does the same each time, and the same on doubles as on decimals', () => {
    fc.assert(
      fc.property(walks, (candles) => {
        const say = (change: Partial<BacktestSettings> = {}) =>
          run(candles, settingsOf(name, params, change)).fills.map(
            ({ slot, fill }) => `${slot} ${fill.side} ${fill.quantity.toFixed(4)} ${fill.price.toFixed(2)}`,
          );
        expect(say()).toEqual(say());
        expect(say({ arithmetic: 'float' })).toEqual(say());
      }),
      { numRuns: 40 },
    );
  });
});

describe('the profit of a grid', () => {
  it('with what its bands hold makes up the whole profit of the ledger', () => {
    const params = { lower_price: 80, upper_price: 120, levels: 9 };
    const settings = settingsOf('GRID', params);
    fc.assert(
      fc.property(walks, (candles) => {
        run(candles, settings, (at, close) => {
          const notes = at.memory.notes as GridNotes | null;
          if (!notes) return;
          const { market, budget, memory, state } = at;
          const range = toRange(settings.params as GridParams, close);
          const scene = {
            range: { ...range, lower: notes.lower, upper: notes.upper },
            budget,
            market,
            like: close,
          };
          const input = {
            market,
            budget,
            memory,
            state,
            price: close,
            slots: at.books.books,
            nowMs: 0,
          } as never;
          const follow = toFollow({ notes, scene, input });
          const bands = Array.from({ length: range.cells }, (_none, number) => toBand(scene, number));
          const held = bands.reduce((sum, band) => sum.plus(heldBy(band, follow)), money(0));
          expect(held.minus(state.position.quantity).abs().lt('1e-15')).toBe(true);
          const spent = [...at.books.books.values()].reduce(
            (sum, { bought, sold }) => sum.plus(bought.amount).minus(sold.amount),
            money(0),
          );
          const whole = equity(state, close).minus(state.initialBalance);
          expect(whole.minus(held.times(close).minus(spent)).abs().lt('1e-12')).toBe(true);
          const costOfHeld = spent.plus(gridProfit(follow).profit);
          expect(
            gridProfit(follow)
              .profit.plus(held.times(close))
              .minus(costOfHeld)
              .minus(whole)
              .abs()
              .lt('1e-12'),
          ).toBe(true);
          expect(costOfHeld.gte('-1e-12')).toBe(true);
        });
      }),
      { numRuns: 60 },
    );
  });
});

const FILE = findCandleFile('BINANCE_BTC-USDT_5m');

describe.skipIf(FILE === undefined)('on real candles', () => {
  const candles = FILE ? readCandleFile(FILE, { from: 20_000, limit: 5_000 }) : [];
  const start = candles[0]?.open ?? NaN;
  const firstMs = candles[0]?.openTimeMs ?? 0;
  const plain = (at: OrderRun): PlainFill[] =>
    at.fills
      .filter(({ slot }) => slot !== 'end')
      .map(({ fill }) => ({
        at: Math.round((fill.timeMs - firstMs) / 300_000),
        side: fill.side,
        price: Number(fill.price.toFixed(2)),
        quantity: Number(fill.quantity.toFixed(4)),
      }));
  const tidy = (fills: PlainFill[]) =>
    fills.map(
      ({ at, side, price, quantity }) => `${at} ${side} ${quantity.toFixed(4)} @ ${price.toFixed(2)}`,
    );
  const common = { timeframe: '5m' as const, initialBalance: money(1_000_000), slippageBps: 0 };

  it('a grid fills where an implementation written from its description alone fills', () => {
    const [lower, upper] = [Math.round(start * 0.93), Math.round(start * 1.07)];
    const params = { lower_price: lower, upper_price: upper, levels: 29 };
    const ours = tidy(plain(run(candles, settingsOf('GRID', params, common))));
    const theirs = tidy(plainGrid(candles, { lower, upper, cells: 28, balance: 1_000_000 }));
    expect(theirs.length).toBeGreaterThan(200);
    expect(ours).toEqual(theirs);
  });

  it('deals fill where an implementation written from their description alone fills', () => {
    const params = { deviation_pct: 1, safety_orders: 6, volume_scale: 1, take_profit_pct: 1 };
    const ours = tidy(plain(run(candles, settingsOf('DCA', params, { ...common, stake: money(100_000) }))));
    const theirs = tidy(plainDeals(candles, { fallPct: 1, orders: 6, gainPct: 1, each: 100_000 }));
    expect(theirs.length).toBeGreaterThan(50);
    expect(ours).toEqual(theirs);
  });

  it('deals that wait for the RSI begin and fill where such an implementation has them', () => {
    const waits = { start: 'rsi_below', rsi_period: 14, rsi_level: 45 };
    const steps = { deviation_pct: 0.4, safety_orders: 3, volume_scale: 1, take_profit_pct: 0.5 };
    const settings = settingsOf('DCA', { ...waits, ...steps }, { ...common, stake: money(100_000) });
    const ours = tidy(plain(run(candles, settings)));
    const rsi = { period: 14, level: 45 };
    const theirs = tidy(plainDeals(candles, { fallPct: 0.4, orders: 3, gainPct: 0.5, each: 100_000, rsi }));
    expect(theirs.length).toBeGreaterThan(50);
    expect(ours).toEqual(theirs);
  });
});
