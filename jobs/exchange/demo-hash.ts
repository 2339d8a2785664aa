/** What a random number belongs to: the symbol's seed, a kind of number, and which of that kind. */
export type HashKey = readonly [seed: number, kind: number, index: number, salt: number];

/** Returns a number 0 <= x < 1 that is the same for the same key on every machine: integer arithmetic alone. */
export function hashFraction(key: HashKey): number {
  let hash = 0x2545f491;
  for (const part of key) {
    hash = Math.imul(hash ^ part, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35);
    hash ^= hash >>> 13;
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x9e3779b1);
  return ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 32;
}

/** Returns a 32-bit number for a text (FNV-1a). */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return hash;
}
