/** What a benchmark found: `ours` and `yardstick` share a unit, less is better; `notes` are further lines to print. */
export type Finding = { unit: string; ours: number; yardstick: number; notes?: string[] };

/** A benchmark stands beside its yardstick, measured in the same run. */
export type Benchmark = { title: string; run: () => Finding | Promise<Finding> };

const ROUNDS = 7;
const ROUND_MS = 120;

function timeRound(work: () => unknown): number {
  let count = 0;
  const began = performance.now();
  while (performance.now() - began < ROUND_MS) {
    for (let n = 0; n < 50; n += 1) work();
    count += 50;
  }
  return ((performance.now() - began) * 1_000) / count;
}

/** Returns the microseconds that `work` takes: the median of several rounds, after a first that warms up. */
export function microsecondsEach(work: () => unknown): number {
  timeRound(work);
  const rounds = Array.from({ length: ROUNDS }, () => timeRound(work)).sort((left, right) => left - right);
  return rounds[Math.floor(ROUNDS / 2)] ?? NaN;
}

/** Returns the value below which a fraction of the values lies. */
export function percentile(values: readonly number[], fraction: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? NaN;
}
