import { z } from 'zod';
import { isTimeframe, timeframeMs } from '../trading/timeframe.ts';
import type { Candle } from '../trading/types.ts';
import type { CcxtExchange } from './ccxt-client.ts';
import type { ClientOptions } from './ccxt-options.ts';
import { getMarket, publicVenue, type PublicVenue } from './ccxt-markets.ts';
import type { CandleQuery, MarketDataGateway } from './gateway.ts';
import { toCandles, toOrderBook, toTicker } from './normalize-market.ts';

export type MarketDataOptions = Omit<ClientOptions, 'credentials'>;

const OFFSET_KEPT_MS = 300_000;
const DEFAULT_PAGE = 500;

/** Returns the public market data of a venue of ccxt. Nothing is loaded or sent before the first call. */
export function createCcxtMarketData(options: MarketDataOptions): MarketDataGateway {
  const source = publicVenue(options);
  const { connection, table } = source;
  const clockOffsetMs = clockOffset(source);
  const ofMarket = async <T>(symbol: string, work: (exchange: CcxtExchange) => Promise<T>): Promise<T> => {
    getMarket(await table(), symbol);
    return connection.call('read', work);
  };
  return {
    venue: options.venue,
    clockOffsetMs,
    loadMarkets: async () => (await table()).markets,
    timeframes: () =>
      connection.call('read', (exchange) =>
        Promise.resolve(Object.keys(exchange.timeframes ?? {}).filter(isTimeframe)),
      ),
    fetchCandles: async (query) => {
      const offsetMs = await clockOffsetMs();
      return ofMarket(query.symbol, (exchange) =>
        pageCandles(exchange, query, () => connection.clock.now() + offsetMs),
      );
    },
    fetchTicker: (symbol) =>
      ofMarket(symbol, async (exchange) =>
        toTicker(await exchange.fetchTicker(symbol), connection.clock.now()),
      ),
    fetchOrderBook: (symbol, depth) =>
      ofMarket(symbol, async (exchange) => {
        const book = toOrderBook(await exchange.fetchOrderBook(symbol, depth), connection.clock.now());
        return { ...book, bids: book.bids.slice(0, depth), asks: book.asks.slice(0, depth) };
      }),
  };
}

/**
 * Returns a function that gives the venue's clock minus ours, kept for five minutes. The reply's own travel time counts
 * against the venue, so that a candle is never taken for closed too early.
 */
function clockOffset({ connection }: PublicVenue): () => Promise<number> {
  let kept = { offsetMs: 0, untilMs: -Infinity };
  return async () => {
    if (connection.clock.now() < kept.untilMs) return kept.offsetMs;
    const offsetMs = await connection.call('read', async (exchange) => {
      if (exchange.has['fetchTime'] !== true) return 0;
      const venueMs = z
        .number()
        .int()
        .positive()
        .parse(await exchange.fetchTime());
      return venueMs - connection.clock.now();
    });
    kept = { offsetMs, untilMs: connection.clock.now() + OFFSET_KEPT_MS };
    return offsetMs;
  };
}

const pageLimitShape = z.object({
  spot: z.object({ fetchOHLCV: z.object({ limit: z.number().int().positive() }) }),
});

function pageLimit(exchange: CcxtExchange): number {
  const stated = pageLimitShape.safeParse(exchange.features);
  return stated.success ? stated.data.spot.fetchOHLCV.limit : DEFAULT_PAGE;
}

/**
 * Pages forwards from `sinceMs` to `limit` closed candles or the present. An empty page may be a gap on a venue that
 * answers by time window, so it moves on by one window.
 */
async function pageCandles(
  exchange: CcxtExchange,
  query: CandleQuery,
  venueNow: () => number,
): Promise<Candle[]> {
  const length = timeframeMs(query.timeframe);
  const pageSize = pageLimit(exchange);
  const found: Candle[] = [];
  let sinceMs = query.sinceMs;
  while (found.length < query.limit && sinceMs + length <= venueNow()) {
    const sentAtMs = venueNow();
    const size = Math.min(pageSize, query.limit - found.length + 1);
    const raw = toCandles(await exchange.fetchOHLCV(query.symbol, query.timeframe, sinceMs, size));
    const page = closedBy(raw, length, sentAtMs).filter((candle) => candle.openTimeMs >= sinceMs);
    found.push(...page);
    const newest = page.at(-1);
    sinceMs = newest ? newest.openTimeMs + length : sinceMs + size * length;
  }
  return found.slice(0, query.limit);
}

/** A candle is closed once its end had passed when the request was sent, or once the venue shows the one after it. */
function closedBy(page: Candle[], lengthMs: number, sentAtMs: number): Candle[] {
  return page.filter((candle, index) => index < page.length - 1 || candle.openTimeMs + lengthMs <= sentAtMs);
}
