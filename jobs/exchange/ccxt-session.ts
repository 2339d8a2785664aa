import type { CcxtExchange } from './ccxt-client.ts';
import type { ClientOptions } from './ccxt-options.ts';
import { connect, inTurn, isStaleTime, type Connection } from './ccxt-connection.ts';
import { marketTable, publicVenue, type MarketTable } from './ccxt-markets.ts';
import { ExchangeError } from './errors.ts';
import type { FailedCall } from './map-error.ts';

/** The signed side of a venue for one account. */
export type AccountSession = {
  venue: string;
  clock: { now(): number };
  /** The market table, which the account's own exchange shares. */
  table: () => Promise<MarketTable>;
  /**
   * Runs a private call once markets and the venue's time are known; what fails before that has done nothing. On venues
   * whose nonce is a clock, calls of one account run one after another.
   */
  call<T>(action: FailedCall['action'], work: (exchange: CcxtExchange) => Promise<T>): Promise<T>;
};

const TIME_KEPT_MS = 600_000;

/** Venues whose private requests carry a time within a window, not a rising nonce: they may run side by side. */
const WINDOWED = new Set(
  (
    'binance binanceus bingx bitget bitmart bitrue bybit bybiteu bybitid coinbase coinbaseexchange coinex coinsph cryptocom ' +
    'gate gateeu htx kucoin mexc myokx okx okxus phemex tokocrypto woo xt'
  ).split(' '),
);

/** Returns a session for one account; nothing is sent before its first call. */
export function openSession(options: ClientOptions): AccountSession {
  const connection = connect(options);
  const table = sharedTable(publicVenue(options).table, marketTable(connection));
  const time = venueTime(connection);
  const inOrder = WINDOWED.has(options.venue) ? <T>(task: () => Promise<T>) => task() : inTurn();
  return {
    venue: options.venue,
    clock: options.clock,
    table,
    call: (action, work) =>
      inOrder(async () => {
        const { exchange: source } = await table();
        await connection.call('read', async (exchange) => {
          if (exchange.markets !== source.markets && exchange !== source)
            exchange.setMarketsFromExchange(source);
          keepNonceRising(exchange);
        });
        await time.sync();
        try {
          return await connection.call(action, work);
        } catch (error) {
          if (isStaleTime(error)) time.forget();
          throw error;
        }
      }),
  };
}

/** The public table, or the account's own where a venue shows its markets to keys alone. */
function sharedTable(ofPublic: () => Promise<MarketTable>, own: () => Promise<MarketTable>) {
  return async (): Promise<MarketTable> => {
    try {
      return await ofPublic();
    } catch (error) {
      if (error instanceof ExchangeError && error.kind === 'auth') return own();
      throw error;
    }
  };
}

/**
 * Venues whose nonce need only rise. Kraken states whole seconds: corrected by that, the nonces of two processes with one
 * key would lie up to a second apart, and the one behind would be refused.
 */
const NEEDS_NO_TIME = new Set(['kraken']);

/** Keeps ccxt's idea of the venue's clock, which dates every signed request, at most ten minutes old. */
function venueTime(connection: Connection): { sync(): Promise<void>; forget(): void } {
  let untilMs = -Infinity;
  return {
    forget: () => {
      untilMs = -Infinity;
    },
    sync: async () => {
      if (NEEDS_NO_TIME.has(connection.venue) || connection.clock.now() < untilMs) return;
      await connection.call('read', async (exchange) => {
        if (exchange.has['fetchTime'] !== true || !('timeDifference' in exchange.options)) return;
        const venueMs = Number(await exchange.fetchTime());
        if (!Number.isFinite(venueMs) || venueMs <= 0) throw new RangeError('The venue states no time');
        exchange.options['timeDifference'] = connection.clock.now() - venueMs;
      });
      untilMs = connection.clock.now() + TIME_KEPT_MS;
    },
  };
}

const rising = new WeakSet<object>();

/** Makes two requests within one tick of the clock differ. */
function keepNonceRising(exchange: CcxtExchange): void {
  if (rising.has(exchange) || WINDOWED.has(exchange.id)) return;
  rising.add(exchange);
  const nonce = exchange.nonce.bind(exchange);
  let last = 0;
  exchange.nonce = () => {
    last = Math.max(last + 1, nonce());
    return last;
  };
}
