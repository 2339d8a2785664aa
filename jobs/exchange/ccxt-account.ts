import type { Money } from '../trading/decimal.ts';
import type { Fill } from '../trading/types.ts';
import type { CcxtExchange, ClientOptions, Credentials } from './ccxt-client.ts';
import { findOrder } from './ccxt-find-order.ts';
import { fetchPositions, fetchTransfers } from './ccxt-holdings.ts';
import { getMarket } from './ccxt-markets.ts';
import { fetchTrades, listClosedOrders, listOpenOrders } from './ccxt-orders.ts';
import { openSession, type AccountSession } from './ccxt-session.ts';
import { lookupsOf } from './venue-lookups.ts';
import { toVenueClientId } from './client-order-id.ts';
import { ExchangeError } from './errors.ts';
import type { AccountGateway, KeyPermissions, OrderRef, OrderRequest, VenueOrder } from './gateway.ts';
import { toBalances, toPermissions, toVenueOrder } from './normalize.ts';
import { toTicker } from './normalize-market.ts';

export type AccountOptions = ClientOptions & { credentials: Credentials };

/** Returns orders and balances of one account at a venue of ccxt. Nothing is loaded or sent before the first call. */
export function createCcxtAccount(options: AccountOptions): AccountGateway {
  const session = openSession(options);
  return {
    venue: options.venue,
    lookups: lookupsOf(options.venue),
    fetchBalances: () => session.call('read', async (exchange) => toBalances(await exchange.fetchBalance())),
    fetchPermissions: () => fetchPermissions(session),
    placeOrder: (request) => placeOrder(session, request),
    cancelOrder: (ref) => cancelOrder(session, ref),
    findOrder: (ref) => findOrder(session, ref),
    fetchOpenOrders: (symbol) => listOpenOrders(session, symbol),
    fetchClosedOrders: (symbol, sinceMs) => listClosedOrders(session, { symbol, sinceMs }),
    fetchFills: async (ref) => {
      const trades = await fetchTrades(session, ref.symbol, ref.sinceMs - CLOCK_SLACK_MS);
      return trades.filter((trade) => trade.exchangeOrderId === ref.exchangeOrderId).map(toFill);
    },
    fetchTrades: (symbol, sinceMs) => fetchTrades(session, symbol, sinceMs),
    fetchPositions: () => fetchPositions(session),
    fetchTransfers: (sinceMs) => fetchTransfers(session, sinceMs),
  };
}

function toFill({ tradeId, side, quantity, price, fee, feeCurrency, timeMs }: Fill): Fill {
  return { tradeId, side, quantity, price, fee, feeCurrency, timeMs };
}

/** An order's first trade may bear a time before ours for its placing, where the two clocks differ. */
const CLOCK_SLACK_MS = 60_000;

/** Only Binance says what a key may do; a venue that refuses or lacks the question leaves it unknown. */
async function fetchPermissions(session: AccountSession): Promise<KeyPermissions | null> {
  if (session.venue !== 'binance') return null;
  try {
    return await session.call('read', async (exchange) =>
      toPermissions(await exchange.sapiGetAccountApiRestrictions?.()),
    );
  } catch (error) {
    if (error instanceof ExchangeError && error.kind === 'auth') throw error;
    return null;
  }
}

async function placeOrder(session: AccountSession, request: OrderRequest): Promise<VenueOrder> {
  const market = getMarket(await session.table(), request.symbol);
  const args = await session.call('read', (exchange) => toOrderArguments(exchange, request));
  return session.call('place', async (exchange) => {
    const { type, side, amount, price, params } = args;
    const raw = await exchange.createOrder(request.symbol, type, side, amount, price, params);
    const context = {
      symbol: request.symbol,
      nowMs: session.clock.now(),
      quoteCurrency: market.quote,
      request,
    };
    return { ...toVenueOrder(raw, context), clientOrderId: request.clientOrderId };
  });
}

type OrderArguments = {
  type: 'market' | 'limit';
  side: 'buy' | 'sell';
  amount: string;
  price: string | undefined;
  params: Record<string, unknown>;
};

