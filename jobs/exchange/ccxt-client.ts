import type { ClientOptions, Credentials } from './ccxt-options.ts';
import { ExchangeError } from './errors.ts';
import { transport } from './ccxt-transport.ts';
import type { ExchangeReply } from './exchange-reply.ts';
import { checkReply, noteReply } from './exchange-reply.ts';
import { canProveAbsence, lookupsOf } from './venue-lookups.ts';
import type { Venue } from './venues.ts';

/** The part of a ccxt exchange that the gateways use. Results are unknown until `normalize.ts` has looked at them. */
export type CcxtExchange = {
  id: string;
  has: Record<string, unknown>;
  options: Record<string, unknown>;
  urls: Record<string, unknown>;
  timeframes: Record<string, unknown> | undefined;
  precisionMode: number;
  requiredCredentials: Record<string, boolean>;
  features: unknown;
  fees: unknown;
  markets: Record<string, unknown> | undefined;
  loadMarkets(reload?: boolean): Promise<unknown>;
  setMarketsFromExchange(source: CcxtExchange): unknown;
  setSandboxMode(enabled: boolean): void;
  fetchTime(): Promise<unknown>;
  nonce(): number;
  throttle(cost: number | string | undefined): Promise<unknown>;
  amountToPrecision(symbol: string, amount: string): string;
  priceToPrecision(symbol: string, price: string): string;
  fetchOHLCV(symbol: string, timeframe: string, since: number, limit: number): Promise<unknown>;
  fetchTicker(symbol: string): Promise<unknown>;
  fetchOrderBook(symbol: string, limit?: number): Promise<unknown>;
  fetchBalance(): Promise<unknown>;
  createOrder(
    symbol: string,
    type: string,
    side: string,
    amount: string,
    price: string | undefined,
    params: Record<string, unknown>,
  ): Promise<unknown>;
  cancelOrder(id: string | undefined, symbol: string, params: Record<string, unknown>): Promise<unknown>;
  fetchOrder(id: string | undefined, symbol: string, params: Record<string, unknown>): Promise<unknown>;
  fetchOpenOrders: FetchList;
  fetchClosedOrders: FetchList;
  fetchCanceledOrders: FetchList;
  fetchOrders: FetchList;
  fetchMyTrades: FetchList;
  fetchCanceledAndClosedOrders: FetchList;
  fetchDeposits: FetchList;
  fetchWithdrawals: FetchList;
  fetchDepositsWithdrawals: FetchList;
  fetchPositions(): Promise<unknown>;
  sapiGetAccountApiRestrictions?(): Promise<unknown>;
  handleRestResponse(reply: ExchangeReply, url: string, ...rest: unknown[]): unknown;
};
/** Symbol (or currency), since, limit and the venue's own parameters. */
export type FetchList = (
  ...args: [
    symbol: string | undefined,
    since: number | undefined,
    limit: number | undefined,
    params: Record<string, unknown>,
  ]
) => Promise<unknown>;

export type CcxtClient = {
  exchange: CcxtExchange;
  /** How many requests have left this process through this client. */
  sentCount(): number;
};

const DEFAULT_TIMEOUT_MS = 10_000;

/**
 * Venues that count the weight of a minute's requests. ccxt's usual limiter spaces requests evenly and makes each wait for
 * the one before, however long ago that was; here they may go at once while the minute has room.
 */
const LIMITED_BY_MINUTE = new Set(['binance', 'binanceus']);

/**
 * Makes a ccxt exchange: numbers stay decimal strings, times come from `clock`, and nothing is sent but through our own
 * transport. The library (some 100 MB of memory) is loaded by the first call. Throws a plain error for an unknown venue.
 */
export async function openClient(options: ClientOptions): Promise<CcxtClient> {
  const { default: ccxt } = await import('ccxt');
  if (!ccxt.exchanges.includes(options.venue)) throw new RangeError(`Unknown exchange ${options.venue}`);
  const Exchange = ccxt[options.venue as keyof typeof ccxt] as unknown as new (
    config: object,
  ) => CcxtExchange;
  const sent = { count: 0 };
  const exchange = new Exchange({
    ...clockConfig(options.clock),
    timeout: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    enableRateLimit: options.isThrottled ?? true,
    ...(LIMITED_BY_MINUTE.has(options.venue) ? { rateLimiterAlgorithm: 'rollingWindow' } : {}),
    number: String,
    fetchImplementation: transport(options, sent),
  });
  keepCostsNumbers(exchange);
  applyCredentials(exchange, options.credentials);
  if (options.sandbox === true) enterSandbox(exchange);
  if (exchange.has['spot'] === true)
    exchange.options = { ...exchange.options, ...spotOnly(exchange.options) };
  keepReplies(exchange);
  return { exchange, sentCount: () => sent.count };
}

