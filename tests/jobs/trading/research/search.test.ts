import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSpace, levelsAt, type ParamSpace } from '../../../../jobs/trading/research/param-space.ts';
import {
  ask,
  resumeSearch,
  SAMPLERS,
  startSearch,
  tell,
  type Sampler,
  type Search,
  type SearchState,
} from '../../../../jobs/trading/research/search.ts';
import { suggestPoint } from '../../../../jobs/trading/research/tpe.ts';

const levels = (count: number): number[] => Array.from({ length: count }, (_, level) => level);
const spaceOf = (...lengths: number[]): ParamSpace =>
  createSpace(
    lengths.map((length, index) => ({ name: `p${index}`, values: levels(length), isOrdered: true })),
  );

function searchOf(sampler: Sampler, space: ParamSpace, rest: Partial<Search> = {}): Search {
  return { sampler, space, seed: 1, isValid: () => true, ...rest };
}

/** Asks and tells until `budget` points were tried or none are left. */
function runSearch(
  search: Search,
  score: (point: number) => number | null,
  { budget, batch }: { budget: number; batch: number },
): { points: number[]; state: SearchState } {
  let state = startSearch();
  const points: number[] = [];
  for (;;) {
    const asked = ask(search, state, Math.min(batch, budget - points.length));
    points.push(...asked.points);
    state = tell(
      search,
      asked.state,
      asked.points.map((point) => ({ point, score: score(point) })),
    );
    if (points.length >= budget || asked.isExhausted) return { points, state };
  }
}

const anySampler = fc.constantFrom(...SAMPLERS);

