import { describe, expect, it } from 'vitest';
import type { RebalanceRun } from '../../../../jobs/trading/backtest/rebalance-run.ts';
import type { Arithmetic } from '../../../../jobs/trading/backtest/settings.ts';
import { simulateRebalance } from '../../../../jobs/trading/backtest/simulate-rebalance.ts';
import { toCandles } from '../../../../jobs/trading/candles.ts';
import { money } from '../../../../jobs/trading/decimal.ts';
import { paramsSchema } from '../../../../jobs/trading/rebalance/params.ts';
import { findCandleFile, readCandleFile } from '../../../support/candle-files.ts';
import { plainRebalance, type PlainTerms } from '../../../support/plain-rebalance.ts';

const COINS = ['BTC', 'ETH', 'SOL'];
const FILES = COINS.map((coin) => findCandleFile(`BINANCE_${coin}-USDT_5m`));

const TERMS: PlainTerms = {
  weights: [40, 30, 20],
  points: 5,
  relative: 25,
  atMost: 0,
  atLeast: 0,
  minTrade: 10,
  fee: 0.001,
  slippage: 0,
  balance: 10_000,
  lot: 0,
};

describe.skipIf(FILES.includes(undefined))('rebalancing real candles', () => {
  const all = FILES.map((file) => toCandles(file ? readCandleFile(file, { limit: 40_000 }) : []));

  /** Every fill, and the equity at each close. */
  function simulated(
    terms: PlainTerms,
    { arithmetic = 'float', count = 40_000 }: { arithmetic?: Arithmetic; count?: number } = {},
  ) {
    const params = paramsSchema.parse({
      weights: terms.weights.map((weight, at) => `${COINS[at]}/USDT:${weight}`).join(),
      drift_points: terms.points,
      relative_drift_pct: terms.relative,
      at_most_candles: terms.atMost,
      at_least_candles: terms.atLeast,
      min_trade: terms.minTrade,
    });
    const pairs = terms.weights.map((_, at) => ({
      symbol: `${COINS[at]}/USDT`,
      candles: sliced(at, count),
    }));
    let run: RebalanceRun | undefined;
    const { curve, trades } = simulateRebalance(
      pairs,
      {
        strategy: 'REBALANCE',
        params,
        timeframe: '5m',
        initialBalance: money(terms.balance),
        stake: 'all',
        fee: money(terms.fee),
        slippageBps: terms.slippage * 10_000,
        risk: {},
        arithmetic,
        ...(terms.lot > 0 ? { lotSize: money(terms.lot) } : {}),
      },
      (seen) => (run = seen),
    );
    const fills = (run?.fills ?? []).slice(0, -terms.weights.length);
    return {
      fills: fills.map(({ symbol, fill: { timeMs, side, price, quantity } }) => ({
        pair: COINS.indexOf(symbol.split('/')[0] ?? ''),
        timeMs,
        side,
        price: price.toNumber(),
        quantity: quantity.toNumber(),
      })),
      equity: curve.equity,
      trades,
    };
  }

  const sliced = (at: number, count: number) => {
    const { openTimeMs, open, high, low, close, volume } = all[at]!;
    const cut = (column: Float64Array) => column.subarray(0, count);
    return {
      openTimeMs: cut(openTimeMs),
      open: cut(open),
      high: cut(high),
      low: cut(low),
      close: cut(close),
      volume: cut(volume),
    };
  };

  type Fills = ReturnType<typeof simulated>['fills'];

  function expectSame(actual: Fills, expected: Fills): void {
    const what = ({ pair, timeMs, side }: Fills[number]) => `${pair} ${timeMs} ${side}`;
    expect(actual.map(what)).toEqual(expected.map(what));
    const off = expected.map(({ price, quantity }, at) =>
      Math.max(Math.abs(actual[at]!.price / price - 1), Math.abs(actual[at]!.quantity / quantity - 1)),
    );
    expect(Math.max(...off)).toBeLessThan(1e-8);
  }

  it.each<[what: string, change: Partial<PlainTerms>, atLeast: number]>([
    ['the usual bands', {}, 5],
    ['narrow bands and slippage', { points: 1, relative: 0, slippage: 0.0005 }, 100],
    ['weights of 100 %', { weights: [50, 30, 20], points: 1, relative: 5 }, 100],
    ['weights of 100 % in two, without a fee', { weights: [50, 50], points: 0.5, fee: 0 }, 150],
    ['a day between', { points: 0.5, relative: 5, atMost: 288 }, 50],
    ['every week', { points: 50, relative: 0, atLeast: 2_016, minTrade: 1 }, 30],
    ['lots', { points: 1, relative: 10, lot: 0.001, balance: 100_000 }, 100],
    ['a small balance', { points: 2, relative: 10, balance: 300, minTrade: 15 }, 4],
  ])('fills as an independent implementation does with %s', (_, change, atLeast) => {
    const terms = { ...TERMS, ...change };
    const ours = simulated(terms);
    const theirs = plainRebalance(all.slice(0, terms.weights.length), terms);
    expectSame(ours.fills, theirs.fills);
    expect(ours.fills.length).toBeGreaterThan(atLeast);
    const difference = theirs.equity
      .map((value, at) => Math.abs(ours.equity[at]! / value - 1))
      .subarray(0, -1);
    expect(difference.reduce((most, each) => Math.max(most, each), 0)).toBeLessThan(1e-9);
  });

  it('fills the same on doubles and on exact decimals', () => {
    const terms = { ...TERMS, points: 1, relative: 5, lot: 0.0001 };
    const [float, exact] = (['float', 'exact'] as const).map((arithmetic) =>
      simulated(terms, { arithmetic, count: 5_000 }),
    );
    expect(exact!.fills.length).toBeGreaterThan(20);
    expectSame(float!.fills, exact!.fills);
  });

  it('tells profits of trades that add up to what the balance changed', () => {
    const { trades, equity } = simulated({ ...TERMS, points: 1 });
    const pnl = trades.reduce((sum, trade) => sum + trade.pnl, 0);
    expect(pnl).toBeCloseTo(equity.at(-1)! - 10_000, 6);
  });
});
