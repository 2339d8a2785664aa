/** The values below which 5, 25, 50, 75 and 95 % of a sample are. */
export type Quantiles = { p5: number; p25: number; p50: number; p75: number; p95: number };

/** A sample as a whole; `counts` are those of bins of equal width from `min` to `max`, a single bin where all are alike. */
export type Distribution = Quantiles & { mean: number; min: number; max: number; counts: number[] };

const BINS = 20;
/** Values nearer to each other than this are alike but for floating point noise. */
const NOISE = 1e-9;

/** Returns what a sample, in any order, is like. Throws a RangeError on an empty one. */
export function distributionOf(values: Float64Array): Distribution {
  const sorted = values.toSorted();
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (min === undefined || max === undefined) throw new RangeError('An empty sample is like nothing');
  const bins = max - min > NOISE * Math.max(1, Math.abs(min), Math.abs(max)) ? BINS : 1;
  const counts = new Array<number>(bins).fill(0);
  let total = 0;
  for (const value of sorted) {
    const bin = bins === 1 ? 0 : Math.min(bins - 1, Math.floor(((value - min) / (max - min)) * bins));
    counts[bin] = (counts[bin] ?? 0) + 1;
    total += value;
  }
  return { ...quantilesOfSorted(sorted), mean: total / sorted.length, min, max, counts };
}

/** Returns the quantiles of a sample in any order; between two values they are interpolated. Source: Hyndman and Fan (1996), 7. */
export function quantilesOf(values: Float64Array): Quantiles {
  return quantilesOfSorted(values.toSorted());
}

function quantilesOfSorted(sorted: Float64Array): Quantiles {
  const at = (share: number): number => {
    const place = share * (sorted.length - 1);
    const below = sorted[Math.floor(place)] ?? NaN;
    return below + (place % 1) * ((sorted[Math.ceil(place)] ?? NaN) - below);
  };
  return { p5: at(0.05), p25: at(0.25), p50: at(0.5), p75: at(0.75), p95: at(0.95) };
}
