/** What a venue counts of our requests in its current window, and how many it allows there. */
export type Weight = { used: number; limit: number; atMs: number };

/** Binance states what is used, not what it allows: https://developers.binance.com/docs/binance-spot-api-docs/rest-api/limits (2026) */
const BINANCE_LIMIT = 6_000;

/** Headers that state what is left of what. */
const LEFT_OF: Readonly<Record<string, { left: string; limit: string }>> = {
  bybit: { left: 'x-bapi-limit-status', limit: 'x-bapi-limit' },
  gate: { left: 'x-gate-ratelimit-requests-remain', limit: 'x-gate-ratelimit-limit' },
  kucoin: { left: 'gw-ratelimit-remaining', limit: 'gw-ratelimit-limit' },
};

/** Returns what the reply's headers say of our use; `undefined` where the venue says nothing. */
export function readWeight(venue: string, headers: Headers, atMs: number): Weight | undefined {
  if (venue === 'binance') {
    const used = toCount(headers.get('x-mbx-used-weight-1m'));
    return used === undefined ? undefined : { used, limit: BINANCE_LIMIT, atMs };
  }
  const names = LEFT_OF[venue];
  const left = names && toCount(headers.get(names.left));
  const limit = names && toCount(headers.get(names.limit));
  return left === undefined || limit === undefined
    ? undefined
    : { used: Math.max(0, limit - left), limit, atMs };
}

function toCount(header: string | null): number | undefined {
  return header !== null && /^\d{1,9}$/.test(header) ? Number(header) : undefined;
}
