import { levelsAt, pointOf, type ParamSpace } from './param-space.ts';
import { categoricalKernel, orderedKernel, type Kernel } from './parzen-kernel.ts';
import { createRandom, type Random } from './random.ts';

/** One point tried and how good it was: more is better; `null` where nothing could be measured. */
export type Trial = { point: number; score: number | null };

export type TpeQuestion = {
  space: ParamSpace;
  trials: readonly Trial[];
  /** Points being tried now: held for bad ones, so that a batch spreads out. */
  pending: readonly number[];
  seed: string;
  isAllowed: (point: number) => boolean;
};

/** The share of trials that count as good, and the most of them. Source: Optuna's `default_gamma`. */
const GOOD_SHARE = 0.1;
const MAX_GOOD = 25;
/** Points drawn from the good ones' density, of which the best is taken. Source: Optuna's `n_ei_candidates`. */
const CANDIDATES = 24;

/** A density over the space: an even mixture of one kernel around each observation and one prior. */
type Density = { kernels: Kernel[]; centres: (readonly number[])[] };

/**
 * Returns the point with the greatest expected improvement among those drawn near good trials, or `undefined` where no drawn
 * point is allowed or no trial has a score.
 *
 * The tree-structured Parzen estimator: l(x) is the density of the good trials, g(x) that of the others; the expected improvement
 * rises with l(x) / g(x). Kernels span all dimensions at once, so that parameters which only work together are found.
 *
 * Sources: J. Bergstra et al., Algorithms for hyper-parameter optimization, NIPS 2011, section 4; S. Falkner et al., BOHB, ICML
 * 2018 (multivariate kernels); S. Watanabe, Tree-structured Parzen estimator, arXiv:2304.11127 (2023); pending points as bad
 * ones: D. Ginsbourger et al., Kriging is well-suited to parallelize optimization (2010), the constant liar.
 */
export function suggestPoint(question: TpeQuestion): number | undefined {
  const { space, isAllowed } = question;
  const { good, bad } = splitTrials(question);
  if (good.length === 0) return undefined;
  const likely = createDensity(space, good);
  const unlikely = createDensity(space, bad);
  const random = createRandom(question.seed, 'tpe');
  let best: number | undefined;
  let bestRatio = -Infinity;
  for (let drawn = 0; drawn < CANDIDATES; drawn += 1) {
    const levels = draw(likely, random);
    const point = pointOf(space, levels);
    const ratio = massAt(likely, levels) / massAt(unlikely, levels);
    if (ratio > bestRatio && isAllowed(point)) {
      best = point;
      bestRatio = ratio;
    }
  }
  return best;
}

/** Best first, equals by point, so that the order in which results came changes nothing. */
function splitTrials({ trials, pending }: TpeQuestion): { good: number[]; bad: number[] } {
  const rank = ({ score }: Trial): number => score ?? -Infinity;
  const sorted = trials.toSorted((a, b) => (rank(a) === rank(b) ? a.point - b.point : rank(b) - rank(a)));
  const scored = sorted.filter(({ score }) => score !== null).length;
  const count = Math.min(Math.ceil(GOOD_SHARE * trials.length), MAX_GOOD, scored);
  const points = sorted.map(({ point }) => point);
  const waiting = [...pending].sort((a, b) => a - b);
  return { good: points.slice(0, count), bad: [...points.slice(count), ...waiting] };
}

function createDensity(space: ParamSpace, points: readonly number[]): Density {
  const observed = { observations: points.length, dimensions: space.dimensions.length };
  const kernels = space.dimensions.map(({ values, isOrdered }) =>
    isOrdered ? orderedKernel(values.length, observed) : categoricalKernel(values.length, observed),
  );
  return { kernels, centres: points.map((point) => levelsAt(space, point)) };
}

function draw({ kernels, centres }: Density, random: Random): number[] {
  const centre = centres[random.below(centres.length + 1)];
  return kernels.map((kernel, index) => kernel.draw(centre?.[index] ?? null, random));
}

function massAt({ kernels, centres }: Density, levels: readonly number[]): number {
  let total = product(kernels, levels, null);
  for (const centre of centres) total += product(kernels, levels, centre);
  return total / (centres.length + 1);
}

function product(kernels: Kernel[], levels: readonly number[], centre: readonly number[] | null): number {
  let mass = 1;
  for (let index = 0; index < kernels.length; index += 1) {
    mass *= kernels[index]?.mass(levels[index] ?? 0, centre?.[index] ?? null) ?? 1;
  }
  return mass;
}
