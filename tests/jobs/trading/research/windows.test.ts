import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toCandles } from '../../../../jobs/trading/candles.ts';
import { scanCandles } from '../../../../jobs/trading/strategies/scan.ts';
import { rsiCross } from '../../../../jobs/trading/strategies/rsi-cross.ts';
import type { Strategy } from '../../../../jobs/trading/strategies/strategy.ts';
import {
  candlesOf,
  splitOutOfSample,
  summarizeWalkForward,
  walkForward,
} from '../../../../jobs/trading/research/windows.ts';

describe('splitOutOfSample', () => {
  it('holds the newest 30 % out, with the warm-up before it', () => {
    expect(splitOutOfSample({ count: 1000, warmUp: 50 })).toEqual({
      train: { warmFrom: 0, from: 0, to: 700 },
      test: { warmFrom: 650, from: 700, to: 1000 },
    });
  });

  it.each([
    [{ count: 60, warmUp: 50 }, '60 candles are too few: 50 warm up, 18 are held out.'],
    [{ count: 1, warmUp: 0 }, '1 candles are too few'],
    [{ count: 100, warmUp: 5, share: 0 }, 'must be between 0 and 1, not 0'],
    [{ count: 100, warmUp: 5, share: 30 }, 'must be between 0 and 1, not 30'],
    [{ count: 100, warmUp: 5, share: 0.001 }, 'too few'],
  ])('refuses %j', (options, fault) => {
    expect((splitOutOfSample(options) as { fault: string }).fault).toContain(fault);
  });
});

describe('walkForward', () => {
  it('rolls a training window of one length along', () => {
    expect(walkForward({ count: 250, warmUp: 20, train: 100, test: 60, mode: 'rolling' })).toEqual([
      { train: { warmFrom: 0, from: 0, to: 100 }, test: { warmFrom: 80, from: 100, to: 160 } },
      { train: { warmFrom: 40, from: 60, to: 160 }, test: { warmFrom: 140, from: 160, to: 220 } },
      { train: { warmFrom: 100, from: 120, to: 220 }, test: { warmFrom: 200, from: 220, to: 250 } },
    ]);
  });

  it('covers all candles after the first training window, each once, trained on what came before', () => {
    fc.assert(
      fc.property(
        fc.record({
          train: fc.integer({ min: 2, max: 500 }),
          test: fc.integer({ min: 1, max: 200 }),
          warmUp: fc.nat(60),
          mode: fc.constantFrom('rolling' as const, 'anchored' as const),
        }),
        ({ train, test, warmUp, mode }) => {
          fc.pre(train > warmUp);
          const count = train + test * 3 + 1;
          const windows = walkForward({ count, warmUp, train, test, mode });
          if ('fault' in windows) throw new Error(windows.fault);
          let end = train;
          for (const window of windows) {
            expect(window.test.from).toBe(end);
            expect(window.train.to).toBe(end);
            expect(window.train.from).toBe(mode === 'anchored' ? 0 : end - train);
            expect(window.test.warmFrom).toBe(Math.max(0, end - warmUp));
            end = window.test.to;
          }
          expect(end).toBe(count);
          expect(windows).toHaveLength(4);
        },
      ),
    );
  });

  it.each([
    [{ count: 100, train: 100, test: 10 }, '100 candles leave none to test on after the first 100.'],
    [{ count: 100, train: 20, test: 10 }, 'A training window of 20 candles is used up by the warm-up of 20.'],
    [{ count: 100, train: 50, test: 0 }, 'Windows are whole numbers of candles above 0, not 50 and 0.'],
    [{ count: 100, train: NaN, test: 5 }, 'above 0, not NaN and 5.'],
  ])('refuses %j', (options, fault) => {
    const refused = walkForward({ ...options, warmUp: 20, mode: 'rolling' }) as { fault: string };
    expect(refused.fault).toContain(fault);
  });
});

describe('summarizeWalkForward', () => {
  it('sets what the tests earned a candle against the training', () => {
    const summary = summarizeWalkForward([
      { trainReturn: 0.2, trainCandles: 100, testReturn: 0.05, testCandles: 50 },
      { trainReturn: 0.4, trainCandles: 100, testReturn: -0.02, testCandles: 50 },
      { trainReturn: 0.3, trainCandles: 100, testReturn: 0.12, testCandles: 50 },
    ]);
    // 0.15 in 150 candles of tests: 0.001 each; 0.9 in 300 of training: 0.003 each.
    expect(summary.efficiency).toBeCloseTo(1 / 3, 12);
    expect(summary.gainingShare).toBeCloseTo(2 / 3, 12);
    expect(summary.testReturn).toBeCloseTo(1.05 * 0.98 * 1.12 - 1, 12);
  });

  it('has no efficiency where training earned nothing', () => {
    const step = { trainReturn: -0.1, trainCandles: 10, testReturn: 0.1, testCandles: 10 };
    expect(summarizeWalkForward([step]).efficiency).toBeNull();
    expect(summarizeWalkForward([])).toEqual({ steps: 0, gainingShare: 0, testReturn: 0, efficiency: null });
  });
});

describe('candlesOf', () => {
  it('lets the strategy act from the candle before the window on, and not before', () => {
    const strategy = rsiCross as Strategy;
    const params = rsiCross.paramsSchema.parse({ rsi_period: 2 });
    const rows = Array.from({ length: 400 }, (_, index) => {
      const close = 100 + 10 * Math.sin(index * 2.5);
      return { openTimeMs: index * 60_000, open: close, high: close, low: close, close, volume: 1 };
    });
    const candles = toCandles(rows);
    const whole = scanCandles(strategy, params, { candles, timeframe: '1m' });
    const windows = walkForward({ count: 400, warmUp: 4, train: 100, test: 30, mode: 'rolling' });
    if ('fault' in windows) throw new Error(windows.fault);
    for (const { test } of windows) {
      const part = scanCandles(strategy, params, { candles: candlesOf(candles, test), timeframe: '1m' });
      expect([...part.acts.subarray(0, 3)]).toEqual([0, 0, 0]);
      expect([...part.acts.subarray(3)]).toEqual([...whole.acts.subarray(test.from - 1, test.to)]);
    }
    expect(whole.acts.some((each) => each === 1)).toBe(true);
  });
});
