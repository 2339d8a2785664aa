import { createRandom } from './random.ts';

/** Mixing rounds: three already make a Feistel cipher a pseudo-random permutation (Luby and Rackoff, 1988). */
const ROUNDS = 6;

/** The place of each whole number 0..size - 1 in a seeded random order of them: a permutation that stores nothing. */
export type Permutation = (place: number) => number;

/**
 * Returns a random order of 0..size - 1: given a place, the number that stands there. Takes a fixed time and no memory for
 * any size up to 2^53 - 1, so that a search can go on from its place alone.
 *
 * Source: J. Black and P. Rogaway, Ciphers with arbitrary finite domains, CT-RSA 2002: a generalised Feistel cipher on
 * the smallest rectangle a x b >= size, repeated while it leaves 0..size - 1 (cycle walking).
 */
export function createPermutation(size: number, seed: string | number): Permutation {
  if (!Number.isSafeInteger(size) || size < 1) throw new RangeError(`Nothing to put in order: ${size}`);
  const random = createRandom(seed, 'permutation');
  const keys = Array.from({ length: ROUNDS }, () => random.word());
  const rows = Math.ceil(Math.sqrt(size));
  const columns = Math.ceil(size / rows);
  return (place) => {
    if (!Number.isSafeInteger(place) || place < 0 || place >= size)
      throw new RangeError(`There is no place ${place} among ${size}`);
    let value = place;
    do value = encrypt(value, { rows, columns, keys });
    while (value >= size);
    return value;
  };
}

type Cipher = { rows: number; columns: number; keys: readonly number[] };

/** The halves are `left` (below `rows`) and `right` (below `columns`); each round adds a hash of one to the other. */
function encrypt(value: number, { rows, columns, keys }: Cipher): number {
  let left = value % rows;
  let right = Math.floor(value / rows);
  for (const [round, key] of keys.entries()) {
    if (round % 2 === 0) left = (left + mix(right, key)) % rows;
    else right = (right + mix(left, key)) % columns;
  }
  return right * rows + left;
}

/** MurmurHash3's finaliser. */
function mix(value: number, key: number): number {
  let mixed = (value ^ key) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