async function toOrderArguments(exchange: CcxtExchange, request: OrderRequest): Promise<OrderArguments> {
  const { symbol, type } = request;
  const side = request.side === 'BUY' ? 'buy' : 'sell';
  const amount = exactly('quantity', request.quantity, (text) => exchange.amountToPrecision(symbol, text));
  const clientOrderId = toVenueClientId(exchange.id, request.clientOrderId);
  const toPrice = (price: Money) =>
    exactly('price', price, (text) => exchange.priceToPrecision(symbol, text));
  if (type === 'limit') {
    return {
      type,
      side,
      amount,
      price: toPrice(required(request.limitPrice, 'a limit price')),
      params: { clientOrderId },
    };
  }
  const price =
    side === 'buy' && needsPriceForMarketBuy(exchange) ? await askPrice(exchange, symbol) : undefined;
  if (type === 'market') return { type, side, amount, price, params: { clientOrderId } };
  const stopPrice = toPrice(required(request.stopPrice, 'a stop price'));
  return {
    type: 'market',
    side,
    amount,
    price,
    params: { clientOrderId, [stopParameter(exchange)]: stopPrice },
  };
}

function required(value: Money | undefined, what: string): Money {
  if (value) return value;
  throw new ExchangeError('rejected', `The order needs ${what}`);
}

/** Returns a figure as ccxt will send it. Refuses one that ccxt would change: an order is sent as decided, or not at all. */
function exactly(what: string, value: Money, toPrecision: (text: string) => string): string {
  const asked = value.toFixed();
  const sent = toPrecision(asked);
  if (value.eq(sent)) return sent;
  throw new ExchangeError(
    'rejected',
    `The order's ${what} ${asked} is not a multiple of the market's step (nearest: ${sent})`,
  );
}

/**
 * Some venues take market buys as an amount of quote only; ccxt then wants a price and sends quantity x price. Anywhere
 * else a price must not be given: Binance would be sent a quote amount in place of the quantity.
 */
function needsPriceForMarketBuy({ options }: CcxtExchange): boolean {
  const name = 'createMarketBuyOrderRequiresPrice';
  const ofOrders = options['createOrder'];
  const nested: unknown =
    typeof ofOrders === 'object' && ofOrders !== null && name in ofOrders ? ofOrders[name] : undefined;
  return (nested ?? options[name]) === true;
}

async function askPrice(exchange: CcxtExchange, symbol: string): Promise<string> {
  return toTicker(await exchange.fetchTicker(symbol), 0).ask.toFixed();
}

/** ccxt's unified name for a stop differs by venue: `stopLossPrice` where both exist, since it states the direction too. */
function stopParameter(exchange: CcxtExchange): string {
  const features = JSON.stringify(
    (exchange.features as { spot?: { createOrder?: unknown } } | undefined)?.spot?.createOrder ?? {},
  );
  if (features.includes('"stopLossPrice":true')) return 'stopLossPrice';
  if (features.includes('"triggerPrice":true')) return 'triggerPrice';
  throw new ExchangeError('rejected', `${exchange.id} has no stop orders on its spot markets`);
}

/** Venues where an order can be cancelled by client order id alone. */
const CANCELS_BY_CLIENT_ID = new Set([
  'binance',
  'binanceus',
  'kraken',
  'okx',
  'myokx',
  'okxus',
  'bitget',
  'mexc',
]);

async function cancelOrder(session: AccountSession, ref: OrderRef): Promise<void> {
  const { symbol, clientOrderId } = ref;
  const byClientId = clientOrderId !== undefined && CANCELS_BY_CLIENT_ID.has(session.venue);
  const exchangeOrderId =
    ref.exchangeOrderId ?? (byClientId ? undefined : (await findOrder(session, ref))?.exchangeOrderId);
  if (exchangeOrderId === undefined && !byClientId) {
    throw new ExchangeError('rejected', `${session.venue}: there is no such order to cancel`);
  }
  const params = exchangeOrderId === undefined ? { clientOrderId } : {};
  await session.call('cancel', (exchange) => exchange.cancelOrder(exchangeOrderId, symbol, params));
}
