/** Where a generator stands: four 32-bit words, not all zero. Plain data, so that it can be stored. */
export type RandomState = readonly [number, number, number, number];

/** A repeatable stream of numbers: one seed and purpose, one sequence. */
export type Random = {
  /** The next 32 bits, 0..2^32 - 1. */
  word(): number;
  /** At least 0, below 1, from 53 bits. */
  fraction(): number;
  /** A whole number 0..count - 1, each equally likely (beyond a count of 2^21 to within count / 2^53). */
  below(count: number): number;
  state(): RandomState;
};

const WORD = 2 ** 32;
/** Up to here a word times a count is a whole number that a double holds. */
const EXACT_COUNT = 2 ** 21;

/** Returns the stream of one seed for one purpose; streams of other purposes are unrelated, so that none shifts another. */
export function createRandom(seed: string | number, purpose: string): Random {
  const text = `${String(seed)}/${purpose}`;
  return randomFrom([hash(text, 1), hash(text, 2), hash(text, 3), hash(text, 4)]);
}

/**
 * Returns the stream that goes on from a state. Throws a RangeError on a state that is all zero.
 *
 * Source: xoshiro128** 1.1, D. Blackman and S. Vigna, Scrambled linear pseudorandom number generators (2021),
 * prng.di.unimi.it/xoshiro128starstar.c
 */
export function randomFrom(state: RandomState): Random {
  let [a, b, c, d] = state.map((each) => each | 0) as [number, number, number, number];
  if ((a | b | c | d) === 0) throw new RangeError('A random state must not be all zero');
  const word = (): number => {
    const mixed = Math.imul(b, 5);
    const result = Math.imul((mixed << 7) | (mixed >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result;
  };
  const fraction = (): number => ((word() >>> 5) * 2 ** 26 + (word() >>> 6)) / 2 ** 53;
  return {
    word,
    fraction,
    below: (count) => {
      if (!Number.isSafeInteger(count) || count < 1) throw new RangeError(`Nothing to choose from: ${count}`);
      return count <= EXACT_COUNT ? belowExactly(word, count) : Math.floor(fraction() * count);
    },
    state: () => [a >>> 0, b >>> 0, c >>> 0, d >>> 0],
  };
}

/** Source: D. Lemire, Fast random integer generation in an interval, ACM TOMACS 29 (2019), algorithm 5. */
function belowExactly(word: () => number, count: number): number {
  let product = word() * count;
  if (product >>> 0 < count) {
    const unfair = (WORD - count) % count;
    while (product >>> 0 < unfair) product = word() * count;
  }
  return Math.floor(product / WORD);
}

/** Puts the values into a random order, each equally likely, in place. Source: Fisher and Yates; Knuth, TAOCP 2, 3.4.2 P. */
export function shuffle(values: Float64Array, random: Random): void {
  for (let last = values.length - 1; last > 0; last -= 1) {
    const chosen = random.below(last + 1);
    const kept = values[last] ?? NaN;
    values[last] = values[chosen] ?? NaN;
    values[chosen] = kept;
  }
}

/** FNV-1a over the text's UTF-16 units, ended by MurmurHash3's finaliser; `salt` makes several hashes of one text. */
function hash(text: string, salt: number): number {
  let value = 0x811c9dc5 ^ Math.imul(salt, 0x9e3779b9);
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
