import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  countPoints,
  createSpace,
  levelsAt,
  pointOf,
  readPoint,
  valuesAt,
} from '../../../../jobs/trading/research/param-space.ts';
import { rsiCross } from '../../../../jobs/trading/strategies/rsi-cross.ts';

const JUDGE = { strategy: rsiCross, timeframe: '1h' as const };
const ordered = (name: string, values: number[]) => ({ name, values, isOrdered: true });
const dimensions = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 5 }).map((lengths) =>
  lengths.map((length, index) =>
    ordered(
      `p${index}`,
      Array.from({ length }, (_, value) => value * 10),
    ),
  ),
);

describe('a space', () => {
  it('numbers its points with the last dimension fastest', () => {
    const space = createSpace([ordered('a', [1, 2]), ordered('b', [10, 20, 30])]);
    expect(Array.from({ length: space.size }, (_, point) => Object.values(valuesAt(space, point)))).toEqual([
      [1, 10],
      [1, 20],
      [1, 30],
      [2, 10],
      [2, 20],
      [2, 30],
    ]);
  });

  it('finds each point again by its levels', () => {
    fc.assert(
      fc.property(dimensions, fc.nat(), (list, at) => {
        const space = createSpace(list);
        const point = at % space.size;
        expect(pointOf(space, levelsAt(space, point))).toBe(point);
      }),
    );
  });

  it('refuses points outside, and no points at all', () => {
    const space = createSpace([ordered('a', [1, 2])]);
    for (const point of [-1, 2, 0.5]) expect(() => valuesAt(space, point)).toThrow(RangeError);
    expect(() => createSpace([ordered('a', [])])).toThrow(RangeError);
  });
});

describe('readPoint', () => {
  const space = createSpace([ordered('oversold', [30, 50]), ordered('overbought', [50, 70])], {
    rsi_period: 7,
  });

  it('gives the parameters as the strategy takes them, defaults and fixed ones included', () => {
    expect(readPoint(space, JUDGE, 1)).toEqual({
      params: { rsi_period: 7, oversold: 30, overbought: 70, smoothing: 'simple' },
    });
  });

  it('says which rule between parameters a point breaks', () => {
    expect(readPoint(space, JUDGE, 2)).toEqual({
      fault: 'oversold: Oversold must be below overbought.',
    });
  });

  it('says what a strategy cannot do on a timeframe', () => {
    const strategy = {
      paramsSchema: rsiCross.paramsSchema,
      findFault: (params: Record<string, unknown>, timeframe: string) =>
        params['oversold'] === 30 ? { path: ['oversold'], message: `Not on ${timeframe}.` } : undefined,
    };
    const judge = { strategy, timeframe: '5m' as const };
    expect(readPoint(space, judge, 1)).toEqual({ fault: 'oversold: Not on 5m.' });
    expect(readPoint(space, judge, 3)).toMatchObject({ params: { oversold: 50, overbought: 70 } });
    expect(countPoints(space, judge)).toMatchObject({ invalid: 3 });
  });

  it('counts the points that the schema refuses, among as many as it may look at', () => {
    expect(countPoints(space, JUDGE)).toEqual({ points: 4, checked: 4, invalid: 1 });
    expect(countPoints(space, JUDGE, 2)).toEqual({ points: 4, checked: 2, invalid: 0 });
  });
});
