/**
 * How long to stay away from a venue that asks for a pause: as long as it says, else by what is known of its limits. A
 * venue that is asked again too early asks for another pause.
 */
type AskedPause = { ms: number; reason: string };

/** Bans of addresses "scale in duration from 2 minutes to 3 days": https://developers.binance.com/docs/binance-spot-api-docs/rest-api/limits (2026) */
const BANNED_MS = 120_000;
/** Binance counts weights by the minute (the same page). */
const BY_THE_MINUTE_MS = 60_000;
/** The longest window of the other large venues is KuCoin's: https://www.kucoin.com/docs-new/rate-limit (2026) */
const LONGEST_WINDOW_MS = 30_000;
const COUNTS_BY_THE_MINUTE = new Set(['binance', 'binanceus']);

/** Returns the pause that a reply's status asks for; `undefined` where it asks for none. */
export function pauseOfStatus(
  venue: string,
  { status, retryAfterMs }: { status: number; retryAfterMs: number | undefined },
): AskedPause | undefined {
  if (status !== 429 && status !== 418) return undefined;
  if (retryAfterMs !== undefined && retryAfterMs > 0) {
    const seconds = String(Math.ceil(retryAfterMs / 1_000));
    return { ms: retryAfterMs, reason: `It answered ${String(status)} and asked for ${seconds} s.` };
  }
  const window = COUNTS_BY_THE_MINUTE.has(venue) ? BY_THE_MINUTE_MS : LONGEST_WINDOW_MS;
  const ms = status === 418 ? BANNED_MS : window;
  return { ms, reason: `It answered ${String(status)} without saying for how long.` };
}

/**
 * Kraken's words come with status 200. A key's counter falls by one in 3 s at the lowest tier and limits hold "for a few
 * seconds": 15 s free five calls (https://docs.kraken.com/exchange/guides/rest/ratelimits, 2026). The trading engine's counter
 * falls by one a second at least. A lockout lasts "typically a few minutes"
 * (https://docs.kraken.com/exchange/guides/general/errors, 2026).
 */
const OF_WORDS: readonly (readonly [venue: string, words: RegExp, ms: number])[] = [
  ['kraken', /EGeneral:Temporary lockout/, 300_000],
  ['kraken', /EAPI:Rate limit exceeded|EGeneral:Too many requests/, 15_000],
  ['kraken', /EOrder:Rate limit exceeded/, 5_000],
];
/** For words of other venues: their shortest windows have passed by then. */
const OTHERWISE_MS = 10_000;
/** Kraken names the second until which it takes no more: https://docs.kraken.com/exchange/guides/rest/ratelimits (2026) */
const THROTTLED_UNTIL = /EService: ?Throttled: ?(\d{9,11})\b/;

/** Returns the pause that a venue asks for in words alone. */
export function pauseOfWords(venue: string, words: string, nowMs: number): AskedPause {
  const untilMs = Number(THROTTLED_UNTIL.exec(words)?.[1] ?? 0) * 1_000;
  const known = OF_WORDS.find(([ofVenue, pattern]) => ofVenue === venue && pattern.test(words));
  const ms = untilMs > nowMs ? untilMs - nowMs : (known?.[2] ?? OTHERWISE_MS);
  return { ms, reason: `It said: ${words}.` };
}
