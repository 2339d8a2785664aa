import { ExchangeError, type ExchangeErrorKind } from './errors.ts';
import type { ReplyFacts } from './exchange-reply.ts';

/** The call that failed. `place` and `cancel` change something at the venue; `read` does not. */
export type FailedCall = {
  action: 'read' | 'place' | 'cancel';
  venue: string;
  /** Whether any request left this process during the call. */
  wasSent: boolean;
  /** What is known of the reply, if one arrived. */
  reply?: ReplyFacts;
  /** Texts that no message may hold: key, secret, passphrase. */
  secrets: readonly string[];
};

/**
 * What each class of ccxt says. `open`: the request may have been carried out. `bare`: an error without a class of its
 * own. Looked up by the class names of the error's prototype chain, most specific first, so that `InvalidNonce` is not
 * taken for the `NetworkError` that it extends. Source: ccxt `base/errorHierarchy`, 4.5.
 */
const MEANING: Readonly<Record<string, ExchangeErrorKind | 'open' | 'bare'>> = {
  RateLimitExceeded: 'rate-limited',
  DDoSProtection: 'rate-limited',
  OnMaintenance: 'transient',
  InvalidNonce: 'transient',
  RequestTimeout: 'open',
  ExchangeNotAvailable: 'open',
  NetworkError: 'open',
  OperationFailed: 'open',
  OddReplyError: 'open',
  AuthenticationError: 'auth',
  InsufficientFunds: 'insufficient-funds',
  InvalidOrder: 'rejected',
  BadRequest: 'rejected',
  ArgumentsRequired: 'rejected',
  OperationRejected: 'rejected',
  InvalidAddress: 'rejected',
  NotSupported: 'rejected',
  InvalidProxySettings: 'rejected',
  ExchangeError: 'bare',
};

/** Returns the class names of an error, most specific first. */
export function classChain(error: unknown): string[] {
  const names: string[] = [];
  let proto: unknown = typeof error === 'object' && error !== null ? Object.getPrototypeOf(error) : null;
  while (typeof proto === 'object' && proto !== null && proto !== Object.prototype) {
    names.push((proto as { constructor: { name: string } }).constructor.name);
    proto = Object.getPrototypeOf(proto);
  }
  return names;
}

