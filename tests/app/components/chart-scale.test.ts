import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fromTop,
  indexAt,
  niceTicks,
  rangeOf,
  tickDecimals,
  timeTicks,
} from '../../../app/components/chart-scale.ts';

const span = fc
  .tuple(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), fc.double({ min: 1e-6, max: 1e6, noNaN: true }))
  .map(([low, length]) => ({ min: low, max: low + length }));

describe('rangeOf', () => {
  it('holds every value inside it', () => {
    const range = rangeOf([3, 9, 5]);
    expect(range.min).toBeLessThan(3);
    expect(range.max).toBeGreaterThan(9);
  });

  it('is never empty, so that a flat line can be drawn', () => {
    for (const values of [[], [0], [10_000, 10_000]]) {
      const range = rangeOf(values);
      expect(range.max).toBeGreaterThan(range.min);
    }
  });
});

describe('fromTop', () => {
  it('puts the highest value at the top and the lowest at the bottom', () => {
    const range = { min: 10, max: 20 };
    expect([fromTop(20, range), fromTop(15, range), fromTop(10, range)]).toEqual([0, 0.5, 1]);
  });
});

describe('niceTicks', () => {
  it('stays inside the range, evenly spaced, and within the count', () => {
    fc.assert(
      fc.property(span, fc.integer({ min: 2, max: 10 }), (range, count) => {
        const ticks = niceTicks(range, count);
        expect(ticks.length).toBeLessThanOrEqual(count + 1);
        for (const tick of ticks) {
          expect(tick).toBeGreaterThanOrEqual(range.min - 1e-9);
          expect(tick).toBeLessThanOrEqual(range.max + 1e-9);
        }
      }),
    );
  });

  it('names round values', () => {
    expect(niceTicks({ min: 67_590, max: 68_110 }, 6)).toEqual([
      67_600, 67_700, 67_800, 67_900, 68_000, 68_100,
    ]);
    expect(tickDecimals([0.0012, 0.0014])).toBe(4);
    expect(tickDecimals([100, 200])).toBe(0);
  });
});

describe('timeTicks', () => {
  it('chooses round moments and the writing that tells them apart', () => {
    const from = Date.UTC(2026, 0, 1, 14, 44, 20);
    const ticks = timeTicks(from, from + 240_000, 5);
    expect(ticks.style).toBe('minute');
    expect(ticks.timesMs.map((time) => new Date(time).toISOString().slice(11, 19))).toEqual([
      '14:45:00',
      '14:46:00',
      '14:47:00',
      '14:48:00',
    ]);
    expect(timeTicks(from, from + 20_000, 5).style).toBe('clock');
    expect(timeTicks(from, from + 90 * 86_400_000, 5).style).toBe('date');
  });
});

describe('indexAt', () => {
  it('finds the candle that a moment falls in', () => {
    const times = [100, 200, 300];
    expect([50, 100, 250, 999].map((time) => indexAt(times, time))).toEqual([-1, 0, 1, 2]);
  });
});
