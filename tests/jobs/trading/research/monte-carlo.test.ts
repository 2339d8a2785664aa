import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  runMonteCarlo,
  toSteps,
  type MonteCarloOptions,
} from '../../../../jobs/trading/research/monte-carlo.ts';
import { createRandom } from '../../../../jobs/trading/research/random.ts';
import { createResampler, RESAMPLE_METHODS } from '../../../../jobs/trading/research/resample.ts';

const random = (seed = 1) => createRandom(seed, 'monte-carlo');

function run(steps: number[], options: Partial<MonteCarloOptions> = {}) {
  return runMonteCarlo({
    steps: Float64Array.from(steps),
    growth: 'compound',
    method: 'shuffle',
    runs: 2000,
    random: random(),
    ...options,
  });
}

function permutations(values: number[]): number[][] {
  if (values.length <= 1) return [values];
  return values.flatMap((value, index) =>
    permutations(values.filter((_, other) => other !== index)).map((rest) => [value, ...rest]),
  );
}

/** Straightforwardly: equity after each step, beginning with 1. */
function curveOf(steps: number[]): number[] {
  const curve = [1];
  for (const step of steps) curve.push(curve.at(-1)! * (1 + step));
  return curve;
}

function drawdownOf(curve: number[]): number {
  return Math.max(...curve.map((equity, index) => 1 - equity / Math.max(...curve.slice(0, index + 1))));
}

const anySteps = fc.array(fc.double({ min: -0.5, max: 1, noNaN: true }), { minLength: 1, maxLength: 60 });

describe('runMonteCarlo', () => {
  it('finds the drawdowns of all 120 orders of five trades as often as they are', () => {
    const steps = [0.3, -0.2, 0.1, -0.35, 0.05];
    const drawdowns = permutations(steps)
      .map((order) => drawdownOf(curveOf(order)))
      .sort((a, b) => a - b);
    const ruined = permutations(steps).filter((order) => Math.min(...curveOf(order)) <= 0.6).length / 120;
    const result = run(steps, { runs: 40_000, ruinLevel: 0.6 });
    expect(Math.abs(result.ruinProbability - ruined)).toBeLessThan(4 * Math.sqrt(0.25 / 40_000));
    for (const percent of [5, 25, 50, 75, 95]) {
      const found = result.maxDrawdown[`p${percent}` as 'p50'];
      expect(found).toBeGreaterThanOrEqual(drawdowns[Math.floor((percent - 3) * 1.2)]! - 1e-12);
      expect(found).toBeLessThanOrEqual(drawdowns[Math.ceil((percent + 3) * 1.2)]! + 1e-12);
    }
    expect(result.observed.maxDrawdown).toBeCloseTo(drawdownOf(curveOf(steps)), 12);
    expect(result.observed.finalReturn).toBeCloseTo(curveOf(steps).at(-1)! - 1, 12);
  });

  it('finds the chances of a coin that is tossed anew (32 histories of five steps)', () => {
    const result = run([0.1, -0.1], { growth: 'fixed', method: 'stationary', blockLength: 1, runs: 40_000 });
    // Of two tosses: 1/4 lose 0.2, 1/2 end even, 1/4 win 0.2; a break-even is no loss.
    expect(Math.abs(result.lossProbability - 0.25)).toBeLessThan(4 * Math.sqrt(0.1875 / 40_000));
    expect(result.finalReturn.p5).toBeCloseTo(-0.2, 12);
    expect(result.finalReturn.p50).toBeCloseTo(0, 12);
    expect(result.finalReturn.p95).toBeCloseTo(0.2, 12);
  });

  it('calls no run a loss that breaks even but for rounding', () => {
    expect(1 + 0.2 - 0.3 + 0.1).toBeLessThan(1);
    expect(run([0.1, 0.2, -0.3], { growth: 'fixed' }).lossProbability).toBe(0);
  });

  it('gives the same for the same seed, and other bands for another', () => {
    const steps = Array.from({ length: 50 }, (_, index) => Math.sin(index * 7) / 20);
    for (const method of RESAMPLE_METHODS) {
      expect(run(steps, { method, random: random(5) })).toEqual(run(steps, { method, random: random(5) }));
      expect(run(steps, { method, random: random(5) })).not.toEqual(
        run(steps, { method, random: random(6) }),
      );
    }
  });

  it('ends every order of the same trades where the trades end', () => {
    fc.assert(
      fc.property(anySteps, fc.constantFrom('compound', 'fixed'), (steps, growth) => {
        fc.pre(growth === 'compound' || steps.every((step) => step > -0.01));
        const { finalReturn, observed } = run(steps, { growth, runs: 40 });
        for (const end of [finalReturn.p5, finalReturn.p50, finalReturn.p95])
          expect(Math.abs(end - observed.finalReturn)).toBeLessThan(1e-9 * (1 + Math.abs(end)));
      }),
      { numRuns: 50 },
    );
  });

  it('keeps its bands in order, from the initial balance on to the last step', () => {
    fc.assert(
      fc.property(anySteps, fc.constantFrom(...RESAMPLE_METHODS), (steps, method) => {
        const { bands, finalReturn, maxDrawdown } = run(steps, { method, runs: 50 });
        expect(bands[0]).toEqual({ step: 0, p5: 1, p25: 1, p50: 1, p75: 1, p95: 1 });
        expect(bands.at(-1)!.step).toBe(steps.length);
        expect(bands.at(-1)!.p50).toBeCloseTo(finalReturn.p50 + 1, 12);
        for (const { p5, p25, p50, p75, p95 } of [...bands, finalReturn, maxDrawdown])
          expect([p5, p25, p50, p75, p95]).toEqual([p5, p25, p50, p75, p95].toSorted((a, b) => a - b));
        expect(maxDrawdown.p5).toBeGreaterThanOrEqual(0);
        expect(maxDrawdown.p95).toBeLessThanOrEqual(1);
      }),
      { numRuns: 50 },
    );
  });

  it('shows at most 101 places of a long history', () => {
    const { bands } = run(new Array<number>(1234).fill(0.001), { runs: 2 });
    expect(bands).toHaveLength(101);
    expect(bands[50]!.step).toBe(617);
    expect(bands[50]!.p50).toBeCloseTo(1.001 ** 617, 9);
  });

  it('takes no further step once everything is lost', () => {
    const { finalReturn, maxDrawdown, ruinProbability, lossProbability } = run([-0.6, -0.6, 5], {
      growth: 'fixed',
      method: 'shuffle',
      runs: 3000,
    });
    // The gain comes first, in one order of three: 1 + 5 - 1.2; else second: 0.4 + 5 - 0.6; else all is lost before it.
    expect(Math.abs(lossProbability - 1 / 3)).toBeLessThan(0.04);
    expect(Math.abs(ruinProbability - 2 / 3)).toBeLessThan(0.04);
    expect(finalReturn.p5).toBe(-1);
    expect(finalReturn.p95).toBeCloseTo(3.8, 12);
    expect(maxDrawdown.p95).toBe(1);
  });

  it('refuses what it cannot run', () => {
    expect(() => run([])).toThrow(RangeError);
    expect(() => run([0.1], { runs: 0 })).toThrow(RangeError);
    expect(() => run([NaN])).toThrow(RangeError);
    expect(() => run([0.1], { method: 'circular', blockLength: 0 })).toThrow(RangeError);
  });
});

