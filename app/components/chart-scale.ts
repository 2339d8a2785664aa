/** Where values and moments fall on a chart, and which of them are named at its edge. */

export type Range = { min: number; max: number };

/** The span of all values, widened by `padding` (a fraction of the span) on both sides; never empty. */
export function rangeOf(values: readonly number[], padding = 0.06): Range {
  let min = Infinity;
  let max = -Infinity;
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  if (min > max) return { min: 0, max: 1 };
  const margin = (max - min || Math.abs(max) * 0.01 || 1) * padding;
  return { min: min - margin, max: max + margin };
}

/** The distance of a value from the top of the pane, as a fraction 0..1 (beyond it outside of the range). */
export function fromTop(value: number, { min, max }: Range): number {
  return (max - value) / (max - min);
}

/** Round values inside the range, at most `count` of them, at steps of 1, 2 or 5 times a power of ten. */
export function niceTicks({ min, max }: Range, count: number): number[] {
  const rough = (max - min) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const ticks: number[] = [];
  for (let index = Math.ceil(min / step); index * step <= max; index++) ticks.push(index * step);
  return ticks;
}

/** Decimals that tell neighbouring ticks apart. */
export function tickDecimals(ticks: readonly number[]): number {
  const [first = 0, second = first + 1] = ticks;
  return Math.min(8, Math.max(0, -Math.floor(Math.log10(Math.abs(second - first)) + 1e-9)));
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const TIME_STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 5, 7, 14, 30, 90, 365].map((n) => n * DAY),
];

export type TimeTicks = { timesMs: number[]; style: 'clock' | 'minute' | 'date' | 'month' };

/** Round moments between two moments, at most `count` of them, and how to write them. */
export function timeTicks(fromMs: number, toMs: number, count: number): TimeTicks {
  const step = TIME_STEPS.find((length) => (toMs - fromMs) / length <= count) ?? 365 * DAY;
  const timesMs: number[] = [];
  for (let time = Math.ceil(fromMs / step) * step; time <= toMs; time += step) timesMs.push(time);
  return { timesMs, style: styleOf(step) };
}

/** Steps that pass over whole quarters need the year. */
function styleOf(stepMs: number): TimeTicks['style'] {
  if (stepMs < MINUTE) return 'clock';
  if (stepMs < DAY) return 'minute';
  return stepMs < 90 * DAY ? 'date' : 'month';
}

/** The index of the last moment that is not after `timeMs`; -1 when all are. `timesMs` rises. */
export function indexAt(timesMs: readonly number[], timeMs: number): number {
  let low = 0;
  let high = timesMs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((timesMs[middle] ?? Infinity) <= timeMs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
