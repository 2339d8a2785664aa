import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { categoricalKernel, orderedKernel } from '../../../../jobs/trading/research/parzen-kernel.ts';
import { createRandom } from '../../../../jobs/trading/research/random.ts';

const observed = fc.record({
  observations: fc.integer({ min: 0, max: 200 }),
  dimensions: fc.integer({ min: 1, max: 8 }),
});

describe.each([
  ['ordered', orderedKernel],
  ['categorical', categoricalKernel],
] as const)('the %s kernel', (_, createKernel) => {
  it('shares a mass of 1 among the levels', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 60 }), observed, fc.nat(), (levels, seen, at) => {
        const kernel = createKernel(levels, seen);
        for (const centre of [null, at % levels]) {
          let total = 0;
          for (let level = 0; level < levels; level += 1) total += kernel.mass(level, centre);
          expect(total).toBeCloseTo(1, 12);
        }
      }),
    );
  });

  it.each([null, 0, 3, 6])('draws levels as often as their mass around %s says', (centre) => {
    const kernel = createKernel(7, { observations: 9, dimensions: 2 });
    const random = createRandom(String(centre), 'test');
    const seen = new Array<number>(7).fill(0);
    const draws = 20_000;
    for (let index = 0; index < draws; index += 1) seen[kernel.draw(centre, random)]! += 1;
    const chiSquare = seen.reduce((total, times, level) => {
      const expected = draws * kernel.mass(level, centre);
      return total + (times - expected) ** 2 / expected;
    }, 0);
    expect(chiSquare).toBeLessThan(24);
  });

  it('holds the observed level for the likeliest', () => {
    const kernel = createKernel(9, { observations: 20, dimensions: 1 });
    for (let level = 0; level < 9; level += 1) {
      if (level !== 4) expect(kernel.mass(level, 4)).toBeLessThan(kernel.mass(4, 4));
    }
  });
});

describe('the ordered kernel', () => {
  it('gathers the normal distribution’s mass between half levels (by hand, width 5 x 1/3)', () => {
    // Phi((k + 0.5 - 1) / w) - Phi((k - 0.5 - 1) / w), over Phi(3.5 / w) - Phi(-1.5 / w), with w = 5 / 3:
    // Phi(-0.9) = 0.184060, Phi(-0.3) = 0.382089, Phi(0.3) = 0.617911, Phi(0.9) = 0.815940, Phi(1.5) = 0.933193, Phi(2.1) = 0.982136
    const kernel = orderedKernel(5, { observations: 1, dimensions: 1 });
    const masses = [0, 1, 2, 3, 4].map((level) => kernel.mass(level, 1));
    const edges = [0.18406, 0.382089, 0.617911, 0.81594, 0.933193, 0.982136];
    for (const [level, mass] of masses.entries()) {
      expect(mass).toBeCloseTo((edges[level + 1]! - edges[level]!) / (edges[5]! - edges[0]!), 5);
    }
  });
});
