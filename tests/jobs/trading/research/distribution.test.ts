import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distributionOf, quantilesOf } from '../../../../jobs/trading/research/distribution.ts';

describe('quantilesOf', () => {
  it('interpolates as R’s quantile(c(15, 20, 35, 40, 50)) does', () => {
    const quantiles = quantilesOf(Float64Array.of(40, 15, 50, 20, 35));
    expect(quantiles).toEqual({ p5: 16, p25: 20, p50: 35, p75: 40, p95: 48 });
  });

  it('are the value where there is one', () => {
    expect(quantilesOf(Float64Array.of(7))).toEqual({ p5: 7, p25: 7, p50: 7, p75: 7, p95: 7 });
  });
});

describe('distributionOf', () => {
  it('counts values into twenty bins of equal width, the greatest into the last', () => {
    const { counts, min, max, mean } = distributionOf(
      Float64Array.from({ length: 101 }, (_, index) => index),
    );
    expect([min, max, mean]).toEqual([0, 100, 50]);
    expect(counts).toEqual([...new Array<number>(19).fill(5), 6]);
  });

  it('counts every value once', () => {
    const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1 }), (values) => {
        const { counts, min, max } = distributionOf(Float64Array.from(values));
        expect(counts.reduce((total, count) => total + count, 0)).toBe(values.length);
        expect([min, max]).toEqual([Math.min(...values), Math.max(...values)]);
      }),
    );
  });

  it('takes floating point noise for one value', () => {
    expect(distributionOf(Float64Array.of(0.3, 0.1 + 0.2, 0.3)).counts).toEqual([3]);
  });

  it('refuses an empty sample', () => {
    expect(() => distributionOf(new Float64Array(0))).toThrow(RangeError);
  });
});
