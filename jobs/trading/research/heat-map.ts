import { levelsAt, type Dimension, type ParamSpace } from './param-space.ts';
import type { Trial } from './tpe.ts';

/** What the trials of one pair of values came to: `null` where none had a score. */
export type HeatCell = { trials: number; best: number | null; mean: number | null };

/** Scores over two parameters, whatever the others were: one row for each value of `y`, one cell for each value of `x`. */
export type HeatMap = { x: Dimension; y: Dimension; rows: HeatCell[][] };

/** Returns scores over two parameters of the space, or `undefined` unless both are varied and differ. */
export function createHeatMap(
  space: ParamSpace,
  trials: readonly Trial[],
  axes: { x: string; y: string },
): HeatMap | undefined {
  const at = (name: string): number => space.dimensions.findIndex((dimension) => dimension.name === name);
  const [column, row] = [at(axes.x), at(axes.y)];
  const [x, y] = [space.dimensions[column], space.dimensions[row]];
  if (!x || !y || x === y) return undefined;
  const scores = y.values.map(() => x.values.map((): (number | null)[] => []));
  for (const { point, score } of trials) {
    const levels = levelsAt(space, point);
    scores[levels[row] ?? -1]?.[levels[column] ?? -1]?.push(score);
  }
  return { x, y, rows: scores.map((cells) => cells.map(toCell)) };
}

function toCell(scores: (number | null)[]): HeatCell {
  const known = scores.filter((score) => score !== null);
  if (known.length === 0) return { trials: scores.length, best: null, mean: null };
  const total = known.reduce((sum, score) => sum + score, 0);
  return { trials: scores.length, best: Math.max(...known), mean: total / known.length };
}
