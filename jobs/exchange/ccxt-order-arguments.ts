import type { Money } from '../trading/decimal.ts';
import type { CcxtExchange } from './ccxt-client.ts';
import { toVenueClientId } from './client-order-id.ts';
import { ExchangeError } from './errors.ts';
import type { OrderRequest } from './gateway.ts';
import { toTicker } from './normalize-market.ts';

/** An order as ccxt's `createOrder` takes it. */
export type OrderArguments = {
  type: 'market' | 'limit';
  side: 'buy' | 'sell';
  amount: string;
  price: string | undefined;
  params: Record<string, unknown>;
};

/** Returns a request as ccxt takes it for this venue. Throws `rejected` for what the venue would not carry out as decided. */
export async function toOrderArguments(
  exchange: CcxtExchange,
  request: OrderRequest,
): Promise<OrderArguments> {
  const { symbol } = request;
  const common = {
    side: request.side === 'BUY' ? ('buy' as const) : ('sell' as const),
    amount: exactly('quantity', request.quantity, (text) => exchange.amountToPrecision(symbol, text)),
  };
  const params = {
    clientOrderId: toVenueClientId(exchange.id, request.clientOrderId),
    ...terms(exchange, request),
  };
  const toPrice = (price: Money) =>
    exactly('price', price, (text) => exchange.priceToPrecision(symbol, text));
  if (request.type === 'limit') {
    const price = toPrice(required(request.limitPrice, 'a limit price'));
    return { ...common, type: 'limit', price, params };
  }
  if (request.type === 'stop_limit') {
    const price = toPrice(required(request.limitPrice, 'a limit price'));
    const stopPrice = toPrice(required(request.stopPrice, 'a stop price'));
    return { ...common, type: 'limit', price, params: { ...params, [stopParameter(exchange)]: stopPrice } };
  }
  const price =
    common.side === 'buy' && needsPriceForMarketBuy(exchange) ? await askPrice(exchange, symbol) : undefined;
  if (request.type === 'market') return { ...common, type: 'market', price, params };
  const stopPrice = toPrice(required(request.stopPrice, 'a stop price'));
  return { ...common, type: 'market', price, params: { ...params, [stopParameter(exchange)]: stopPrice } };
}

/** How long a limit order stands and whether it may take; refused where ccxt does not know the venue to offer that. */
function terms(exchange: CcxtExchange, request: OrderRequest): Record<string, unknown> {
  const { timeInForce = 'GTC', isPostOnly = false } = request;
  if (timeInForce === 'GTC' && !isPostOnly) return {};
  const obstacle = obstacleTo(exchange, { timeInForce, isPostOnly, type: request.type });
  if (obstacle !== undefined) throw new ExchangeError('rejected', `${exchange.id}: ${obstacle}`);
  return isPostOnly ? { postOnly: true } : { timeInForce };
}

type Terms = Required<Pick<OrderRequest, 'timeInForce' | 'isPostOnly' | 'type'>>;

function obstacleTo(exchange: CcxtExchange, { timeInForce, isPostOnly, type }: Terms): string | undefined {
  if (type !== 'limit') return 'only limit orders have a time in force or are post-only';
  if (isPostOnly && timeInForce !== 'GTC') return `a post-only order cannot be ${timeInForce}`;
  const [name, words] = isPostOnly ? ['PO', 'post-only'] : [timeInForce, timeInForce];
  const isOffered = spotFeatures(exchange).timeInForce?.[name] === true;
  return isOffered ? undefined : `has no ${words} orders on its spot markets`;
}

type OrderFeatures = {
  timeInForce?: Record<string, unknown>;
  stopLossPrice?: unknown;
  triggerPrice?: unknown;
};

function spotFeatures({ features }: CcxtExchange): OrderFeatures {
  return (features as { spot?: { createOrder?: OrderFeatures } } | undefined)?.spot?.createOrder ?? {};
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
  const { stopLossPrice, triggerPrice } = spotFeatures(exchange);
  if (stopLossPrice === true) return 'stopLossPrice';
  if (triggerPrice === true) return 'triggerPrice';
  throw new ExchangeError('rejected', `${exchange.id} has no stop orders on its spot markets`);
}