describe('createResampler', () => {
  const source = random(3);
  /** Values that depend on their neighbours. */
  const series = Float64Array.from({ length: 60 }, (_, index) => Math.sin(index / 4) + source.fraction());
  const count = series.length;
  const mean = series.reduce((total, value) => total + value, 0) / count;

  function varianceOfMean(method: 'stationary' | 'circular', blockLength: number): number {
    const resample = createResampler({ steps: series, method, random: random(4), blockLength });
    const path = new Float64Array(count);
    const draws = 20_000;
    let total = 0;
    for (let index = 0; index < draws; index += 1) {
      resample(path);
      total += (path.reduce((sum, value) => sum + value, 0) / count - mean) ** 2;
    }
    return total / draws;
  }

  it('has the variance that Politis and Romano (1994), lemma 1, compute for the stationary bootstrap', () => {
    const covariance = (lag: number): number =>
      series.reduce(
        (total, value, index) => total + (value - mean) * (series[(index + lag) % count]! - mean),
        0,
      ) / count;
    for (const blockLength of [1, 4, 12]) {
      const stay = 1 - 1 / blockLength;
      // Circular covariances: the lemma's weights (1 - i/n)(1-p)^i + (i/n)(1-p)^(n-i) belong to those of lag i and n - i.
      let expected = covariance(0);
      for (let lag = 1; lag < count; lag += 1)
        expected += 2 * (1 - lag / count) * stay ** lag * covariance(lag);
      expected /= count;
      expect(Math.abs(varianceOfMean('stationary', blockLength) / expected - 1)).toBeLessThan(0.05);
    }
  });

  it('has the variance of means of whole blocks for the circular bootstrap', () => {
    for (const blockLength of [1, 5, 15]) {
      const blocks = Array.from(series, (_, start) => {
        let total = 0;
        for (let at = 0; at < blockLength; at += 1) total += series[(start + at) % count]!;
        return total / blockLength - mean;
      });
      const ofBlocks = blocks.reduce((total, value) => total + value ** 2, 0) / count;
      const expected = ofBlocks / (count / blockLength);
      expect(Math.abs(varianceOfMean('circular', blockLength) / expected - 1)).toBeLessThan(0.05);
    }
  });

  it('makes paths of steps that are there, next to those they are next to', () => {
    const steps = Float64Array.from({ length: 100 }, (_, index) => index);
    for (const method of ['stationary', 'circular'] as const) {
      const path = new Float64Array(100);
      const leaps: number[] = [];
      const resample = createResampler({ steps, method, random: random(8), blockLength: 10 });
      for (let draw = 0; draw < 200; draw += 1) {
        resample(path);
        leaps.push(path.filter((value, index) => index > 0 && value !== (path[index - 1]! + 1) % 100).length);
      }
      const average = leaps.reduce((total, value) => total + value, 0) / leaps.length;
      // A new block is one in a hundred times the one that would have followed anyway.
      expect(Math.abs(average - (method === 'circular' ? 9 : 9.9) * 0.99)).toBeLessThan(0.9);
    }
  });
});

describe('toSteps', () => {
  it('sets profits against the equity before them, or against the initial balance', () => {
    expect([...toSteps([100, -110, 99], 1000, 'compound')]).toEqual([0.1, -0.1, 0.1]);
    expect([...toSteps([100, -110, 99], 1000, 'fixed')]).toEqual([0.1, -0.11, 0.099]);
  });

  it('takes no step after everything is lost', () => {
    expect([...toSteps([-1000, 500], 1000, 'compound')]).toEqual([-1, 0]);
    expect(() => toSteps([1], 0, 'fixed')).toThrow(RangeError);
  });

  it('makes the trades’ own equity curve again', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -50, max: 100 }), { minLength: 1, maxLength: 15 }), (pnl) => {
        const end = pnl.reduce((total, profit) => total + profit, 1000) / 1000;
        for (const growth of ['compound', 'fixed'] as const) {
          const { observed } = run([...toSteps(pnl, 1000, growth)], { growth, runs: 1 });
          expect(observed.finalReturn).toBeCloseTo(end - 1, 9);
        }
      }),
    );
  });
});
