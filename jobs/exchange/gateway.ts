import type { Money } from '../trading/decimal.ts';
import type { Timeframe } from '../trading/timeframe.ts';
import type { Candle, Fill, Market, OrderStatus, OrderType, Side, TimeInForce } from '../trading/types.ts';

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
  /** Required for `limit` and `stop_limit`; a multiple of the tick size. */
  limitPrice?: Money;
  /** Required for `stop`, the price that triggers a market order, and `stop_limit`, that which triggers a limit order. */
  stopPrice?: Money;
  /**
   * Not sent after this moment, however long it waits for its turn: then `transient`. Whoever finds the order still being
   * sent some time later may take it for lost, so it must not leave after that.
   */
  sendBeforeMs?: number;
  /** For `limit` only; GTC unless given. IOC and FOK never come to rest: what they leave is cancelled by the venue. */
  timeInForce?: TimeInForce;
  /** For `limit` only: refused where it would trade at once. */
  isPostOnly?: boolean;
};

/** The venue's word on one order. A stop-limit order may be reported as `stop`. `fills` is `null` where the reply carries none: ask `fetchFills`. */
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

/** Ways to learn what became of an order of which only the client order id is known. */
export type Lookup = 'order-by-client-id' | 'open-orders' | 'closed-orders' | 'trades';

/** An open position in contracts or on margin; `quantity` is above zero, in base units where the venue states its contracts' size. */
export type VenuePosition = {
  symbol: string;
  side: 'LONG' | 'SHORT';
  quantity: Money;
  entryPrice: Money | null;
  unrealizedPnl: Money | null;
};

/** Money that came or went. A deposit adds `amount - fee` to the account; a withdrawal takes `amount + fee` from it. */
export type VenueTransfer = {
  /** The venue's own id, unique among the account's transfers of its kind. */
  id: string;
  kind: 'deposit' | 'withdrawal';
  asset: string;
  amount: Money;
  fee: Money;
  feeCurrency: string;
  timeMs: number;
  status: 'done' | 'pending' | 'failed';
};

/** Which order is meant. At least one id; `sinceMs` bounds the search where a venue has no look-up by client id. */
export type OrderRef = { symbol: string; exchangeOrderId?: string; clientOrderId?: string; sinceMs: number };

/**
 * Orders and balances of one account. Placing with a client order id never happens twice by itself: no method retries.
 * Every method throws `ExchangeError`.
 */
export type AccountGateway = {
  venue: string;
  /** What the venue offers to find an order by its client order id, in the order in which `findOrder` asks. */
  lookups: readonly Lookup[];
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
  /**
   * Looks by exchange id where that is known, then through `lookups`. `undefined`: every one of them has answered, and
   * none knows the order. A look-up that failed is an error, never an absence; so is one that lists orders of that time
   * without client order ids.
   */
  findOrder(ref: OrderRef): Promise<VenueOrder | undefined>;
  fetchOpenOrders(symbol: string): Promise<VenueOrder[]>;
  fetchClosedOrders(symbol: string, sinceMs: number): Promise<VenueOrder[]>;
  /** Fills of one order, oldest first. */
  fetchFills(ref: OrderRef & { exchangeOrderId: string }): Promise<Fill[]>;
  /** All own trades of a symbol since a time, oldest first, with the exchange order id of each. */
  fetchTrades(symbol: string, sinceMs: number): Promise<(Fill & { exchangeOrderId: string })[]>;
  /** Open positions; none where the account holds assets alone. */
  fetchPositions(): Promise<VenuePosition[]>;
  /** Deposits and withdrawals since a time, oldest first; none where the venue does not tell. */
  fetchTransfers(sinceMs: number): Promise<VenueTransfer[]>;
};
