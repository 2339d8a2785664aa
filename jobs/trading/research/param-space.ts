import type { z } from 'zod';
import type { Timeframe } from '../timeframe.ts';
import type { ParamValue } from './param-fields.ts';

/** One parameter that a search varies: its values, ascending where they have an order. */
export type Dimension = { name: string; values: ParamValue[]; isOrdered: boolean };

/**
 * All parameter sets that a search may try. A point is a whole number 0..size - 1; the last dimension varies fastest.
 * `fixed` holds parameters given once for all; those named nowhere have their defaults. Plain data, so that it can be stored.
 */
export type ParamSpace = { dimensions: Dimension[]; fixed: Record<string, unknown>; size: number };

/** What a point means: parameters as the strategy's schema gives them, or why they are refused. */
export type PointReading = { params: Record<string, unknown> } | { fault: string };

/** Who says whether parameters are valid: a strategy, by its schema and by what it cannot do on a timeframe. */
export type ParamJudge = {
  strategy: {
    paramsSchema: z.ZodType;
    findFault?(
      params: Record<string, unknown>,
      timeframe: Timeframe,
    ): { path: PropertyKey[]; message: string } | undefined;
  };
  timeframe: Timeframe;
};

/** How many points there are, how many of them were looked at, and how many of those are refused. */
export type PointCount = { points: number; checked: number; invalid: number };

/** Returns the space of some dimensions. Throws a RangeError where a dimension is empty or there are more than 2^53 points. */
export function createSpace(dimensions: Dimension[], fixed: Record<string, unknown> = {}): ParamSpace {
  const size = dimensions.reduce((points, { values }) => points * values.length, 1);
  if (!Number.isSafeInteger(size) || size < 1) throw new RangeError(`A space cannot have ${size} points`);
  return { dimensions, fixed, size };
}

/** Returns which value (by index) each dimension has at a point. Throws a RangeError outside the space. */
export function levelsAt({ dimensions, size }: ParamSpace, point: number): number[] {
  if (!Number.isSafeInteger(point) || point < 0 || point >= size)
    throw new RangeError(`There is no point ${point} among ${size}`);
  const levels: number[] = [];
  let rest = point;
  for (const { values } of dimensions.toReversed()) {
    levels.push(rest % values.length);
    rest = Math.floor(rest / values.length);
  }
  return levels.reverse();
}

/** Returns the point of some levels: the inverse of `levelsAt`. */
export function pointOf({ dimensions }: ParamSpace, levels: readonly number[]): number {
  return dimensions.reduce((point, { values }, index) => point * values.length + (levels[index] ?? 0), 0);
}

/** Returns the varied parameters of a point, by name. */
export function valuesAt(space: ParamSpace, point: number): Record<string, ParamValue> {
  const levels = levelsAt(space, point);
  const entries = space.dimensions.map(({ name, values }, index) => {
    const value = values[levels[index] ?? -1];
    if (value === undefined) throw new RangeError(`${name} has no value at point ${point}`);
    return [name, value] as const;
  });
  return Object.fromEntries(entries);
}

/** Returns the parameters of a point, judged by themselves and together. */
export function readPoint(
  space: ParamSpace,
  { strategy, timeframe }: ParamJudge,
  point: number,
): PointReading {
  const parsed = strategy.paramsSchema.safeParse({ ...space.fixed, ...valuesAt(space, point) });
  if (!parsed.success) return { fault: parsed.error.issues.map(sayFault).join(' ') };
  const params = parsed.data as Record<string, unknown>;
  const fault = strategy.findFault?.(params, timeframe);
  return fault ? { fault: sayFault(fault) } : { params };
}

function sayFault({ path, message }: { path: PropertyKey[]; message: string }): string {
  return `${path.join('.')}: ${message}`;
}

/** Counts the points that are not valid, looking at no more than the first `limit`. */
export function countPoints(space: ParamSpace, judge: ParamJudge, limit = 100_000): PointCount {
  const checked = Math.min(space.size, limit);
  let invalid = 0;
  for (let point = 0; point < checked; point += 1) {
    if ('fault' in readPoint(space, judge, point)) invalid += 1;
  }
  return { points: space.size, checked, invalid };
}
