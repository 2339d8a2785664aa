import { describe, expect, it } from 'vitest';
import { createOrderRun, type OrderRun } from '../../../../jobs/trading/backtest/order-run.ts';
import { ema } from '../../../../jobs/trading/indicators/ema.ts';
import type { OrderStrategy } from '../../../../jobs/trading/order-strategies/order-strategy.ts';
import { findOrderStrategy } from '../../../../jobs/trading/order-strategies/registry.ts';
import { compareStarts } from '../../../../jobs/trading/research/order-check.ts';
import { pairOf, settingsOf } from '../../../support/backtest-tables.ts';
import { noiseCandles } from '../../../support/research.ts';

const CANDLES = noiseCandles(3_000);

function runOf(strategy: string, given: object): OrderRun {
  const params = findOrderStrategy(strategy)?.paramsSchema.parse(given) ?? {};
  return createOrderRun([pairOf(CANDLES)], settingsOf({ strategy, params, timeframe: '1h' }));
}

/** Deals that begin above an exponential average, which remembers, of only so many candles. */
function remembering(candlesAskedFor: number): OrderRun {
  const run = runOf('DCA', {});
  const strategy: OrderStrategy = {
    ...run.strategy,
    wanted(params, input) {
      const { close } = input.candles;
      const average = ema(close, 5).at(-1) ?? NaN;
      if (!((close.at(-1) ?? NaN) > average))
        return { orders: [], memory: input.memory, reason: 'Waits for the average.' };
      return run.strategy.wanted(params, input);
    },
  };
  return { ...run, strategy, lookBack: candlesAskedFor };
}

describe('the warm-up of a strategy that keeps orders', () => {
  it.each(['rsi_below', 'rsi_above'])('is long enough where deals wait for %s', (start) => {
    const report = compareStarts(runOf('DCA', { start, rsi_period: 7, rsi_level: 40 }));
    expect(report).toMatchObject({ by: 'orders', checked: 2_000, differing: 0, share: 0, first: null });
    expect(report.acting).toBeGreaterThan(50);
    expect(report.acting).toBeLessThan(500);
  });

  it('is found to be too short where it is, at the first candle at which it begins otherwise', () => {
    const report = compareStarts(remembering(6));
    expect(report.differing).toBeGreaterThan(50);
    expect(report.share).toBe(report.differing / report.checked);
    const kinds = [report.first?.whole.kind, report.first?.part.kind];
    expect(kinds.sort()).toEqual(['BUY', 'HOLD']);
    expect(CANDLES.openTimeMs[report.first?.index ?? -1]).toBe(report.first?.openTimeMs);
  });

  it('passes once enough candles are asked for', () => {
    expect(compareStarts(remembering(60))).toMatchObject({ checked: 2_000, differing: 0 });
  });

  it('is none where no candle of the past is looked at', () => {
    const none = { by: 'orders', checked: 0, differing: 0 };
    expect(compareStarts(runOf('DCA', {}))).toMatchObject(none);
    expect(compareStarts(runOf('GRID', { lower_price: 50, upper_price: 200 }))).toMatchObject(none);
  });
});
