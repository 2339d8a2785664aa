import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPermutation } from '../../../../jobs/trading/research/permutation.ts';

describe('createPermutation', () => {
  it('has every number exactly once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), fc.integer(), (size, seed) => {
        const at = createPermutation(size, seed);
        const numbers = Array.from({ length: size }, (_, place) => at(place));
        expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: size }, (_, place) => place));
      }),
      { numRuns: 60 },
    );
  });

  it('has every number equally often at each place, over many seeds', () => {
    const seen = Array.from({ length: 10 }, () => new Array<number>(10).fill(0));
    for (let seed = 0; seed < 5000; seed += 1) {
      const at = createPermutation(10, seed);
      for (let place = 0; place < 10; place += 1) seen[place]![at(place)]! += 1;
    }
    for (const row of seen) {
      const chiSquare = row.reduce((total, times) => total + (times - 500) ** 2 / 500, 0);
      expect(chiSquare).toBeLessThan(33.7);
    }
  });

  it('takes sizes up to the largest whole number', () => {
    const at = createPermutation(Number.MAX_SAFE_INTEGER, 'large');
    const numbers = Array.from({ length: 1000 }, (_, place) => at(place));
    expect(new Set(numbers).size).toBe(1000);
    expect(numbers.every((each) => Number.isSafeInteger(each) && each >= 0)).toBe(true);
    expect(Math.max(...numbers)).toBeGreaterThan(2 ** 52);
  });

  it('refuses places outside', () => {
    const at = createPermutation(5, 1);
    for (const place of [-1, 5, 0.5]) expect(() => at(place)).toThrow(RangeError);
    expect(() => createPermutation(0, 1)).toThrow(RangeError);
  });
});
