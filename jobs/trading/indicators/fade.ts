/** A recursive average is trusted once the value that it began with counts for less than this. */
const SEED_WEIGHT = 1e-12;

/**
 * Returns after how many values an average that gives each new value the weight `alpha` (a fraction) has forgotten the one
 * it began with: the old one's share, (1 − alpha)^n, is then at most 1e-12. Two averages of the same series that began at
 * different candles agree from there on to 1e-12 of the distance between their seeds.
 */
export function fadeLength(alpha: number): number {
  return alpha >= 1 ? 0 : Math.ceil(Math.log(SEED_WEIGHT) / Math.log1p(-alpha));
}
