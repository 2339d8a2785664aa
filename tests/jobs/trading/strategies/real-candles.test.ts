/** Every strategy that looks at candles alone, beside plain loops and beside itself with its warm-up alone, on real candles. */
import { describe, expect, it } from 'vitest';
import { simulate } from '../../../../jobs/trading/backtest/simulate.ts';
import { sliceCandles, toCandles } from '../../../../jobs/trading/candles.ts';
import { money } from '../../../../jobs/trading/decimal.ts';
import { checkLookAhead, checkWarmUp } from '../../../../jobs/trading/research/bias-check.ts';
import { createRandom } from '../../../../jobs/trading/research/random.ts';
import { findStrategy } from '../../../../jobs/trading/strategies/registry.ts';
import type { Candles, SignalKind } from '../../../../jobs/trading/types.ts';
import { findCandleFile, readCandleFile } from '../../../support/candle-files.ts';
import {
  plainBreakout,
  plainEmaCross,
  plainMacd,
  plainMeanReversion,
  plainSmaCross,
  plainSuperTrend,
  plainTrendCross,
  plainVwap,
  tripsOf,
} from '../../../support/plain-strategies.ts';

const FILE = findCandleFile('BINANCE_BTC-USDT_5m_2023');
const YEAR = FILE === undefined ? toCandles([]) : toCandles(readCandleFile(FILE));
const FEE = 0.001;

type Case = [
  name: string,
  params: Record<string, unknown>,
  plain: (candles: Candles) => SignalKind[],
  atLeast: number,
];

const CASES: Case[] = [
  ['SMA_CROSS', {}, (candles) => plainSmaCross(candles, 10, 30), 1_500],
  ['SMA_CROSS', { fast_period: 50, slow_period: 200 }, (candles) => plainSmaCross(candles, 50, 200), 200],
  ['EMA_CROSS', {}, (candles) => plainEmaCross(candles, 10, 30), 1_500],
  [
    'EMA_CROSS',
    { trend_timeframe: '1h', trend_period: 20 },
    (candles) => plainTrendCross(candles, [10, 30, 20]),
    700,
  ],
  ['MACD', {}, (candles) => plainMacd(candles, [12, 26, 9]), 3_500],
  ['MACD', { zero_filter: 'below_zero' }, (candles) => plainMacd(candles, [12, 26, 9], 'below_zero'), 2_000],
  ['MACD', { zero_filter: 'above_zero' }, (candles) => plainMacd(candles, [12, 26, 9], 'above_zero'), 1_000],
  ['MEAN_REVERSION', {}, (candles) => plainMeanReversion(candles, [20, 2], 'middle'), 1_500],
  [
    'MEAN_REVERSION',
    { measure: 'z_score', period: 50, deviations: 2.5, exit: 'upper' },
    (candles) => plainMeanReversion(candles, [50, 2.5], 'upper'),
    300,
  ],
  ['BREAKOUT', {}, (candles) => plainBreakout(candles, [20, 10, 14, 0.5]), 1_000],
  [
    'BREAKOUT',
    { entry_period: 55, exit_period: 20, atr_factor: 0 },
    (candles) => plainBreakout(candles, [55, 20, 14, 0]),
    700,
  ],
  ['VWAP', {}, (candles) => plainVwap(candles, 0, 0.1), 800],
  ['VWAP', { anchor: 'rolling', period: 48, band_pct: 0 }, (candles) => plainVwap(candles, 48, 0), 3_000],
  ['SUPERTREND', {}, (candles) => plainSuperTrend(candles, 10, 3), 1_000],
  ['SUPERTREND', { atr_period: 20, factor: 5 }, (candles) => plainSuperTrend(candles, 20, 5), 300],
];

const LABELLED = CASES.map(([name, given, plain, atLeast]) => ({
  label: `${name} ${JSON.stringify(given)}`,
  name,
  given,
  plain,
  atLeast,
}));

function read(name: string, given: Record<string, unknown>) {
  const strategy = findStrategy(name)!;
  return { strategy, params: strategy.paramsSchema.parse(given) };
}

describe.skipIf(FILE === undefined)('on a year of real candles', () => {
  it.each(LABELLED)(
    '$label makes the trades of an independent implementation',
    ({ name, given, plain, atLeast }) => {
      const { strategy, params } = read(name, given);
      const { trades } = simulate([{ symbol: 'BTC/USDT', candles: YEAR }], {
        strategy: name,
        params,
        timeframe: '5m',
        initialBalance: money(1_000),
        stake: 'all',
        fee: money(FEE),
        slippageBps: 0,
        risk: {},
      });
      const from = strategy.warmUp(params, '5m') - 1;
      const expected = tripsOf(YEAR, plain(YEAR), { from, fee: FEE });
      const moments = (
        list: { entryTimeMs: number; exitTimeMs: number; entryPrice: number; exitPrice: number }[],
      ) =>
        list.map(({ entryTimeMs, entryPrice, exitTimeMs, exitPrice }) => [
          entryTimeMs,
          entryPrice,
          exitTimeMs,
          exitPrice,
        ]);
      expect(moments(trades)).toEqual(moments(expected));
      const off = trades.map(({ quantity }, at) => Math.abs(quantity / expected[at]!.quantity - 1));
      expect(Math.max(...off)).toBeLessThan(1e-9);
      expect(trades.length).toBeGreaterThan(atLeast);
    },
  );

  it.each(LABELLED)(
    '$label says from its warm-up alone what it says of all candles',
    ({ name, given }) => {
      const { strategy, params } = read(name, given);
      const warmUp = strategy.warmUp(params, '5m');
      const candles = sliceCandles(YEAR, 30_000, 30_000 + warmUp + 12_000);
      const input = { candles, timeframe: '5m' as const };
      const acting = strategy
        .scan(params, input)
        .acts.subarray(warmUp - 1)
        .reduce((sum, each) => sum + each, 0);
      const probe = { strategy, params, input, random: createRandom(7, name), limit: acting + 300 };
      const report = checkWarmUp(probe);
      expect(report).toMatchObject({ acting, differing: 0, first: null });
      expect(report.checked).toBe(acting + 300);
      expect(acting).toBeGreaterThan(20);
    },
    120_000,
  );

  it.each(LABELLED)('$label knows no future', ({ name, given }) => {
    const { strategy, params } = read(name, given);
    const candles = sliceCandles(YEAR, 50_000, 50_000 + strategy.warmUp(params, '5m') + 1_500);
    const probe = {
      strategy,
      params,
      input: { candles, timeframe: '5m' as const },
      random: createRandom(8, name),
      limit: 150,
    };
    expect(checkLookAhead(probe)).toMatchObject({ checked: 150, differing: 0, first: null });
  });
});