describe('every sampler', () => {
  it('tries every valid point exactly once, and counts the others', () => {
    fc.assert(
      fc.property(anySampler, fc.integer({ min: 1, max: 9 }), fc.nat(6), (sampler, batch, divisor) => {
        const space = spaceOf(4, 5, 3);
        const isValid = (point: number): boolean => divisor === 0 || point % divisor !== 0;
        const search = searchOf(sampler, space, { isValid, seed: batch });
        const { points, state } = runSearch(search, (point) => -point, { budget: 1000, batch });
        const valid = levels(60).filter(isValid);
        expect(points.toSorted((a, b) => a - b)).toEqual(valid);
        expect(state.skipped).toBe(60 - valid.length);
        expect(state.asked).toBe(valid.length);
        expect(state.pending).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('goes on from its stored state as if it had not been interrupted', () => {
    fc.assert(
      fc.property(anySampler, fc.integer(), fc.nat(40), (sampler, seed, before) => {
        const search = searchOf(sampler, spaceOf(7, 7, 3), { seed });
        const score = (point: number): number => -Math.abs(point - 70);
        const whole = runSearch(search, score, { budget: 60, batch: 1 });
        let state = runSearch(search, score, { budget: before + 1, batch: 1 }).state;
        state = resumeSearch(JSON.parse(JSON.stringify(state)) as SearchState);
        expect(ask(search, state, 1).points).toEqual([whole.points[before + 1]]);
      }),
      { numRuns: 60 },
    );
  });

  it.each(SAMPLERS)('gives points without a result out again after an interruption (%s)', (sampler) => {
    const search = searchOf(sampler, spaceOf(5, 5));
    const first = ask(search, startSearch(), 4);
    const [lost, ...done] = first.points;
    const told = tell(
      search,
      first.state,
      done.map((point) => ({ point, score: 1 })),
    );
    const again = ask(search, resumeSearch(told), 3);
    expect(again.points[0]).toBe(lost);
    expect(new Set([...first.points, ...again.points]).size).toBe(6);
  });

  /** Many points are as good as each other, or gave nothing. */
  const equalScore = (point: number): number | null =>
    point % 3 === 0 ? null : -Math.floor(Math.abs(point - 40) / 8);

  it.each(SAMPLERS)(
    'gives the same points for the same seed, in whatever order results come (%s)',
    (sampler) => {
      const search = searchOf(sampler, spaceOf(9, 9));
      const run = (reverse: boolean): number[] => {
        let state = startSearch();
        const all: number[] = [];
        for (let round = 0; round < 6; round += 1) {
          const asked = ask(search, state, 6);
          all.push(...asked.points);
          const trials = asked.points.map((point) => ({ point, score: equalScore(point) }));
          state = tell(search, asked.state, reverse ? trials.reverse() : trials);
        }
        return all;
      };
      expect(run(true)).toEqual(run(false));
    },
  );

  it.each(SAMPLERS)('does not change the state that it is given (%s)', (sampler) => {
    const search = searchOf(sampler, spaceOf(6, 6));
    const { state } = runSearch(search, (point) => point, { budget: 15, batch: 5 });
    const before = JSON.stringify(state);
    ask(search, state, 5);
    tell(search, state, [{ point: 3, score: 1 }]);
    resumeSearch(state);
    expect(JSON.stringify(state)).toBe(before);
  });

  it.each(SAMPLERS)(
    'returns with nothing, yet not exhausted, where nearly all points are refused (%s)',
    (sampler) => {
      const search = searchOf(sampler, spaceOf(1000, 1000, 1000), { isValid: () => false });
      const asked = ask(search, startSearch(), 1);
      expect(asked).toMatchObject({
        points: [],
        isExhausted: false,
        state: { cursor: 100_000, skipped: 100_000 },
      });
    },
  );
});

describe('grid', () => {
  it('goes in the order of the points', () => {
    const { points } = runSearch(searchOf('grid', spaceOf(3, 3)), () => null, { budget: 9, batch: 2 });
    expect(points).toEqual(levels(9));
  });
});

describe('random', () => {
  it('takes another order for each seed, and keeps no results', () => {
    const run = (seed: number) =>
      runSearch(searchOf('random', spaceOf(20, 20), { seed }), () => 1, { budget: 50, batch: 8 });
    expect(run(1).points).not.toEqual(run(2).points);
    expect(run(1).state.trials).toEqual([]);
  });
});

describe('tpe', () => {
  const at = (space: ParamSpace, point: number): number[] => levelsAt(space, point);
  const branin = (x: number, y: number): number =>
    (y - (5.1 / (4 * Math.PI ** 2)) * x * x + (5 / Math.PI) * x - 6) ** 2 +
    10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) +
    10;

  /** The mean over seeds of the best score within the budget. */
  function meanBest(sampler: Sampler, space: ParamSpace, score: (levels: number[]) => number): number {
    let total = 0;
    for (let seed = 0; seed < 20; seed += 1) {
      const search = searchOf(sampler, space, { seed });
      const { points } = runSearch(search, (point) => score(at(space, point)), { budget: 80, batch: 2 });
      total += Math.max(...points.map((point) => score(at(space, point))));
    }
    return total / 20;
  }

  it('finds Branin’s minimum nearer than random search does', () => {
    const space = spaceOf(151, 151);
    const score = ([a, b]: number[]): number => -branin(a! / 10 - 5, b! / 10);
    const found = meanBest('tpe', space, score);
    expect(found).toBeGreaterThan(-0.6);
    expect(-meanBest('random', space, score)).toBeGreaterThan(1.5 * -found);
  });

  it('finds a narrow peak of parameters that only work together, among four', () => {
    const space = spaceOf(20, 20, 10, 10);
    const score = ([a, b, c, d]: number[]): number =>
      -Math.abs(a! - b! - 5) - Math.abs(a! + b! - 21) - Math.abs(c! - d!) / 2;
    expect(meanBest('tpe', space, score)).toBeGreaterThan(meanBest('random', space, score) + 0.5);
  });

  it('learns which choice of a parameter without order is good', () => {
    const names = ['sma', 'ema', 'wma', 'hull', 'zlema'];
    const space = createSpace([
      { name: 'kind', values: names, isOrdered: false },
      { name: 'period', values: levels(100), isOrdered: true },
    ]);
    const search = searchOf('tpe', space);
    const isGood = (point: number): boolean => at(space, point)[0] === 3;
    const score = (point: number): number => (isGood(point) ? 100 : 0) - Math.abs(at(space, point)[1]! - 60);
    const { points } = runSearch(search, score, { budget: 60, batch: 1 });
    expect(points.slice(30).filter(isGood).length).toBeGreaterThan(20);
  });

  it('asks less where points are being tried already', () => {
    const space = spaceOf(1000);
    const trials = levels(60).map((index) => ({ point: index * 16, score: -Math.abs(index * 16 - 500) }));
    const pending = levels(40).map((index) => 490 + index);
    const near = (waiting: number[]): number => {
      const asked = levels(100).map((seed) =>
        suggestPoint({ space, trials, pending: waiting, seed: String(seed), isAllowed: () => true }),
      );
      return asked.filter((point) => Math.abs(point! - 509) < 25).length;
    };
    expect(near(pending)).toBeLessThan(near([]) / 2);
  });

  it('searches at random while nothing could be measured', () => {
    const search = searchOf('tpe', spaceOf(10, 10));
    const { points } = runSearch(search, () => null, { budget: 100, batch: 7 });
    expect(new Set(points).size).toBe(100);
  });

  it('keeps away from what could not be measured', () => {
    const search = searchOf('tpe', spaceOf(200));
    const score = (point: number): number | null => (point < 100 ? null : 1 + point / 1000);
    const { points } = runSearch(search, score, { budget: 80, batch: 1 });
    expect(points.slice(20).filter((point) => point < 100).length).toBeLessThan(15);
  });
});
