import { Amount, NOTHING, print } from './decimals.ts';
import type { ExchangeEngine } from './engine.ts';
import { Refusal, type PlaceRequest, type SimulatedAccount, type SimulatedOrder } from './engine-types.ts';
import { KrakenError } from './kraken-errors.ts';
import { pairNameOf, requireMarket } from './kraken-market.ts';
import { isOpen } from './order-rules.ts';

type Params = Readonly<Record<string, string>>;
export type KrakenCall = { engine: ExchangeEngine; account: SimulatedAccount; params: Params };

export function orderIdOf(id: number): string {
  return `OSIMUL-00000-${String(id).padStart(6, '0')}`;
}

export function tradeIdOf(id: number): string {
  return `TSIMUL-00000-${String(id).padStart(6, '0')}`;
}

/** Seconds with a fraction, as Kraken states times; never rounded down to the millisecond before. */
export function toSeconds(timeMs: number): number {
  return Number(`${Math.floor(timeMs / 1000)}.${String(timeMs % 1000).padStart(3, '0')}1`);
}

const ORDER_TYPES = ['market', 'limit', 'stop-loss', 'stop-loss-limit'] as const;
type KrakenType = (typeof ORDER_TYPES)[number];

export function addOrder({ engine, account, params }: KrakenCall): unknown {
  if (account.permissions?.trade === false) throw new KrakenError('EGeneral:Permission denied');
  const request = toRequest(engine, params);
  const order = engine.place(account, request);
  return { txid: [orderIdOf(order.id)], descr: { order: sentenceOf(engine, order) } };
}

function toRequest(engine: ExchangeEngine, params: Params): PlaceRequest {
  const { symbol } = requireMarket(engine, params);
  const type = toType(params);
  const side = params['type'] === 'buy' ? 'BUY' : 'SELL';
  const clientOrderId = params['cl_ord_id'] ?? '';
  if (clientOrderId.length > 18) throw new KrakenError('EGeneral:Invalid arguments:cl_ord_id');
  const common = { symbol, side, clientOrderId, quantity: figure(params, 'volume') } as const;
  if (type === 'market') return { ...common, type: 'MARKET' };
  if (type === 'stop-loss') return { ...common, type: 'STOP_LOSS', stopPrice: figure(params, 'price') };
  if (type === 'stop-loss-limit') {
    const prices = { stopPrice: figure(params, 'price'), price: figure(params, 'price2') };
    return { ...common, type: 'STOP_LOSS_LIMIT', ...prices, timeInForce: 'GTC' };
  }
  const isPostOnly = (params['oflags'] ?? '').split(',').includes('post');
  return {
    ...common,
    type: isPostOnly ? 'LIMIT_MAKER' : 'LIMIT',
    price: figure(params, 'price'),
    timeInForce: toTimeInForce(params['timeinforce']),
  };
}

function toType(params: Params): KrakenType {
  const found = ORDER_TYPES.find((name) => name === params['ordertype']);
  if (found === undefined) throw new KrakenError('EGeneral:Invalid arguments:ordertype');
  return found;
}

function toTimeInForce(value = 'GTC'): 'GTC' | 'IOC' | 'FOK' {
  const known = (['GTC', 'IOC', 'FOK'] as const).find((each) => each === value);
  if (!known) throw new KrakenError('EGeneral:Invalid arguments:timeinforce');
  return known;
}

function figure(params: Params, name: string): Amount {
  const text = params[name] ?? '';
  if (!/^[0-9]{1,20}(\.[0-9]{1,20})?$/.test(text))
    throw new KrakenError(`EGeneral:Invalid arguments:${name}`);
  return new Amount(text);
}

export function krakenTypeOf({ type }: SimulatedOrder): KrakenType {
  if (type === 'MARKET') return 'market';
  if (type === 'STOP_LOSS') return 'stop-loss';
  return type === 'STOP_LOSS_LIMIT' ? 'stop-loss-limit' : 'limit';
}

function sentenceOf(engine: ExchangeEngine, order: SimulatedOrder): string {
  const pair = pairNameOf(engine.market(order.symbol));
  const start = `${order.side.toLowerCase()} ${print(order.quantity)} ${pair} @`;
  if (order.type === 'MARKET') return `${start} market`;
  const [stop, limit] = [print(order.stopPrice ?? NOTHING), print(order.price ?? NOTHING)];
  if (order.type === 'STOP_LOSS') return `${start} stop loss ${stop}`;
  return order.type === 'STOP_LOSS_LIMIT'
    ? `${start} stop loss ${stop} -> limit ${limit}`
    : `${start} limit ${limit}`;
}

