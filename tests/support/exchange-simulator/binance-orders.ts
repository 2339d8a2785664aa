import { BinanceError } from './binance-errors.ts';
import { marketId, requireMarket } from './binance-market.ts';
import { Amount, floorTo, NOTHING, print } from './decimals.ts';
import type { ExchangeEngine } from './engine.ts';
import {
  Refusal,
  type PlaceRequest,
  type SimulatedAccount,
  type SimulatedOrder,
  type SimulatedTrade,
} from './engine-types.ts';
import { takerPrice } from './fills.ts';
import { awaitsStop, isOpen } from './order-rules.ts';

type Params = Readonly<Record<string, string>>;
export type OrderCall = { engine: ExchangeEngine; account: SimulatedAccount; params: Params };

const TYPES = ['MARKET', 'LIMIT', 'LIMIT_MAKER', 'STOP_LOSS', 'STOP_LOSS_LIMIT'] as const;
const TIMES_IN_FORCE = ['GTC', 'IOC', 'FOK'] as const;

function required(params: Params, name: string): string {
  const value = params[name];
  if (value !== undefined && value !== '') return value;
  throw new BinanceError(-1102, `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`);
}

function oneOf<T extends string>(values: readonly T[], value: string, code: number): T {
  const found = values.find((candidate) => candidate === value);
  if (found === undefined) throw new BinanceError(code, 'Invalid orderType, side or timeInForce.');
  return found;
}

function decimalOf(params: Params, name: string): Amount {
  const text = required(params, name);
  if (!/^([0-9]{1,20})(\.[0-9]{1,20})?$/.test(text))
    throw new BinanceError(-1100, `Illegal characters found in parameter '${name}'.`);
  return new Amount(text);
}

export function placeOrder({ engine, account, params }: OrderCall): unknown {
  if (account.permissions?.trade === false)
    throw new BinanceError(-2015, 'Invalid API-key, IP, or permissions for action.', 401);
  const request = toRequest(engine, params);
  const order = engine.place(account, request);
  return placedDocument(engine, order, params['newOrderRespType'] ?? 'FULL');
}

const forbidden = (params: Params, names: string[]) => {
  const found = names.find((name) => params[name] !== undefined);
  if (found !== undefined) throw new BinanceError(-1106, `Parameter '${found}' sent when not required.`);
};

function toRequest(engine: ExchangeEngine, params: Params): PlaceRequest {
  const { symbol } = requireMarket(engine, params);
  const type = oneOf(TYPES, required(params, 'type'), -1116);
  const side = oneOf(['BUY', 'SELL'] as const, required(params, 'side'), -1117);
  const clientOrderId = params['newClientOrderId'] ?? `sim${engine.clock.now()}`;
  if (!/^[.A-Z:/a-z0-9_-]{1,36}$/.test(clientOrderId))
    throw new BinanceError(-1100, "Illegal characters found in parameter 'newClientOrderId'.");
  const common = { symbol, side, type, clientOrderId };
  if (type === 'MARKET') {
    forbidden(params, ['price', 'stopPrice', 'timeInForce']);
    return { ...common, quantity: marketQuantity(engine, params) };
  }
  const quantity = decimalOf(params, 'quantity');
  if (type === 'STOP_LOSS') {
    forbidden(params, ['price', 'timeInForce']);
    return { ...common, quantity, stopPrice: decimalOf(params, 'stopPrice') };
  }
  const timeInForce =
    type === 'LIMIT_MAKER' ? 'GTC' : oneOf(TIMES_IN_FORCE, required(params, 'timeInForce'), -1115);
  const limit = { ...common, quantity, price: decimalOf(params, 'price'), timeInForce };
  if (type === 'STOP_LOSS_LIMIT') return { ...limit, stopPrice: decimalOf(params, 'stopPrice') };
  forbidden(params, ['stopPrice']);
  return limit;
}

function marketQuantity(engine: ExchangeEngine, params: Params): Amount {
  if (params['quoteOrderQty'] === undefined) return decimalOf(params, 'quantity');
  const market = requireMarket(engine, params);
  const price = takerPrice(market, params['side'] === 'SELL' ? 'SELL' : 'BUY', engine.clock.now());
  return floorTo(decimalOf(params, 'quoteOrderQty').div(price), market.lotSize);
}

function placedDocument(engine: ExchangeEngine, order: SimulatedOrder, kind: string): unknown {
  const acknowledged = {
    symbol: marketId(engine.market(order.symbol)),
    orderId: order.id,
    orderListId: -1,
    clientOrderId: order.clientOrderId,
    transactTime: order.updatedMs,
  };
  if (kind === 'ACK') return acknowledged;
  const fills = order.trades.map((trade) => ({
    price: print(trade.price),
    qty: print(trade.quantity),
    commission: print(trade.fee),
    commissionAsset: trade.feeAsset,
    tradeId: trade.id,
  }));
  const result = {
    ...acknowledged,
    ...stateOf(order),
    workingTime: order.createdMs,
    selfTradePreventionMode: 'EXPIRE_MAKER',
  };
  return kind === 'FULL' ? { ...result, fills } : result;
}

