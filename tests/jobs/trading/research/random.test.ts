import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom, randomFrom, shuffle } from '../../../../jobs/trading/research/random.ts';

describe('randomFrom', () => {
  it('gives the numbers of the reference implementation (xoshiro128starstar.c 1.1, state 1 2 3 4)', () => {
    const random = randomFrom([1, 2, 3, 4]);
    expect(Array.from({ length: 10 }, () => random.word())).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ]);
  });

  it('goes on from any state as if it had never stopped', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(50), (seed, used) => {
        const random = createRandom(seed, 'test');
        for (let index = 0; index < used; index += 1) random.word();
        const resumed = randomFrom(JSON.parse(JSON.stringify(random.state())) as never);
        for (let index = 0; index < 20; index += 1) expect(resumed.fraction()).toBe(random.fraction());
      }),
    );
  });

  it('refuses a state from which nothing but zero would come', () => {
    expect(() => randomFrom([0, 0, 0, 0])).toThrow(RangeError);
  });
});

describe('createRandom', () => {
  it('gives each seed and each purpose its own stream', () => {
    const starts = new Set<number>();
    for (let seed = 0; seed < 500; seed += 1) {
      for (const purpose of ['shuffle', 'tpe']) starts.add(createRandom(seed, purpose).fraction());
    }
    expect(starts.size).toBe(1000);
  });

  it('gives fractions whose mean and variance are those of an even distribution', () => {
    const random = createRandom(7, 'test');
    const count = 200_000;
    const values = Array.from({ length: count }, () => random.fraction());
    const mean = values.reduce((total, value) => total + value, 0) / count;
    const variance = values.reduce((total, value) => total + (value - mean) ** 2, 0) / count;
    expect(Math.min(...values.slice(0, 1e5))).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values.slice(0, 1e5))).toBeLessThan(1);
    expect(Math.abs(mean - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 12 / count));
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(4 * Math.sqrt(1 / 180 / count));
  });

  it.each([1, 2, 6, 7, 1000])('chooses each of %i things equally often', (count) => {
    const random = createRandom(count, 'test');
    const seen = new Array<number>(count).fill(0);
    const draws = 200 * count;
    for (let index = 0; index < draws; index += 1) seen[random.below(count)]! += 1;
    const chiSquare = seen.reduce((total, times) => total + (times - 200) ** 2 / 200, 0);
    expect(chiSquare).toBeLessThan(count - 1 + 4 * Math.sqrt(2 * count) + 8);
  });

  it('chooses among more things than 32 bits can number, beyond them too', () => {
    const random = createRandom('wide', 'test');
    const count = 2 ** 40;
    const values = Array.from({ length: 1000 }, () => random.below(count));
    expect(values.every((value) => Number.isInteger(value) && value >= 0 && value < count)).toBe(true);
    expect(values.some((value) => value > 2 ** 39)).toBe(true);
    expect(values.some((value) => value % 2 === 1)).toBe(true);
  });

  it.each([0, -1, NaN, 1.5, Infinity])('refuses to choose from %s things', (count) => {
    const random = createRandom(1, 'test');
    expect(() => {
      for (let index = 0; index < 64; index += 1) random.below(count);
    }).toThrow(RangeError);
  });
});

describe('shuffle', () => {
  it('keeps every value and changes their order', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true })), fc.integer(), (list, seed) => {
        const values = Float64Array.from(list);
        shuffle(values, createRandom(seed, 'shuffle'));
        expect([...values].sort((a, b) => a - b)).toEqual([...Float64Array.from(list)].sort((a, b) => a - b));
      }),
    );
  });

  it('makes each of the 24 orders of four values equally often', () => {
    const random = createRandom(3, 'shuffle');
    const seen = new Map<string, number>();
    for (let index = 0; index < 24_000; index += 1) {
      const values = Float64Array.of(1, 2, 3, 4);
      shuffle(values, random);
      seen.set(values.join(), (seen.get(values.join()) ?? 0) + 1);
    }
    const chiSquare = [...seen.values()].reduce((total, times) => total + (times - 1000) ** 2 / 1000, 0);
    expect(seen.size).toBe(24);
    expect(chiSquare).toBeLessThan(49.7);
  });
});
