/** How a venue writes our client order ids (at most 18 characters of [a-z0-9]), where it does not take them as they are. */
type Spelling = { to(id: string): string; from(venueId: string): string };

/** Gate marks ids of users with `t-`; ccxt adds the mark when sending, and leaves it on when reading. */
const gate: Spelling = {
  to: (id) => id,
  from: (venueId) => (venueId.startsWith('t-') ? venueId.slice(2) : venueId),
};

/** Hyperliquid wants 128 bits in hexadecimal. A leading `1` digit keeps leading zeros; 19 digits in base 36 are 99 bits. */
const hyperliquid: Spelling = {
  to: (id) =>
    `0x${Array.from(`1${id}`)
      .reduce((sum, digit) => sum * 36n + BigInt(parseInt(digit, 36)), 0n)
      .toString(16)
      .padStart(32, '0')}`,
  from: (venueId) => (/^0x[0-9a-f]{1,32}$/i.test(venueId) ? BigInt(venueId).toString(36).slice(1) : venueId),
};

/** Bitfinex wants an integer below 2^45: a hash, which cannot be turned back. Source: Bitfinex API, "cid", int45. */
const bitfinex: Spelling = {
  to: (id) =>
    String(
      Array.from(id).reduce(
        (hash, char) => ((hash ^ BigInt(char.charCodeAt(0))) * 0x100000001b3n) % (1n << 45n),
        0xcbf29ce4842n,
      ),
    ),
  from: (venueId) => venueId,
};

const SPELLINGS: Readonly<Record<string, Spelling>> = { gate, gateeu: gate, hyperliquid, bitfinex };

/** Returns our client order id as it is passed to ccxt for a venue. */
export function toVenueClientId(venue: string, id: string): string {
  return SPELLINGS[venue]?.to(id) ?? id;
}

/** Returns our own spelling of a client order id that a venue reports; unchanged where it is not ours or cannot be turned back. */
export function fromVenueClientId(venue: string, venueId: string): string {
  return SPELLINGS[venue]?.from(venueId) ?? venueId;
}
