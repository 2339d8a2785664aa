import { normalCdf } from './normal.ts';
import type { Random } from './random.ts';

/** Probabilities of a dimension's levels around one observed level, or those of the prior where `centre` is `null`. */
export type Kernel = {
  mass(level: number, centre: number | null): number;
  draw(centre: number | null, random: Random): number;
};

/** How many observations a density has, and how many dimensions. */
export type Observed = { observations: number; dimensions: number };

/** Source: Optuna's multivariate sampler: Scott's rule, 0.2 x extent x n^(-1 / (d + 4)), but no less than extent / min(100, n + 2). */
const BANDWIDTH = 0.2;
const MAX_SHARPNESS = 100;

/**
 * Returns a kernel for levels with an order: a normal distribution cut off at the ends, its mass gathered at whole levels.
 * The prior is as wide as the dimension.
 */
export function orderedKernel(levels: number, { observations, dimensions }: Observed): Kernel {
  const scott = BANDWIDTH * Math.max(observations, 1) ** (-1 / (dimensions + 4));
  const width = levels * Math.max(scott, 1 / Math.min(MAX_SHARPNESS, observations + 2));
  const near = createSteps(levels, width);
  const prior = createSteps(levels, levels);
  const middle = (levels - 1) / 2;
  const stepsAround = (centre: number | null): Steps => (centre === null ? prior : near);
  return {
    mass: (level, centre) => {
      const steps = stepsAround(centre);
      const at = centre ?? middle;
      return (steps(level + 1 - at) - steps(level - at)) / (steps(levels - at) - steps(-at));
    },
    draw: (centre, random) => {
      const steps = stepsAround(centre);
      const at = centre ?? middle;
      const low = steps(-at);
      const wanted = low + random.fraction() * (steps(levels - at) - low);
      let level = 0;
      while (level < levels - 1 && steps(level + 1 - at) <= wanted) level += 1;
      return level;
    },
  };
}

/** The cumulative normal probability at the lower edge of the level that is `distance` levels from the centre. */
type Steps = (distance: number) => number;

/** Distances are multiples of a half, within the dimension's length on both sides: all that are asked for are kept. */
function createSteps(levels: number, width: number): Steps {
  const table = new Float64Array(4 * levels + 1);
  for (let index = 0; index < table.length; index += 1) {
    table[index] = normalCdf((index / 2 - levels - 0.5) / width);
  }
  return (distance) => table[(distance + levels) * 2] ?? NaN;
}

/**
 * Returns a kernel for levels without an order: the observed one has 1 + 1/n parts, each other 1/n, for n kernels in the mixture.
 * The prior is even. Source: Optuna's Parzen estimator, categorical distributions.
 */
export function categoricalKernel(levels: number, { observations }: Observed): Kernel {
  const share = 1 / (observations + 1);
  const total = 1 + levels * share;
  const mass = (level: number, centre: number | null): number => {
    if (centre === null) return 1 / levels;
    return ((level === centre ? 1 : 0) + share) / total;
  };
  return {
    mass,
    draw: (centre, random) =>
      centre !== null && random.fraction() * total < 1 ? centre : random.below(levels),
  };
}
