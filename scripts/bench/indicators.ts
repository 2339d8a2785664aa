/** Our indicators beside a bare loop and what npm offers, on one series, with the values compared where definitions agree. */
import type { Benchmark } from '../measure.ts';
import { makeMatches, type Match, type Rival, type Series } from '../rival-indicators.ts';

const COUNT = 1_000_000;
const ROUNDS = 5;
/** Values from here on are compared: seeds, on which libraries differ, have faded. */
const SETTLED = 10_000;

/** Returns the least milliseconds of several rounds, each side once a round, so that a busy machine hits all alike. */
function timeTogether(works: (() => unknown)[]): number[] {
  const best = works.map(() => Infinity);
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [index, work] of works.entries()) {
      const began = performance.now();
      work();
      if (round > 0) best[index] = Math.min(best[index] ?? Infinity, performance.now() - began);
    }
  }
  return best;
}

/** Throws unless the values are equal from `SETTLED` on, to 1e-9 or what the library rounds away. Aligned at the end. */
function requireEqual(
  name: string,
  ours: Series,
  { library, compute, rounding = 0, differs }: Rival,
): string {
  if (differs !== undefined) return `another definition: ${differs}`;
  const theirs = compute();
  const shift = ours.length - theirs.length;
  for (let index = SETTLED; index < ours.length; index += 1) {
    const [left, right] = [ours[index] ?? NaN, theirs[index - shift] ?? NaN];
    if (!(Math.abs(left - right) <= rounding + 1e-9 * Math.max(1, Math.abs(left))))
      throw new Error(`${name}: value ${String(index)} is ${String(left)}, of ${library} ${String(right)}`);
  }
  return rounding === 0 ? 'equal to 1e-9' : `equal to ${String(rounding)}, to which it rounds`;
}

function play({ name, ours, rivals }: Match): { bestMs: number[]; notes: string[] } {
  const verdicts = rivals.map((rival) => requireEqual(name, ours(), rival));
  const bestMs = timeTogether([ours, ...rivals.map(({ compute }) => compute)]);
  const mine = bestMs[0] ?? NaN;
  const notes = rivals.map(({ library }, index) => {
    const theirs = bestMs[index + 1] ?? NaN;
    const times = `${theirs.toFixed(1)} ms, ${(theirs / mine).toFixed(1)} times ours`;
    return `  ${library.padEnd(20)} ${times} (${verdicts[index] ?? ''})`;
  });
  return { bestMs, notes: [`${name}: ${mine.toFixed(1)} ms`, ...notes] };
}

export const benchmark: Benchmark = {
  title: `Indicators over ${COUNT.toLocaleString('en')} closes; first RSI beside a bare loop`,
  run: () => {
    const results = makeMatches(COUNT).map(play);
    const [ours = NaN, yardstick = NaN] = results[0]?.bestMs ?? [];
    return { unit: 'ms', ours, yardstick, notes: results.flatMap(({ notes }) => notes) };
  },
};
