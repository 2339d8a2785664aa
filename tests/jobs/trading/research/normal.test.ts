import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalCdf, normalQuantile } from '../../../../jobs/trading/research/normal.ts';

/** 0.5 x erfc(-x / sqrt 2) by CPython 3.11's math.erfc. */
const CDF: [number, number][] = [
  [-37, 5.725571222525139e-300],
  [-20, 2.7536241186063314e-89],
  [-10, 7.619853024160593e-24],
  [-8, 6.220960574271819e-16],
  [-7.2, 3.0106279811174455e-13],
  [-7, 1.279812543885835e-12],
  [-5, 2.866515718791946e-7],
  [-3, 0.0013498980316300957],
  [-2.5, 0.006209665325776139],
  [-1.96, 0.024997895148220435],
  [-1, 0.15865525393145707],
  [-0.5, 0.3085375387259869],
  [-0.1, 0.460172162722971],
  [0, 0.5],
  [0.3, 0.6179114221889526],
  [1, 0.8413447460685429],
  [1.644853626951, 0.9499999999999512],
  [2.326, 0.9899907246591323],
  [3.5, 0.9997673709209645],
  [6, 0.9999999990134123],
];

/** statistics.NormalDist().inv_cdf of CPython 3.11; the table's familiar rows are in every textbook. */
const QUANTILES: [number, number][] = [
  [1e-300, -37.0470962993612],
  [1e-20, -9.262340089798405],
  [1e-10, -6.361340902404056],
  [1e-5, -4.2648907939228256],
  [0.001, -3.090232306167813],
  [0.01, -2.3263478740408408],
  [0.025, -1.9599639845400538],
  [0.05, -1.6448536269514726],
  [0.0749, -1.4402382675279632],
  [0.0751, -1.4388253927525398],
  [0.2, -0.8416212335729142],
  [0.5, 0],
  [0.7, 0.5244005127080407],
  [0.925, 1.439531470938456],
  [0.975, 1.9599639845400536],
  [0.999, 3.090232306167813],
  [0.999999999, 5.997807019601638],
];

describe('normalCdf', () => {
  it.each(CDF)('at %d is %d', (x, expected) => {
    expect(Math.abs(normalCdf(x) - expected)).toBeLessThan(1e-14);
    expect(Math.abs(normalCdf(x) / expected - 1)).toBeLessThan(1e-7);
  });

  it('ends at 0 and 1', () => {
    expect([normalCdf(-Infinity), normalCdf(Infinity)]).toEqual([0, 1]);
  });
});

describe('normalQuantile', () => {
  it.each(QUANTILES)('of %d is %d', (probability, expected) => {
    expect(Math.abs(normalQuantile(probability) - expected)).toBeLessThanOrEqual(
      1e-14 * Math.max(1, Math.abs(expected)),
    );
  });

  it('undoes normalCdf', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }), (probability) => {
        expect(Math.abs(normalCdf(normalQuantile(probability)) - probability)).toBeLessThan(1e-14);
      }),
    );
  });

  it('is infinite at the ends and refuses what is no probability', () => {
    expect([normalQuantile(0), normalQuantile(1)]).toEqual([-Infinity, Infinity]);
    for (const wrong of [-0.1, 1.1, NaN]) expect(() => normalQuantile(wrong)).toThrow(RangeError);
  });
});
