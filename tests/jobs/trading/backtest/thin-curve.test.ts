import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { thinCurve } from '../../../../jobs/trading/backtest/thin-curve.ts';

describe('a thinned curve', () => {
  it('is whole where it is short', () => {
    expect(thinCurve(Float64Array.of(3, 1, 2), 3)).toEqual([0, 1, 2]);
    expect(thinCurve(Float64Array.of(), 10)).toEqual([]);
  });

  it('keeps the ends, the highest and the lowest, in order, and is no longer than asked for', () => {
    const curves = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(curves, fc.integer({ min: 4, max: 60 }), (points, most) => {
        const values = Float64Array.from(points);
        const shown = thinCurve(values, most);
        expect(shown.length).toBeLessThanOrEqual(Math.max(most, 1));
        expect(shown).toEqual([...new Set(shown)].sort((a, b) => a - b));
        expect([shown[0], shown.at(-1)]).toEqual([0, values.length - 1]);
        const seen = shown.map((index) => values[index]!);
        expect([Math.max(...seen), Math.min(...seen)]).toEqual([Math.max(...values), Math.min(...values)]);
      }),
    );
  });
});
