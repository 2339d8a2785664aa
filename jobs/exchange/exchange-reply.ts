import { z } from 'zod';

/** An HTTP reply as the transport hands it on. */
export type ExchangeReply = {
  status: number;
  statusText: string;
  headers: Headers;
  text(): Promise<string>;
};

/** What is known of the reply behind an error. */
export type ReplyFacts = {
  status: number;
  retryAfterMs?: number;
  /** The body is a JSON document that states an error: the venue's own word. */
  isErrorBody: boolean;
};

/** A reply with a good status whose body is not what the venue documents. */
export class OddReplyError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'OddReplyError';
  }
}

const facts = new WeakMap<object, ReplyFacts>();

/** Remembers the reply behind an error. */
export function noteReply(error: unknown, reply: ExchangeReply, text: string): void {
  if (typeof error !== 'object' || error === null) return;
  const retryAfterMs = toRetryAfterMs(reply.headers.get('retry-after'));
  const isErrorBody = statesError(text);
  facts.set(error, {
    status: reply.status,
    isErrorBody,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** Returns the reply behind an error; `undefined` where none arrived. */
export function findReply(error: unknown): ReplyFacts | undefined {
  return typeof error === 'object' && error !== null ? facts.get(error) : undefined;
}

/** `Retry-After` in seconds; the date form is not used by exchanges. */
export function toRetryAfterMs(header: string | null): number | undefined {
  const seconds = Number(header);
  return header === null || !Number.isFinite(seconds) || seconds < 0 ? undefined : seconds * 1000;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function statesError(text: string): boolean {
  const body = parse(text);
  if (typeof body !== 'object' || body === null) return false;
  return Object.entries(body).some(
    ([key, value]) => /^(err|code|msg|message|ret|s?code|reason|detail|label)/i.test(key) && isSaid(value),
  );
}

function isSaid(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return value !== null && value !== undefined && value !== '' && value !== false;
}

const list = z.array(z.unknown());
const record = z.record(z.string(), z.unknown());
const text = z.string().min(1);
const id = z.union([text, z.number()]);

const binanceOrder = z.looseObject({ symbol: text, orderId: id, status: text });
/** Binance spot REST: https://developers.binance.com/docs/binance-spot-api-docs/rest-api (2026) */
const BINANCE: Shapes = [
  [/\/api\/v3\/time$/, z.looseObject({ serverTime: id })],
  [/\/api\/v3\/exchangeInfo$/, z.looseObject({ symbols: list.min(1) })],
  [/\/api\/v3\/klines$/, z.array(list.min(6))],
  [/\/api\/v3\/depth$/, z.looseObject({ bids: list, asks: list })],
  [
    /\/api\/v3\/account$/,
    z.looseObject({ balances: z.array(z.looseObject({ asset: text, free: text, locked: text })) }),
  ],
  [/\/api\/v3\/order$/, z.looseObject({ symbol: text, orderId: id })],
  [/\/api\/v3\/(openOrders|allOrders)$/, z.array(binanceOrder)],
  [
    /\/api\/v3\/myTrades$/,
    z.array(
      z.looseObject({ id, orderId: id, price: text, qty: text, commission: text, commissionAsset: text }),
    ),
  ],
  [/\/capital\/deposit\/hisrec$/, z.array(z.looseObject({ id, coin: text, amount: id, insertTime: id }))],
  [/\/capital\/withdraw\/history$/, z.array(z.looseObject({ id, coin: text, amount: id, applyTime: text }))],
];

const kraken = <T extends z.ZodType>(result: T) => z.looseObject({ error: list, result });
/** Kraken spot REST: https://docs.kraken.com/api/ (2026) */
const KRAKEN: Shapes = [
  [/\/public\/Time$/, kraken(z.looseObject({ unixtime: id }))],
  [/\/public\/AssetPairs$/, kraken(record)],
  [/\/public\/(OHLC|Ticker|Depth)$/, kraken(record)],
  [/\/private\/(BalanceEx|QueryOrders)$/, kraken(record)],
  [/\/private\/OpenOrders$/, kraken(z.looseObject({ open: record }))],
  [/\/private\/ClosedOrders$/, kraken(z.looseObject({ closed: record }))],
  [/\/private\/TradesHistory$/, kraken(z.looseObject({ trades: record }))],
  [/\/private\/OpenPositions$/, kraken(list)],
  [
    /\/private\/(DepositStatus|WithdrawStatus)$/,
    kraken(z.array(z.looseObject({ refid: text, asset: text, amount: id, time: id }))),
  ],
  [/\/private\/AddOrder$/, kraken(z.looseObject({ txid: z.array(text).min(1) }))],
  [/\/private\/CancelOrder$/, kraken(z.looseObject({ count: id }))],
];

type Shapes = readonly (readonly [RegExp, z.ZodType])[];
const SHAPES: Readonly<Record<string, Shapes>> = { binance: BINANCE, binanceus: BINANCE, kraken: KRAKEN };

/**
 * Throws `OddReplyError` where a reply with a good status is broken JSON, a web page, or (for the venues whose
 * documents are written down here) lacks what it must hold: ccxt makes empty results of such replies. `body` is the
 * parsed document, or the text where ccxt could not parse it.
 */
export function checkReply(reply: { venue: string; url: string; body: unknown }): void {
  const path = new URL(reply.url).pathname;
  if (typeof reply.body === 'string' && /^\s*[[{<]/.test(reply.body)) {
    throw new OddReplyError(`The reply to ${path} is not valid JSON`);
  }
  const shape = SHAPES[reply.venue]?.find(([pattern]) => pattern.test(path))?.[1];
  if (shape && !shape.safeParse(reply.body).success) {
    throw new OddReplyError(`The reply to ${path} lacks what it must hold`);
  }
}
