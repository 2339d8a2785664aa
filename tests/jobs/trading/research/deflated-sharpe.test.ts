import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  deflateSharpe,
  expectedMaxSharpe,
  minTrackRecord,
  probabilisticSharpe,
  shapeOf,
} from '../../../../jobs/trading/research/deflated-sharpe.ts';
import { normalQuantile } from '../../../../jobs/trading/research/normal.ts';
import { createRandom } from '../../../../jobs/trading/research/random.ts';

const NORMAL = { skewness: 0, kurtosis: 3 };

/** Sharpe ratios with that mean 0 and that sample variance. */
const spread = (variance: number): number[] => [Math.sqrt(variance / 2), -Math.sqrt(variance / 2)];

describe('deflateSharpe', () => {
  // The example of Bailey and López de Prado (2014): annualised Sharpe ratio 2.5 over 1,250 days (250 a year), the best of
  // 100 trials whose annualised Sharpe ratios have a variance of 1/2, skewness -3, kurtosis 10.
  const best = { count: 1250, sharpe: 2.5 / Math.sqrt(250), skewness: -3, kurtosis: 10 };
  const trials = spread(0.5 / 250);

  it('gives the figures of the paper’s example', () => {
    const deflated = deflateSharpe(best, trials, 100);
    expect(deflated.expectedMaxSharpe).toBeCloseTo(0.1132, 4);
    expect(deflated.probability).toBeCloseTo(0.9004, 4);
  });

  it('passes 95 % after 46 trials, or after 88 were returns normal, as the paper says', () => {
    expect(deflateSharpe(best, trials, 46).probability).toBeCloseTo(0.9505, 4);
    expect(deflateSharpe({ ...best, ...NORMAL }, trials, 88).probability).toBeCloseTo(0.9505, 4);
  });

  it('leaves a single trial as it is', () => {
    const deflated = deflateSharpe(best, [best.sharpe]);
    expect(deflated).toMatchObject({ trials: 1, expectedMaxSharpe: 0 });
    expect(deflated.probability).toBe(probabilisticSharpe(best, 0));
  });

  it('is not misled by trials that all had the same luck', () => {
    const alike = Array.from({ length: 100 }, (_, index) => best.sharpe - index * 1e-6);
    const { expectedMaxSharpe: luck } = deflateSharpe(best, alike);
    expect(luck).toBeCloseTo(expectedMaxSharpe(100, 1 / 1249), 12);
  });

  it('is less sure the more was tried', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 5000 }), fc.integer({ min: 1, max: 5000 }), (tried, more) => {
        const before = deflateSharpe(best, trials, tried);
        const after = deflateSharpe(best, trials, tried + more);
        expect(after.expectedMaxSharpe).toBeGreaterThan(before.expectedMaxSharpe);
        expect(after.probability!).toBeLessThan(before.probability!);
      }),
    );
  });

  it('knows no track record that would prove a result worse than luck’s', () => {
    const deflated = deflateSharpe(best, spread(10 / 250), 1000);
    expect(deflated.minTrackRecord).toBeNull();
    expect(deflated.probability).toBeLessThan(0.01);
  });
});

describe('the best of many strategies without any skill', () => {
  it('is seldom taken for skill, though it looks like it alone', () => {
    const random = createRandom(1, 'luck');
    const [searches, trials, periods] = [200, 40, 200];
    let [taken, takenAlone] = [0, 0];
    for (let search = 0; search < searches; search += 1) {
      const shapes = Array.from({ length: trials }, () => {
        const returns = Float64Array.from({ length: periods }, () => normalQuantile(random.fraction()) / 100);
        return shapeOf(returns)!;
      });
      const best = shapes.reduce((a, b) => (b.sharpe > a.sharpe ? b : a));
      const deflated = deflateSharpe(
        best,
        shapes.map(({ sharpe }) => sharpe),
      );
      if (deflated.probability! > 0.95) taken += 1;
      if (probabilisticSharpe(best, 0)! > 0.95) takenAlone += 1;
    }
    // 1 - 0.95^40 = 87 % of searches hold a trial that passes alone.
    expect(takenAlone / searches).toBeGreaterThan(0.8);
    expect(taken / searches).toBeLessThan(0.05);
  });
});

describe('probabilisticSharpe', () => {
  // Bailey and López de Prado (2012): a monthly Sharpe ratio of 0.458 over two years.
  it('gives the figures of the paper’s hedge fund', () => {
    const fund = { count: 24, sharpe: 0.458, skewness: -2.448, kurtosis: 10.164 };
    expect(probabilisticSharpe({ ...fund, ...NORMAL }, 0)).toBeCloseTo(0.982, 3);
    expect(probabilisticSharpe(fund, 0)).toBeCloseTo(0.913, 3);
  });

  it('says nothing of one period, or of returns beyond the formula', () => {
    expect(probabilisticSharpe({ count: 1, sharpe: 1, ...NORMAL }, 0)).toBeNull();
    expect(probabilisticSharpe({ count: 10, sharpe: 2, skewness: 3, kurtosis: 4 }, 0)).toBeNull();
  });
});

describe('expectedMaxSharpe', () => {
  // The expected maximum of n standard normal variables, L. Tippett, Biometrika 17 (1925).
  it.each([
    [10, 1.53875],
    [100, 2.50759],
    [1000, 3.24144],
  ])('of %i trials is within 3 %% of Tippett’s table', (trials, expected) => {
    expect(Math.abs(expectedMaxSharpe(trials, 1) / expected - 1)).toBeLessThan(0.03);
    expect(expectedMaxSharpe(trials, 4)).toBeCloseTo(2 * expectedMaxSharpe(trials, 1), 12);
  });
});

describe('minTrackRecord', () => {
  // Bailey and López de Prado (2012): years until an annualised Sharpe ratio of 2 is above 1 with 95 % confidence.
  it.each([
    [252, 2.73],
    [52, 2.83],
    [12, 3.24],
  ])('at %i periods a year takes %d years', (periods, years) => {
    const shape = { count: 100, sharpe: 2 / Math.sqrt(periods), ...NORMAL };
    expect(minTrackRecord(shape, 1 / Math.sqrt(periods))! / periods).toBeCloseTo(years, 2);
  });

  it('is as long as it takes to reach that confidence', () => {
    const shape = { count: 100, sharpe: 0.1, skewness: -1, kurtosis: 6 };
    const count = minTrackRecord(shape, 0.02)!;
    expect(probabilisticSharpe({ ...shape, count }, 0.02)).toBeCloseTo(0.95, 10);
  });
});

describe('shapeOf', () => {
  it('gives the moments of a small sample (computed with exact fractions)', () => {
    const shape = shapeOf([0.02, -0.01, 0.03, 0.005, -0.04, 0.015, 0, 0.01])!;
    expect(shape.count).toBe(8);
    expect(shape.sharpe).toBeCloseTo(0.1743714581157289, 12);
    expect(shape.skewness).toBeCloseTo(-0.957245315191038, 12);
    expect(shape.kurtosis).toBeCloseTo(3.2527392257121988, 12);
  });

  it('is that of a coin, whatever its size', () => {
    expect(shapeOf(Float64Array.of(3, -3, 3, -3))).toEqual({ count: 4, sharpe: 0, skewness: 0, kurtosis: 1 });
  });

  it('is nothing where nothing varies', () => {
    for (const returns of [[], [0.1], [0, 0, 0], [0.1, 0.1, 0.1]]) expect(shapeOf(returns)).toBeNull();
  });
});
