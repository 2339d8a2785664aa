import type { Money } from '../trading/decimal.ts';
import type { Timeframe } from '../trading/timeframe.ts';
import type { Candle, Fill, Market, OrderStatus, OrderType, Side } from '../trading/types.ts';

/** Best prices in quote units; `last` is the newest trade. `bid`/`ask` fall back to `last` where a venue states none. */
export type Ticker = { last: Money; bid: Money; ask: Money; timeMs: number };

/** Levels best first: price in quote, quantity in base units. */
export type OrderBook = { bids: [Money, Money][]; asks: [Money, Money][]; timeMs: number };

export type CandleQuery = { symbol: string; timeframe: Timeframe; sinceMs: number; limit: number };

/**
 * Public market data of one venue. Every method throws `ExchangeError`, whose `kind` says how to react.
 * Replies are validated: a truncated or odd reply is an error, never an empty result.
 */
export type MarketDataGateway = {
  venue: string;
  /** All active spot markets, by symbol. Kept for an hour. */
  loadMarkets(): Promise<ReadonlyMap<string, Market>>;
  /** Timeframes of this venue that bots can run on. */
  timeframes(): Promise<Timeframe[]>;
  /** Closed candles only, oldest first, from `sinceMs` (an open time) on, at most `limit`; pages where the venue must. */
  fetchCandles(query: CandleQuery): Promise<Candle[]>;
  fetchTicker(symbol: string): Promise<Ticker>;
  fetchOrderBook(symbol: string, depth: number): Promise<OrderBook>;
  /** The venue's clock minus ours, in ms; 0 where the venue states no time. */
  clockOffsetMs(): Promise<number>;
};

export type Balance = { free: Money; used: Money; total: Money };

export type KeyPermissions = { read: boolean; trade: boolean; withdraw: boolean };

export type OrderRequest = {
  clientOrderId: string;
  symbol: string;
  side: Side;
  type: OrderType;
  /** Base units, a multiple of the lot size. */
  quantity: Money;
  /** Required for `limit`; a multiple of the tick size. */
  limitPrice?: Money;
  /** Required for `stop`: the price that triggers a market order. */
  stopPrice?: Money;
};

/** The venue's word on one order. `fills` is `null` where the reply carries none: ask `fetchFills`. */
export type VenueOrder = {
  exchangeOrderId: string;
  clientOrderId: string | null;
  symbol: string;
  side: Side;
  type: OrderType;
  status: Extract<OrderStatus, 'open' | 'partially_filled' | 'filled' | 'canceled' | 'rejected' | 'expired'>;
  quantity: Money;
  filledQuantity: Money;
  fills: Fill[] | null;
  timeMs: number;
};

/** Which order is meant. At least one id; `sinceMs` bounds the search where a venue has no look-up by client id. */
export type OrderRef = { symbol: string; exchangeOrderId?: string; clientOrderId?: string; sinceMs: number };

/**
 * Orders and balances of one account. Placing with a client order id never happens twice by itself: no method retries.
 * Every method throws `ExchangeError`.
 */
export type AccountGateway = {
  venue: string;
  /** All assets with a total above zero. An odd reply is an error: an empty map is the venue's own word. */
  fetchBalances(): Promise<ReadonlyMap<string, Balance>>;
  /** `null` where the venue does not say what the key may do. */
  fetchPermissions(): Promise<KeyPermissions | null>;
  /**
   * Resolves once the venue has acknowledged the order. `rejected` and `insufficient-funds` mean that nothing was placed;
   * `unknown-outcome` that it may have been.
   */
  placeOrder(request: OrderRequest): Promise<VenueOrder>;
  cancelOrder(ref: OrderRef): Promise<void>;
  /** Looks by exchange id, else by client id, else through open and closed orders. `undefined`: the venue knows none. */
  findOrder(ref: OrderRef): Promise<VenueOrder | undefined>;
  fetchOpenOrders(symbol: string): Promise<VenueOrder[]>;
  fetchClosedOrders(symbol: string, sinceMs: number): Promise<VenueOrder[]>;
  /** Fills of one order, oldest first. */
  fetchFills(ref: OrderRef & { exchangeOrderId: string }): Promise<Fill[]>;
  /** All own trades of a symbol since a time, oldest first, with the exchange order id of each. */
  fetchTrades(symbol: string, sinceMs: number): Promise<(Fill & { exchangeOrderId: string })[]>;
};