/** Returns our error for whatever a call through ccxt threw; its message and cause hold no secret, URL or signature. */
export function toExchangeError(error: unknown, call: FailedCall): ExchangeError {
  if (error instanceof ExchangeError) return error;
  const words = toMessage(error, call);
  const kind = toKind(error, call);
  const retryAfterMs = kind === 'rate-limited' || kind === 'transient' ? call.reply?.retryAfterMs : undefined;
  const cause = new Error(words);
  cause.name = classChain(error)[0] ?? 'Error';
  delete cause.stack;
  return new ExchangeError(kind, words, { cause, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
}

function toKind(error: unknown, call: FailedCall): ExchangeErrorKind {
  if (isRevokedKey(error, call)) return 'auth';
  if (isThrottled(error)) return 'rate-limited';
  return ofMeaning(meaningOf(error), call);
}

function meaningOf(error: unknown): (typeof MEANING)[string] | undefined {
  return classChain(error)
    .map((name) => MEANING[name])
    .find((found) => found !== undefined);
}

function ofMeaning(meaning: (typeof MEANING)[string] | undefined, call: FailedCall): ExchangeErrorKind {
  if (meaning === 'bare') return ofBareError(call);
  if (meaning === undefined || meaning === 'open') return isUndecided(call) ? 'unknown-outcome' : 'transient';
  const isDefinite = meaning !== 'transient' && meaning !== 'rate-limited';
  return !isDefinite && isUndecided(call) && isServerFault(call) ? 'unknown-outcome' : meaning;
}

function isUndecided(call: FailedCall): boolean {
  return call.action !== 'read' && call.wasSent;
}

function isServerFault(call: FailedCall): boolean {
  return (call.reply?.status ?? 0) >= 500;
}

/** A bare error is a refusal only where the venue itself says so in an error document. */
function ofBareError(call: FailedCall): ExchangeErrorKind {
  const isVenuesWord = call.reply?.isErrorBody === true && !isServerFault(call);
  if (isVenuesWord || !call.wasSent) return 'rejected';
  return isUndecided(call) ? 'unknown-outcome' : 'transient';
}

/** Returns whether a venue says that it knows no such order. For Kraken's words ccxt has no class of their own. */
export function isUnknownOrder(error: unknown): boolean {
  return classChain(error).includes('OrderNotFound') || textOf(error).includes('"EOrder:Unknown order"');
}

/**
 * ccxt takes Binance's -2015 (key refused) for a temporary ban once the key has worked; the venue's bans are 418 and 429.
 * Kraken's words on a wrong secret have no class in ccxt.
 */
function isRevokedKey(error: unknown, call: FailedCall): boolean {
  const status = call.reply?.status;
  if (textOf(error).includes('"EAPI:Invalid signature"')) return true;
  return status !== undefined && status !== 418 && status !== 429 && textOf(error).includes('"code":-2015');
}

/** Kraken's "EService: Throttled: [time]" has no class in ccxt: nothing was done. */
function isThrottled(error: unknown): boolean {
  return /"EService: ?Throttled/.test(textOf(error));
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const MAX_MESSAGE = 300;

function toMessage(error: unknown, call: FailedCall): string {
  const words = scrub(venueWords(withoutId(textOf(error), call.venue)), call.secrets).replace(
    /^(GET|POST|PUT|DELETE|PATCH) /,
    '',
  );
  const status =
    call.reply && !call.reply.isErrorBody && call.reply.status >= 400 ? ` (HTTP ${call.reply.status})` : '';
  const text = words.length > MAX_MESSAGE ? `${words.slice(0, MAX_MESSAGE)}…` : words;
  return `${call.venue}: ${text || 'no reason given'}${status}`;
}

function withoutId(text: string, venue: string): string {
  return text.startsWith(`${venue} `) ? text.slice(venue.length + 1) : text;
}

/** Returns the venue's own sentence where the message carries its error document; without its code names. */
function venueWords(text: string): string {
  const start = text.search(/[[{]/);
  if (start < 0) return text;
  const before = text.slice(0, start).trim();
  const said = sentenceOf(parseJson(text.slice(start)));
  const isRequestLine = /^(GET|POST|PUT|DELETE|PATCH) /.test(before);
  return said === undefined ? text : [isRequestLine ? '' : before, said].filter(Boolean).join(': ');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const SENTENCE_KEYS = [
  'msg',
  'message',
  'error',
  'errors',
  'retMsg',
  'ret_msg',
  'err-msg',
  'error_message',
  'reason',
  'detail',
  'label',
];

function sentenceOf(body: unknown): string | undefined {
  if (typeof body === 'string') return body === '' ? undefined : body;
  if (Array.isArray(body)) return body.map(sentenceOf).find((said) => said !== undefined);
  if (typeof body !== 'object' || body === null) return undefined;
  const fields = new Map(Object.entries(body));
  const said = SENTENCE_KEYS.map((key) => sentenceOf(fields.get(key))).find((found) => found !== undefined);
  const code: unknown = fields.get('code');
  return said !== undefined && (typeof code === 'number' || typeof code === 'string')
    ? `${said} (${code})`
    : said;
}

/** Strips addresses, signatures and every known secret. */
function scrub(text: string, secrets: readonly string[]): string {
  let clean = text
    .replace(/https?:\/\/\S+/g, '')
    .replace(/\b(signature|sign|apikey|api_key|key|secret|token|passphrase|timestamp|nonce)=[^&\s]*/gi, '')
    .replace(/\b[0-9a-f]{40,}\b/gi, '***');
  for (const secret of secrets)
    if (secret !== '') clean = clean.replaceAll(secret, '***').replaceAll(encodeURIComponent(secret), '***');
  return clean
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
