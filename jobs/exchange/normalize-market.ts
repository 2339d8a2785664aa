import { z } from 'zod';
import { money, ZERO, type Money } from '../trading/decimal.ts';
import type { Candle, Market } from '../trading/types.ts';
import { OddReplyError } from './exchange-reply.ts';
import type { OrderBook, Ticker } from './gateway.ts';

/** A decimal as ccxt gives it: a string in plain or exponent form, or a number. */
export const decimal = z.union([z.string(), z.number()]).transform((value, context) => {
  try {
    return money(value);
  } catch {
    context.addIssue({ code: 'custom', message: `not a decimal: ${value}` });
    return z.NEVER;
  }
});

const maybeDecimal = decimal.nullish().catch(undefined);
const range = z.looseObject({ min: maybeDecimal, max: maybeDecimal }).nullish();

const marketShape = z.looseObject({
  symbol: z.string().min(1),
  base: z.string().min(1),
  quote: z.string().min(1),
  spot: z.boolean().nullish(),
  stock: z.boolean().nullish(),
  active: z.boolean().nullish(),
  maker: maybeDecimal,
  taker: maybeDecimal,
  precision: z.looseObject({ amount: maybeDecimal, price: maybeDecimal }),
  limits: z.looseObject({ amount: range, cost: range, market: range }),
});

/** How a venue's `precision` figures are to be read. Values are ccxt's own constants. */
const PRECISION_MODE = { decimalPlaces: 2, significantDigits: 3, tickSize: 4 } as const;

function toStep(precision: Money | null | undefined, mode: number): Money {
  if (!precision || precision.isNegative()) return ZERO;
  return mode === PRECISION_MODE.tickSize ? precision : money(10).pow(precision.neg());
}

/**
 * Returns the active spot markets of ccxt's market table, by symbol. Where prices are kept to significant digits, the
 * tick depends on the price and `tickSize` is 0; quantities are kept to decimal places even there. Markets that say
 * too little are left out; a table without a single one is an odd reply.
 */
export function toMarkets(raw: unknown, precisionMode: number): ReadonlyMap<string, Market> {
  const rows = Object.values(z.record(z.string(), z.unknown()).parse(raw));
  const markets = new Map<string, Market>();
  for (const row of rows) {
    const parsed = marketShape.safeParse(row);
    if (parsed.success && isTradedSpot(parsed.data))
      markets.set(parsed.data.symbol, toMarket(parsed.data, precisionMode));
  }
  if (markets.size === 0) throw new OddReplyError('The venue names no active spot market');
  return markets;
}

type MarketRow = z.infer<typeof marketShape>;

function isTradedSpot(row: MarketRow): boolean {
  return row.spot === true && row.stock !== true && row.active !== false;
}

function toMarket(row: MarketRow, mode: number): Market {
  const { precision, limits } = row;
  return {
    symbol: row.symbol,
    base: row.base,
    quote: row.quote,
    tickSize: mode === PRECISION_MODE.significantDigits ? ZERO : toStep(precision.price, mode),
    lotSize: toStep(precision.amount, mode),
    minQuantity: limits.amount?.min ?? ZERO,
    maxQuantity: smallestAboveZero([limits.amount?.max, limits.market?.max]),
    minNotional: limits.cost?.min ?? ZERO,
    makerFee: row.maker ?? ZERO,
    takerFee: row.taker ?? ZERO,
    isActive: true,
  };
}

function smallestAboveZero(values: (Money | null | undefined)[]): Money | null {
  const stated = values.filter((value): value is Money => value?.isPositive() === true && !value.isZero());
  return stated.reduce<Money | null>((least, value) => (least?.lte(value) ? least : value), null);
}

const finite = z
  .union([z.string().min(1), z.number()])
  .transform(Number)
  .pipe(z.number());
const candleShape = z.tuple([z.number().int(), finite, finite, finite, finite, finite]).rest(z.unknown());

/** Returns one page of candles, oldest first. Throws on any row that is not a sound candle, and on times that do not rise. */
export function toCandles(raw: unknown): Candle[] {
  const rows = z.array(candleShape).parse(raw);
  const candles = rows.map(([openTimeMs, open, high, low, close, volume]) => ({
    openTimeMs,
    open,
    high,
    low,
    close,
    volume,
  }));
  candles.forEach((candle, index) => {
    const previous = candles[index - 1];
    if (previous && previous.openTimeMs >= candle.openTimeMs)
      throw new OddReplyError('The venue sent candles out of order');
    if (!isSound(candle)) throw new OddReplyError(`The venue sent an unsound candle at ${candle.openTimeMs}`);
  });
  return candles;
}

function isSound({ open, high, low, close, volume }: Candle): boolean {
  return low > 0 && high >= Math.max(open, close) && low <= Math.min(open, close) && volume >= 0;
}

const positive = decimal.refine((value) => value.gt(0), 'not above zero');
const tickerShape = z.looseObject({
  last: positive,
  bid: positive.nullish().catch(undefined),
  ask: positive.nullish().catch(undefined),
  timestamp: z.number().nullish(),
});

/** Returns the newest prices; `nowMs` stands in where the venue states no time. */
export function toTicker(raw: unknown, nowMs: number): Ticker {
  const { last, bid, ask, timestamp } = tickerShape.parse(raw);
  return { last, bid: bid ?? last, ask: ask ?? last, timeMs: timestamp ?? nowMs };
}

const level = z.tuple([positive, decimal]).rest(z.unknown());
const bookShape = z.looseObject({
  bids: z.array(level),
  asks: z.array(level),
  timestamp: z.number().nullish(),
});

/** Returns the book, best levels first. Throws where the best bid reaches the best ask. */
export function toOrderBook(raw: unknown, nowMs: number): OrderBook {
  const book = bookShape.parse(raw);
  const bids = book.bids
    .map(([price, size]): [Money, Money] => [price, size])
    .sort((a, b) => b[0].comparedTo(a[0]));
  const asks = book.asks
    .map(([price, size]): [Money, Money] => [price, size])
    .sort((a, b) => a[0].comparedTo(b[0]));
  const [bestBid, bestAsk] = [bids[0]?.[0], asks[0]?.[0]];
  if (bestBid && bestAsk && bestBid.gte(bestAsk))
    throw new OddReplyError('The venue sent a crossed order book');
  return { bids, asks, timeMs: book.timestamp ?? nowMs };
}