function stateOf(order: SimulatedOrder): Record<string, unknown> {
  return {
    price: print(order.price ?? NOTHING),
    origQty: print(order.quantity),
    executedQty: print(order.filled),
    origQuoteOrderQty: '0.00000000',
    cummulativeQuoteQty: print(order.quoteFilled),
    status: order.status,
    timeInForce: order.timeInForce ?? 'GTC',
    type: order.type,
    side: order.side,
    ...(order.stopPrice ? { stopPrice: print(order.stopPrice) } : {}),
  };
}

function orderDocument(engine: ExchangeEngine, order: SimulatedOrder): unknown {
  return {
    symbol: marketId(engine.market(order.symbol)),
    orderId: order.id,
    orderListId: -1,
    clientOrderId: order.clientOrderId,
    stopPrice: '0.00000000',
    ...stateOf(order),
    icebergQty: '0.00000000',
    time: order.createdMs,
    updateTime: order.updatedMs,
    isWorking: !awaitsStop(order),
    workingTime: order.createdMs,
  };
}

/** The order that `orderId` or `origClientOrderId` names; of several with one client id the newest, as on Binance. */
function requireOrder({ engine, account, params }: OrderCall): SimulatedOrder {
  const { symbol } = requireMarket(engine, params);
  const { orderId, origClientOrderId } = params;
  if (orderId === undefined && origClientOrderId === undefined) {
    throw new BinanceError(
      -1102,
      "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!",
    );
  }
  const found = engine
    .orders(account, symbol)
    .findLast((order) =>
      orderId === undefined ? order.clientOrderId === origClientOrderId : String(order.id) === orderId,
    );
  if (!found) throw new Refusal('no-such-order');
  return found;
}

export function getOrder(call: OrderCall): unknown {
  return orderDocument(call.engine, requireOrder(call));
}

/** As on Binance, the reply's client order id is a new one and the order's own is `origClientOrderId`. */
export function cancelOrder(call: OrderCall): unknown {
  const order = findToCancel(call);
  call.engine.cancel(call.account, order);
  const document = orderDocument(call.engine, order) as Record<string, unknown>;
  return {
    ...document,
    origClientOrderId: order.clientOrderId,
    clientOrderId: `cancel${order.id}`,
    transactTime: order.updatedMs,
  };
}

function findToCancel(call: OrderCall): SimulatedOrder {
  try {
    return requireOrder(call);
  } catch (error) {
    throw error instanceof Refusal && error.code === 'no-such-order' ? new Refusal('not-open') : error;
  }
}

export function openOrders({ engine, account, params }: OrderCall): unknown {
  const symbol = params['symbol'] === undefined ? undefined : requireMarket(engine, params).symbol;
  return engine
    .orders(account, symbol)
    .filter(isOpen)
    .map((order) => orderDocument(engine, order));
}

function limitOf(params: Params): number {
  return Math.min(Number(params['limit'] ?? 500), 1000);
}

/** The oldest since `startTime`, or the newest without it. */
function page<T>(rows: T[], params: Params, timeOf: (row: T) => number): T[] {
  const { startTime, endTime } = params;
  if (startTime !== undefined && endTime !== undefined && Number(endTime) - Number(startTime) > 86_400_000) {
    throw new BinanceError(-1127, 'More than 24 hours between startTime and endTime.');
  }
  const within = rows.filter(
    (row) => timeOf(row) >= Number(startTime ?? 0) && timeOf(row) <= Number(endTime ?? Infinity),
  );
  return startTime === undefined ? within.slice(-limitOf(params)) : within.slice(0, limitOf(params));
}

export function allOrders({ engine, account, params }: OrderCall): unknown {
  const { symbol } = requireMarket(engine, params);
  return page(engine.orders(account, symbol), params, (order) => order.createdMs).map((order) =>
    orderDocument(engine, order),
  );
}

export function myTrades({ engine, account, params }: OrderCall): unknown {
  const market = requireMarket(engine, params);
  const trades = engine
    .orders(account, market.symbol)
    .filter((order) => params['orderId'] === undefined || String(order.id) === params['orderId'])
    .flatMap((order) => order.trades)
    .sort((a, b) => a.timeMs - b.timeMs || a.id - b.id);
  return page(trades, params, (trade) => trade.timeMs).map((trade) => tradeDocument(trade, marketId(market)));
}

function tradeDocument(trade: SimulatedTrade, symbol: string): unknown {
  return {
    symbol,
    id: trade.id,
    orderId: trade.orderId,
    orderListId: -1,
    price: print(trade.price),
    qty: print(trade.quantity),
    quoteQty: print(trade.quoteQuantity),
    commission: print(trade.fee),
    commissionAsset: trade.feeAsset,
    time: trade.timeMs,
    isBuyer: trade.side === 'BUY',
    isMaker: trade.isMaker,
    isBestMatch: true,
  };
}
