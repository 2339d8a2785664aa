import { describe, expect, it } from 'vitest';
import { runBacktest } from '../../../../jobs/trading/backtest/run-backtest.ts';
import { sliceCandles, toCandles } from '../../../../jobs/trading/candles.ts';
import { money } from '../../../../jobs/trading/decimal.ts';
import { createRandom } from '../../../../jobs/trading/research/random.ts';
import type { Candles } from '../../../../jobs/trading/types.ts';

const HOUR_MS = 3_600_000;
const FROM = 480;

function walk(count: number): Candles {
  const random = createRandom(7, 'walk');
  let price = 100;
  const rows = Array.from({ length: count }, (_, index) => {
    const open = price;
    price *= Math.exp((random.fraction() - 0.5) / 20);
    const [high, low] = [Math.max(open, price), Math.min(open, price)];
    return { openTimeMs: index * HOUR_MS, open, high, low, close: price, volume: 1 };
  });
  return toCandles(rows);
}

const candles = walk(1_000);
const test = (given: Candles, warmUp?: number) =>
  runBacktest([{ symbol: 'BTC/USDT', candles: given, ...(warmUp === undefined ? {} : { warmUp }) }], {
    strategy: 'RSI_CROSS',
    params: { rsi_period: 5, oversold: 30, overbought: 70, smoothing: 'simple' },
    timeframe: '1h',
    initialBalance: money(1_000),
    stake: 'all',
    fee: money('0.001'),
    slippageBps: 0,
    risk: {},
  });

describe('candles that only warm indicators up', () => {
  it('have no trades, however early the strategy is ready', () => {
    const { simulation } = test(candles, FROM);
    expect(simulation.trades.length).toBeGreaterThan(5);
    expect(Math.min(...simulation.trades.map(({ entryTimeMs }) => entryTimeMs))).toBeGreaterThanOrEqual(
      FROM * HOUR_MS,
    );
  });

  it('count in no figure: days, holding, exposure and ratios begin after them', () => {
    const { simulation, metrics } = test(candles, FROM);
    expect(simulation.candles).toBe(1_000 - FROM);
    expect(simulation.curve.timeMs[0]).toBe(FROM * HOUR_MS);
    expect(simulation.curve.equity).toHaveLength(1_000 - FROM);
    expect(metrics.days).toBeCloseTo((1_000 - FROM) / 24, 9);
    expect(metrics.buyAndHold).toBeCloseTo(candles.close[999]! / candles.open[FROM]! - 1, 12);
  });

  it('leave the same figures, but for the first signal, as a run that begins with the warm-up of the strategy', () => {
    const whole = test(candles, FROM);
    // RSI over five changes, crossing: seven candles before the first order.
    const short = test(sliceCandles(candles, FROM - 7), 7);
    expect(short.simulation.trades).toEqual(whole.simulation.trades);
    expect(short.metrics).toEqual(whole.metrics);
    const flatBefore = test(sliceCandles(candles, FROM - 7));
    expect(flatBefore.simulation.trades).toEqual(whole.simulation.trades);
    expect(flatBefore.metrics.sharpe).not.toBe(whole.metrics.sharpe);
  });
});
