import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { simulate } from '../../../../jobs/trading/backtest/simulate.ts';
import { sliceCandles, toCandles } from '../../../../jobs/trading/candles.ts';
import { money } from '../../../../jobs/trading/decimal.ts';
import type { Candle, Candles, RiskSettings } from '../../../../jobs/trading/types.ts';
import { MINUTE, pairOf, settingsOf, type TableSettings } from '../../../support/backtest-tables.ts';

/** Candles of a wild walk, some of them missing. */
const candles = fc
  .array(
    fc.record({
      gap: fc.constantFrom(1, 1, 1, 1, 3),
      open: fc.integer({ min: -30, max: 30 }),
      close: fc.integer({ min: -60, max: 60 }),
      up: fc.nat(40),
      down: fc.nat(40),
    }),
    { minLength: 5, maxLength: 80 },
  )
  .map((steps): Candles => {
    let minute = 0;
    let price = 1_000;
    const rows = steps.map((step): Candle => {
      minute += step.gap;
      const open = Math.max(100, price + step.open);
      price = Math.max(100, open + step.close);
      const high = Math.max(open, price) + step.up;
      const low = Math.min(open, price) - step.down;
      return { openTimeMs: minute * MINUTE, open, high, low, close: price, volume: 1 };
    });
    return toCandles(rows);
  });

const fraction = (most: number) =>
  fc.option(
    fc.integer({ min: 1, max: most * 10 }).map((tenths) => money(tenths).div(10)),
    { nil: undefined },
  );

const risk = fc
  .record({
    stopLossPct: fraction(8),
    takeProfitPct: fraction(8),
    trailingStopPct: fraction(8),
    maxDrawdownPct: fraction(20),
    timeExitCandles: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
    cooldownCandles: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
  })
  .map(
    (rules) =>
      Object.fromEntries(Object.entries(rules).filter(([, value]) => value !== undefined)) as RiskSettings,
  );

const settings: fc.Arbitrary<TableSettings> = fc
  .record({
    risk,
    fee: fc.integer({ min: 0, max: 20 }).map((bps) => money(bps).div(10_000)),
    slippageBps: fc.integer({ min: 0, max: 20 }),
    stake: fc.constantFrom('all' as const, money(100), money(100_000)),
  })
  .map((given) => ({
    ...given,
    params: { rsi_period: 2, oversold: 40, overbought: 60, smoothing: 'simple' },
  }));

const several = fc.array(candles, { minLength: 1, maxLength: 3 });

const run = (series: Candles[], change: TableSettings) =>
  simulate(
    series.map((each, index) => pairOf(each, `C${index}/USDT`)),
    settingsOf(change),
  );

describe('any backtest', () => {
  it('ends with what it began with and what its trades made, and no trade overlaps another of its pair', () => {
    let trades = 0;
    fc.assert(
      fc.property(several, settings, (series, change) => {
        const result = run(series, { ...change, arithmetic: 'exact' });
        trades += result.trades.length;
        const made = result.trades.reduce((total, { pnl }) => total + pnl, 0);
        expect(result.curve.equity.at(-1)).toBeCloseTo(1_000 + made, 6);
        for (const trade of result.trades) {
          const { quantity, entryPrice, exitPrice, fees, pnl } = trade;
          const gross = quantity * (exitPrice - entryPrice);
          // The buy's fee was taken in base: it is worth its part of the price then.
          expect(pnl).toBeCloseTo(gross - fees, 6);
          expect(trade.exitTimeMs).toBeGreaterThanOrEqual(trade.entryTimeMs);
        }
        for (let pair = 0; pair < series.length; pair += 1) {
          const own = result.trades.filter(({ symbol }) => symbol === `C${pair}/USDT`);
          for (let at = 1; at < own.length; at += 1)
            expect(own[at]!.entryTimeMs).toBeGreaterThan(own[at - 1]!.exitTimeMs);
        }
      }),
      { numRuns: 300 },
    );
    expect(trades).toBeGreaterThan(300);
  });

  it('never spends what it does not have', () => {
    fc.assert(
      fc.property(several, settings, (series, change) => {
        const { trades, curve } = run(series, { ...change, risk: {} });
        expect(Math.min(...curve.equity)).toBeGreaterThanOrEqual(0);
        for (const { entryTimeMs } of trades) {
          const open = trades.filter((one) => one.entryTimeMs <= entryTimeMs && one.exitTimeMs > entryTimeMs);
          const spent = open.reduce((total, { quantity, entryPrice }) => total + quantity * entryPrice, 0);
          const made = trades
            .filter((one) => one.exitTimeMs <= entryTimeMs)
            .reduce((total, { pnl }) => total + pnl, 0);
          expect(spent).toBeLessThanOrEqual((1_000 + made) * (1 + 1e-9) + 1e-9);
        }
      }),
    );
  });

  it('closes before any moment the same trades whatever comes after it', () => {
    fc.assert(
      fc.property(several, settings, fc.integer({ min: 1, max: 100 }), (series, change, minute) => {
        const endMs = minute * MINUTE;
        const before = series.map((each) =>
          sliceCandles(each, 0, each.openTimeMs.findLastIndex((time) => time <= endMs) + 1),
        );
        const closed = (all: Candles[]) =>
          run(all, change).trades.filter(({ exitTimeMs }) => exitTimeMs < endMs);
        // Where a pair has ended, what it held is sold: its trades of reason `end` are those of other candles.
        if (
          before.some((each, at) => each.close.length < 1 || each.close.length === series[at]!.close.length)
        )
          return;
        const isReal = ({ exitReason }: { exitReason: string }) => exitReason !== 'end';
        const lasts = before.map((each) => each.openTimeMs.at(-1)!);
        if (Math.min(...lasts) < endMs) return;
        expect(closed(before).filter(isReal)).toEqual(closed(series).filter(isReal));
      }),
      { numRuns: 1_000 },
    );
  });

  it('trades the same on doubles as on exact decimals', () => {
    fc.assert(
      fc.property(several, settings, (series, change) => {
        const [float, exact] = (['float', 'exact'] as const).map((arithmetic) =>
          run(series, { ...change, arithmetic }),
        );
        const when = (trades: typeof float) =>
          trades!.trades.map(({ symbol, entryTimeMs, exitTimeMs, exitReason }) => [
            symbol,
            entryTimeMs,
            exitTimeMs,
            exitReason,
          ]);
        expect(when(float)).toEqual(when(exact));
        for (const [at, trade] of float!.trades.entries())
          expect(trade.pnl).toBeCloseTo(exact!.trades[at]!.pnl, 8);
      }),
      { numRuns: 200 },
    );
  });
});