/** With numbers as strings, the weights of requests are strings too, and the limiter would join them instead of adding. */
function keepCostsNumbers(exchange: CcxtExchange): void {
  const throttle = exchange.throttle.bind(exchange);
  exchange.throttle = (cost) => throttle(cost === undefined ? undefined : Number(cost));
}

/** Bitget's sandbox has no address of its own: a header marks its requests. */
const SANDBOX_BY_HEADER = new Set(['bitget']);

function hasSandbox({ id, urls }: Pick<CcxtExchange, 'id' | 'urls'>): boolean {
  return urls['test'] !== undefined || SANDBOX_BY_HEADER.has(id);
}

function enterSandbox(exchange: CcxtExchange): void {
  if (!hasSandbox(exchange))
    throw new ExchangeError('rejected', `${exchange.id}: the exchange has no sandbox`);
  exchange.setSandboxMode(true);
}

function clockConfig(clock: { now(): number }): object {
  return {
    milliseconds: () => clock.now(),
    seconds: () => Math.floor(clock.now() / 1000),
    microseconds: () => clock.now() * 1000,
  };
}

/** Wallet-based venues take the address where others take the key, and the private key where others take the secret. */
function applyCredentials(exchange: CcxtExchange, credentials: Credentials | undefined): void {
  if (!credentials) return;
  const { apiKey, apiSecret, passphrase } = credentials;
  const needs = exchange.requiredCredentials;
  Object.assign(exchange, {
    apiKey,
    secret: apiSecret,
    ...(passphrase === undefined ? {} : { password: passphrase }),
    ...(needs['privateKey'] ? { privateKey: apiSecret } : {}),
    ...(needs['walletAddress'] ? { walletAddress: apiKey } : {}),
  });
}

/** Returns options that keep venues with several kinds of market to spot. */
function spotOnly(options: Record<string, unknown>): Record<string, unknown> {
  const fetchMarkets = options['fetchMarkets'];
  const spot = { defaultType: 'spot', adjustForTimeDifference: false };
  if (typeof fetchMarkets !== 'object' || fetchMarkets === null || !('types' in fetchMarkets)) return spot;
  const types = Array.isArray(fetchMarkets.types) ? ['spot'] : onlySpotTrue(fetchMarkets.types);
  return { ...spot, fetchMarkets: { ...fetchMarkets, types } };
}

function onlySpotTrue(types: unknown): unknown {
  if (typeof types !== 'object' || types === null) return types;
  return Object.fromEntries(
    Object.entries(types).map(([name, value]) => [
      name,
      typeof value === 'boolean' ? name === 'spot' : onlySpotTrue(value),
    ]),
  );
}

/** Checks each raw reply before ccxt interprets it, and remembers it beside the error that ccxt makes of it. */
function keepReplies(exchange: CcxtExchange): void {
  const handle = exchange.handleRestResponse.bind(exchange);
  exchange.handleRestResponse = async (reply, url, ...rest) => {
    try {
      const body = await handle(reply, url, ...rest);
      checkReply({ venue: exchange.id, url, body });
      return body;
    } catch (error) {
      noteReply(error, reply, await reply.text());
      throw error;
    }
  };
}

/**
 * Returns every exchange of the installed ccxt, by id. Bots can trade where there are spot markets, candles and orders, and
 * where an order of which nothing is heard can be told from one that never arrived.
 */
export async function listVenues(): Promise<Venue[]> {
  const { default: ccxt } = await import('ccxt');
  type Described = CcxtExchange & { name: string };
  return ccxt.exchanges.map((id: string) => {
    const Exchange = ccxt[id as keyof typeof ccxt] as unknown as new () => Described;
    const { name, has, requiredCredentials, urls } = new Exchange();
    const hasMarkets = has['spot'] === true && Boolean(has['fetchOHLCV']) && Boolean(has['createOrder']);
    const canTrade = hasMarkets && canProveAbsence(lookupsOf(id));
    const needsPassphrase = requiredCredentials['password'] === true;
    return { id, name, needsPassphrase, hasSandbox: hasSandbox({ id, urls }), canTrade };
  });
}
