import { describe, expect, it } from 'vitest';
import { createHeatMap } from '../../../../jobs/trading/research/heat-map.ts';
import { createSpace } from '../../../../jobs/trading/research/param-space.ts';

const space = createSpace([
  { name: 'fast', values: [5, 10], isOrdered: true },
  { name: 'slow', values: [20, 50, 100], isOrdered: true },
  { name: 'kind', values: ['sma', 'ema'], isOrdered: false },
]);

describe('createHeatMap', () => {
  it('gathers the trials of each pair of values, over all others', () => {
    const trials = [
      { point: 0, score: 1 }, // 5, 20, sma
      { point: 1, score: 3 }, // 5, 20, ema
      { point: 2, score: null }, // 5, 50, sma
      { point: 11, score: -2 }, // 10, 100, ema
    ];
    const map = createHeatMap(space, trials, { x: 'slow', y: 'fast' });
    const empty = { trials: 0, best: null, mean: null };
    expect(map?.x.values).toEqual([20, 50, 100]);
    expect(map?.rows).toEqual([
      [{ trials: 2, best: 3, mean: 2 }, { trials: 1, best: null, mean: null }, empty],
      [empty, empty, { trials: 1, best: -2, mean: -2 }],
    ]);
  });

  it('needs two parameters that are varied', () => {
    for (const axes of [
      { x: 'fast', y: 'fast' },
      { x: 'fast', y: 'stop' },
      { x: '', y: 'slow' },
    ])
      expect(createHeatMap(space, [], axes)).toBeUndefined();
  });
});
