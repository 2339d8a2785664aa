import type { Market } from '../trading/types.ts';
import type { CcxtExchange } from './ccxt-client.ts';
import type { ClientOptions } from './ccxt-options.ts';
import { connect, inTurn, type Connection } from './ccxt-connection.ts';
import { ExchangeError } from './errors.ts';
import { toMarkets } from './normalize-market.ts';

/** A venue's market table as ccxt holds it (`exchange`) and as we do (`markets`). */
export type MarketTable = {
  exchange: CcxtExchange;
  markets: ReadonlyMap<string, Market>;
  loadedAtMs: number;
};

/** The public side of a venue: one connection without keys, and its market table. */
export type PublicVenue = { connection: Connection; table: () => Promise<MarketTable> };

const KEPT_MS = 3_600_000;
const RETRY_AFTER_MS = 60_000;

const venuesByClock = new WeakMap<object, Map<string, PublicVenue>>();

/**
 * Returns the public side of a venue, one per process clock and address: many accounts share one market table, and
 * because it is loaded without keys, no private endpoint can fail it.
 */
export function publicVenue(options: ClientOptions): PublicVenue {
  const { venue, clock, sandbox = false, baseUrl = '', timeoutMs = 0 } = options;
  const venues = venuesByClock.get(clock) ?? new Map<string, PublicVenue>();
  venuesByClock.set(clock, venues);
  const key = JSON.stringify([venue, sandbox, baseUrl, timeoutMs]);
  const found = venues.get(key) ?? openPublicVenue(options);
  venues.set(key, found);
  return found;
}

function openPublicVenue(options: ClientOptions): PublicVenue {
  const connection = connect(withoutKeys(options));
  return { connection, table: marketTable(connection) };
}

function withoutKeys(options: ClientOptions): ClientOptions {
  const keyless = { ...options };
  delete keyless.credentials;
  return keyless;
}

/**
 * Returns a function that gives the market table, at most an hour old. A failed reload keeps the old table and is tried
 * again after a minute; a failed first load is the caller's error, and the next call starts afresh.
 */
export function marketTable(connection: Connection): () => Promise<MarketTable> {
  let kept: MarketTable | undefined;
  let nextTryMs = 0;
  const oneByOne = inTurn();
  const load = () =>
    connection.call('read', async (exchange) => {
      const loaded = await exchange.loadMarkets(true);
      const markets = hasSpot(exchange)
        ? toMarkets(loaded, exchange.precisionMode)
        : new Map<string, Market>();
      return { exchange, markets, loadedAtMs: connection.clock.now() };
    });
  const isFresh = () => connection.clock.now() < nextTryMs;
  return async () => {
    if (kept && isFresh()) return kept;
    return oneByOne(async () => {
      if (kept && isFresh()) return kept;
      try {
        kept = await load();
        nextTryMs = kept.loadedAtMs + KEPT_MS;
      } catch (error) {
        if (!kept) throw error;
        nextTryMs = connection.clock.now() + RETRY_AFTER_MS;
      }
      return kept;
    });
  };
}

/** A venue of contracts alone has an account to show, and no market that a bot could trade on. */
function hasSpot({ has }: CcxtExchange): boolean {
  return has['spot'] === true;
}

/** Returns the market of a symbol. Throws `rejected` where the venue has no such active spot market. */
export function getMarket(table: MarketTable, symbol: string): Market {
  const market = table.markets.get(symbol);
  if (!market)
    throw new ExchangeError('rejected', `${table.exchange.id}: ${symbol} is not an active spot market`);
  return market;
}
