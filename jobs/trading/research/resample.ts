import { shuffle, type Random } from './random.ts';

/**
 * How an alternative history is made of the steps of one. `shuffle`: the same steps in another order. `stationary`: blocks of
 * random length, drawn with replacement, so that what depends on its neighbours keeps them. `circular`: blocks of one length.
 */
export const RESAMPLE_METHODS = ['shuffle', 'stationary', 'circular'] as const;
export type ResampleMethod = (typeof RESAMPLE_METHODS)[number];

/** Fills `path`, as long as the steps, with the next alternative history. */
export type Resampler = (path: Float64Array) => void;

type ResampleOptions = {
  steps: Float64Array;
  method: ResampleMethod;
  random: Random;
  /** Mean length of a block, in steps. */
  blockLength?: number;
};

const WORD = 2 ** 32;

/**
 * Returns a source of alternative histories. Throws a RangeError on no steps or a block length below 1.
 *
 * Sources: D. Politis and J. Romano, A circular block-resampling procedure for stationary data (1992), and The stationary
 * bootstrap, JASA 89 (1994).
 */
export function createResampler(options: ResampleOptions): Resampler {
  const { steps, method, random } = options;
  const blockLength = options.blockLength ?? defaultBlockLength(steps.length);
  if (steps.length === 0) throw new RangeError('There is nothing to resample');
  if (!(blockLength >= 1)) throw new RangeError(`A block is at least 1 step long, not ${blockLength}`);
  switch (method) {
    case 'shuffle':
      return (path) => {
        path.set(steps);
        shuffle(path, random);
      };
    case 'stationary':
      return stationary(steps, random, blockLength);
    case 'circular':
      return circular(steps, random, Math.round(blockLength));
  }
}

/**
 * Returns the length of a block for a series: its cube root, rounded.
 * Source: P. Hall, J. Horowitz and B.-Y. Jing, On blocking rules for the bootstrap with dependent data, Biometrika 82 (1995).
 */
export function defaultBlockLength(count: number): number {
  return Math.max(1, Math.round(Math.cbrt(count)));
}

/** After each step a new block begins with probability 1 / length: lengths are geometric. The end is followed by the start. */
function stationary(steps: Float64Array, random: Random, blockLength: number): Resampler {
  const count = steps.length;
  const leap = WORD / blockLength;
  return (path) => {
    let at = random.below(count);
    for (let index = 0; index < count; index += 1) {
      path[index] = steps[at] ?? NaN;
      if (random.word() < leap) at = random.below(count);
      else at = at + 1 === count ? 0 : at + 1;
    }
  };
}

function circular(steps: Float64Array, random: Random, blockLength: number): Resampler {
  const count = steps.length;
  return (path) => {
    let at = 0;
    for (let index = 0; index < count; index += 1) {
      at = index % blockLength === 0 ? random.below(count) : at + 1 === count ? 0 : at + 1;
      path[index] = steps[at] ?? NaN;
    }
  };
}
