import { money, type Money } from '../trading/decimal.ts';
import { isTimeframe, TIMEFRAMES, timeframeMs } from '../trading/timeframe.ts';
import type { Candle } from '../trading/types.ts';
import { dayBar, LEVELS_MS, splitBar, type Bar } from './demo-bars.ts';
import { hashFraction, hashText } from './demo-hash.ts';
import { DEMO_SYMBOLS, type DemoSymbol } from './demo-symbols.ts';
import { ExchangeError } from './errors.ts';
import type { CandleQuery, MarketDataGateway, OrderBook, Ticker } from './gateway.ts';

export const DEMO_VENUE = 'demo';

/** The first candle of the demo venue. */
const GENESIS_MS = Date.UTC(2020, 0, 1);
/** Split bars that are kept, per market: enough for the hours and minutes behind 500 candles. */
const KEPT_SPLITS = 600;
const BOOK_LEVELS = 20;
const BOOK = 32;
const HALF_SPREAD = 0.0001;

/** One market: its bars by level and index. */
type Source = { symbol: DemoSymbol; seed: number; splits: Map<number, Bar[]> };

/**
 * Returns the built-in market: venue `demo`, every timeframe, prices a pure function of symbol and time, so that any
 * process anywhere computes the same candles with no state and no network. See `demo-bars.ts`.
 */
export function createDemoMarket({ clock }: { clock: { now(): number } }): MarketDataGateway {
  const sources = new Map<string, Source>();
  for (const [name, symbol] of DEMO_SYMBOLS)
    sources.set(name, { symbol, seed: hashText(name), splits: new Map() });
  const markets = new Map([...DEMO_SYMBOLS].map(([name, { market }]) => [name, market]));
  return {
    venue: DEMO_VENUE,
    loadMarkets: () => Promise.resolve(markets),
    timeframes: () => Promise.resolve([...TIMEFRAMES]),
    fetchCandles: (query) => answer(() => candlesOf(findSource(sources, query.symbol), query, clock.now())),
    fetchTicker: (name) => answer(() => tickerAt(findSource(sources, name), clock.now())),
    fetchOrderBook: (name, depth) => answer(() => bookAt(findSource(sources, name), depth, clock.now())),
    clockOffsetMs: () => Promise.resolve(0),
  };
}

/** A throw becomes a rejection. */
function answer<Value>(make: () => Value): Promise<Value> {
  return new Promise((resolve) => resolve(make()));
}

function findSource(sources: Map<string, Source>, name: string): Source {
  const source = sources.get(name);
  if (source) return source;
  const known = [...sources.keys()].join(', ');
  throw new ExchangeError('rejected', `The demo market has no ${name}. It has ${known}.`);
}

function candlesOf(source: Source, { timeframe, sinceMs, limit }: CandleQuery, nowMs: number): Candle[] {
  if (!isTimeframe(timeframe))
    throw new ExchangeError('rejected', `The demo market has no timeframe ${String(timeframe)}.`);
  const length = timeframeMs(timeframe);
  const level = LEVELS_MS.findIndex((levelMs) => length % levelMs === 0);
  const candles: Candle[] = [];
  let openTimeMs = Math.ceil(Math.max(sinceMs, GENESIS_MS) / length) * length;
  for (; candles.length < limit && openTimeMs + length <= nowMs; openTimeMs += length) {
    candles.push(toCandle(source.symbol, openTimeMs, aggregate(source, level, { openTimeMs, length })));
  }
  return candles;
}

function toCandle({ priceDecimals, lotDecimals }: DemoSymbol, openTimeMs: number, bar: Bar): Candle {
  const [tick, lot] = [10 ** priceDecimals, 10 ** lotDecimals];
  const { open, high, low, close, volume } = bar;
  return {
    openTimeMs,
    open: open / tick,
    high: high / tick,
    low: low / tick,
    close: close / tick,
    volume: volume / lot,
  };
}

/** The bars of a level that a candle spans, as one. */
function aggregate(source: Source, level: number, span: { openTimeMs: number; length: number }): Bar {
  const levelMs = LEVELS_MS[level] ?? span.length;
  const first = span.openTimeMs / levelMs;
  const whole = { ...barAt(source, level, first) };
  for (let index = first + 1; index < first + span.length / levelMs; index += 1) {
    const bar = barAt(source, level, index);
    whole.high = Math.max(whole.high, bar.high);
    whole.low = Math.min(whole.low, bar.low);
    whole.close = bar.close;
    whole.volume += bar.volume;
  }
  return whole;
}

function barAt(source: Source, level: number, index: number): Bar {
  const parentLevel = level - 1;
  if (parentLevel < 0) return dayBar(source.symbol, source.seed, index);
  const count = (LEVELS_MS[parentLevel] ?? 0) / (LEVELS_MS[level] ?? 1);
  const parentIndex = Math.floor(index / count);
  const bar = splitOf(source, parentLevel, parentIndex)[index - parentIndex * count];
  if (!bar) throw new RangeError(`No bar ${index} of level ${level}`);
  return bar;
}

/** The children of a bar; the least recently used are forgotten. */
function splitOf(source: Source, level: number, index: number): Bar[] {
  const { splits, seed } = source;
  const key = index * LEVELS_MS.length + level;
  const kept = splits.get(key);
  const bars = kept ?? splitBar(barAt(source, level, index), { seed, level, index });
  splits.delete(key);
  splits.set(key, bars);
  const [oldest] = splits.size > KEPT_SPLITS ? splits.keys() : [];
  if (oldest !== undefined) splits.delete(oldest);
  return bars;
}

/** The price of the moment in ticks: on the way from the second's open to its close. */
function priceAt(source: Source, nowMs: number): number {
  const second = Math.floor(nowMs / 1_000);
  const { open, close } = barAt(source, LEVELS_MS.length - 1, second);
  return open + Math.round((close - open) * (nowMs / 1_000 - second));
}

function tickerAt(source: Source, nowMs: number): Ticker {
  const { bid, last, ask } = quoteAt(source, nowMs);
  const price = (ticks: number) => toPrice(source.symbol, ticks);
  return { last: price(last), bid: price(bid), ask: price(ask), timeMs: nowMs };
}

function quoteAt(source: Source, nowMs: number): { bid: number; last: number; ask: number } {
  const last = priceAt(source, nowMs);
  const half = Math.max(1, Math.round(last * HALF_SPREAD));
  return { bid: last - half, last, ask: last + half };
}

function bookAt(source: Source, depth: number, nowMs: number): OrderBook {
  const { symbol, seed } = source;
  const { bid, ask } = quoteAt(source, nowMs);
  const step = Math.max(1, Math.round(ask * (HALF_SPREAD / 2)));
  const second = Math.floor(nowMs / 1_000);
  const side = (best: number, direction: number): [Money, Money][] =>
    Array.from({ length: Math.min(depth, BOOK_LEVELS) }, (_, at) => {
      const share = (1 + at / 4) * (0.2 + hashFraction([seed, BOOK + direction, second, at]));
      const lots = Math.ceil((symbol.lotsPerDay / 40_000) * share);
      return [toPrice(symbol, best + direction * step * at), money(lots).div(10 ** symbol.lotDecimals)];
    });
  return { bids: side(bid, -1), asks: side(ask, 1), timeMs: nowMs };
}

function toPrice({ priceDecimals }: DemoSymbol, ticks: number): Money {
  return money(ticks).div(10 ** priceDecimals);
}