export function cancelOrder(call: KrakenCall): unknown {
  const { engine, account, params } = call;
  const order = engine
    .orders(account)
    .findLast((each) =>
      params['cl_ord_id'] === undefined
        ? orderIdOf(each.id) === params['txid']
        : each.clientOrderId === params['cl_ord_id'] && isOpen(each),
    );
  if (!order) throw new Refusal('no-such-order');
  engine.cancel(account, order);
  return { count: 1 };
}

const STATUS = {
  NEW: 'open',
  PARTIALLY_FILLED: 'open',
  FILLED: 'closed',
  CANCELED: 'canceled',
  EXPIRED: 'expired',
} as const;

function description(engine: ExchangeEngine, order: SimulatedOrder): unknown {
  const price = order.stopPrice ?? order.price;
  const limit = order.type === 'STOP_LOSS_LIMIT' ? order.price : undefined;
  return {
    pair: pairNameOf(engine.market(order.symbol)),
    type: order.side.toLowerCase(),
    ordertype: krakenTypeOf(order),
    price: price ? print(price) : '0',
    price2: limit ? print(limit) : '0',
    leverage: 'none',
    order: sentenceOf(engine, order),
    close: '',
  };
}

/** An order as Kraken's lists state it, with the ids of its trades where they were asked for. */
export function orderDocument({ engine, params }: KrakenCall, order: SimulatedOrder): unknown {
  const fee = order.trades.reduce((total, trade) => total.plus(trade.fee), new Amount(0));
  const average = order.filled.isZero() ? NOTHING : order.quoteFilled.div(order.filled);
  return {
    refid: null,
    userref: null,
    cl_ord_id: order.clientOrderId === '' ? null : order.clientOrderId,
    status: STATUS[order.status],
    reason: order.status === 'CANCELED' ? 'User requested' : null,
    opentm: toSeconds(order.createdMs),
    ...(isOpen(order) ? {} : { closetm: toSeconds(order.updatedMs) }),
    starttm: 0,
    expiretm: 0,
    descr: description(engine, order),
    vol: print(order.quantity),
    vol_exec: print(order.filled),
    cost: print(order.quoteFilled),
    fee: print(fee),
    price: average.toFixed(8),
    stopprice: '0.00000',
    limitprice: '0.00000',
    misc: '',
    oflags: order.type === 'LIMIT_MAKER' ? 'fciq,post' : 'fciq',
    ...(params['trades'] === 'true' ? { trades: order.trades.map((trade) => tradeIdOf(trade.id)) } : {}),
  };
}

export function queryOrders(call: KrakenCall): unknown {
  const { engine, account, params } = call;
  const wanted = (params['txid'] ?? '').split(',');
  const found = engine.orders(account).filter((order) => wanted.includes(orderIdOf(order.id)));
  if (found.length < wanted.length) throw new Refusal('no-such-order');
  return documents(call, found);
}

function documents(call: KrakenCall, orders: SimulatedOrder[]): Record<string, unknown> {
  return Object.fromEntries(orders.map((order) => [orderIdOf(order.id), orderDocument(call, order)]));
}

function isAsked({ params }: KrakenCall): (order: SimulatedOrder) => boolean {
  const id = params['cl_ord_id'];
  return (order) => id === undefined || order.clientOrderId === id;
}

export function openOrders(call: KrakenCall): unknown {
  const open = call.engine.orders(call.account).filter((order) => isOpen(order) && isAsked(call)(order));
  return { open: documents(call, open.reverse()) };
}

const MOST_ROWS = 50;

/** One page of at most 50 rows, and how many there are. */
export function pageOf<T>(rows: T[], params: Params): { page: T[]; count: number } {
  const offset = Number(params['ofs'] ?? 0);
  return { page: rows.slice(offset, offset + MOST_ROWS), count: rows.length };
}

/** Whether a time lies after `start` and not after `end`, both in seconds. */
export function isWithin(params: Params, timeMs: number): boolean {
  const seconds = toSeconds(timeMs);
  return seconds > Number(params['start'] ?? 0) && seconds <= Number(params['end'] ?? Infinity);
}

/** The newest first; those that were opened or closed within the time asked for. */
export function closedOrders(call: KrakenCall): unknown {
  const { engine, account, params } = call;
  const closed = engine
    .orders(account)
    .filter((order) => !isOpen(order) && isAsked(call)(order))
    .filter((order) => isWithin(params, order.createdMs) || isWithin(params, order.updatedMs))
    .sort((a, b) => b.updatedMs - a.updatedMs || b.id - a.id);
  const { page, count } = pageOf(closed, params);
  return { closed: documents(call, page), count };
}
