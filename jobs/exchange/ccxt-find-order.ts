import { z } from 'zod';
import { getMarket } from './ccxt-markets.ts';
import type { CcxtExchange, FetchList } from './ccxt-client.ts';
import { collectPages, type PageRequest } from './ccxt-paging.ts';
import type { AccountSession } from './ccxt-session.ts';
import { fromVenueClientId, toVenueClientId } from './client-order-id.ts';
import type { OrderRef, VenueOrder } from './gateway.ts';
import { classChain } from './map-error.ts';
import { toVenueOrder, type OrderContext } from './normalize.ts';

/** Venues whose `fetchOrder` in ccxt takes our client order id. Elsewhere the lists are searched. */
const LOOKS_UP_CLIENT_ID = new Set(
  'binance binanceus bitget bitvavo gate gateeu htx mexc myokx okx okxus woo'.split(' '),
);

/**
 * Returns the venue's word on an order: by exchange id, else by client order id, else from the open and the closed orders
 * since `sinceMs`. `undefined`: the venue knows none; right after placing that may still change.
 */
export async function findOrder(session: AccountSession, ref: OrderRef): Promise<VenueOrder | undefined> {
  const { exchangeOrderId, clientOrderId } = ref;
  const lookUp =
    exchangeOrderId !== undefined || (clientOrderId !== undefined && LOOKS_UP_CLIENT_ID.has(session.venue));
  const found = lookUp ? await lookUpOrder(session, ref) : undefined;
  if (found && isMeant(found, ref, session.venue))
    return { ...found, clientOrderId: clientOrderId ?? found.clientOrderId };
  return searchLists(session, ref);
}

async function lookUpOrder(session: AccountSession, ref: OrderRef): Promise<VenueOrder | undefined> {
  const context = await contextOf(session, ref.symbol);
  return session.call('read', async (exchange) => {
    if (exchange.has['fetchOrder'] !== true) return undefined;
    const params = ref.exchangeOrderId === undefined ? { clientOrderId: clientIdOf(session, ref) } : {};
    try {
      return toOrder(
        await exchange.fetchOrder(ref.exchangeOrderId, ref.symbol, params),
        session.venue,
        context,
      );
    } catch (error) {
      if (classChain(error).includes('OrderNotFound')) return undefined;
      throw error;
    }
  });
}

function clientIdOf(session: AccountSession, ref: OrderRef): string {
  return toVenueClientId(session.venue, ref.clientOrderId ?? '');
}

function isMeant(order: VenueOrder, ref: OrderRef, venue: string): boolean {
  if (ref.exchangeOrderId !== undefined) return order.exchangeOrderId === ref.exchangeOrderId;
  if (ref.clientOrderId === undefined) return false;
  return (
    order.clientOrderId === ref.clientOrderId ||
    order.clientOrderId === toVenueClientId(venue, ref.clientOrderId)
  );
}

async function searchLists(session: AccountSession, ref: OrderRef): Promise<VenueOrder | undefined> {
  const meant = (order: VenueOrder) => isMeant(order, ref, session.venue);
  const params =
    session.venue === 'kraken' && ref.clientOrderId !== undefined ? { clientOrderId: ref.clientOrderId } : {};
  const found =
    (await listOpenOrders(session, ref.symbol, params)).find(meant) ??
    (await listClosedOrders(session, { symbol: ref.symbol, sinceMs: ref.sinceMs, params })).find(meant);
  return found && { ...found, clientOrderId: ref.clientOrderId ?? found.clientOrderId };
}

/** Returns the open orders of a symbol. */
export async function listOpenOrders(
  session: AccountSession,
  symbol: string,
  params = {},
): Promise<VenueOrder[]> {
  const context = await contextOf(session, symbol);
  return session.call('read', async (exchange) =>
    toOrders(await exchange.fetchOpenOrders(symbol, undefined, undefined, params), session.venue, context),
  );
}

type ClosedQuery = { symbol: string; sinceMs: number; params?: Record<string, unknown> };

/** Returns the orders of a symbol placed since a time that are no longer open, cancelled ones too, oldest first. */
export async function listClosedOrders(session: AccountSession, asked: ClosedQuery): Promise<VenueOrder[]> {
  const { sinceMs, params = {} } = asked;
  const context = await contextOf(session, asked.symbol);
  const lists = await session.call('read', (exchange) => Promise.resolve(closedLists(exchange)));
  const orders = new Map<string, VenueOrder>();
  for (const list of lists) {
    const found = await collectPages({
      venue: session.venue,
      sinceMs,
      idOf: (order: VenueOrder) => order.exchangeOrderId,
      fetchPage: (page) =>
        session.call('read', (exchange) =>
          fetchPage(list(exchange), { page, params, context, venue: session.venue }),
        ),
    });
    for (const order of found) orders.set(order.exchangeOrderId, order);
  }
  return [...orders.values()].filter(({ status }) => status !== 'open' && status !== 'partially_filled');
}

/** The full list where a venue has one, since many leave cancelled orders out of the closed ones. */
function closedLists(exchange: CcxtExchange): ((exchange: CcxtExchange) => FetchList)[] {
  if (exchange.has['fetchOrders'] === true) return [(source) => source.fetchOrders.bind(source)];
  const canceled = exchange.has['fetchCanceledOrders'] === true;
  return [
    (source) => source.fetchClosedOrders.bind(source),
    ...(canceled ? [(source: CcxtExchange) => source.fetchCanceledOrders.bind(source)] : []),
  ];
}

type Asked = { page: PageRequest; params: Record<string, unknown>; context: OrderContext; venue: string };

async function fetchPage(fetchList: FetchList, asked: Asked): Promise<{ rows: VenueOrder[]; sent: number }> {
  const { page, context } = asked;
  const paging = {
    ...(page.offset ? { ofs: page.offset } : {}),
    ...(page.untilMs ? { until: page.untilMs } : {}),
  };
  const symbol = page.offset === undefined ? context.symbol : undefined;
  const raw = await fetchList(symbol, page.sinceMs, undefined, { ...asked.params, ...paging });
  return { rows: toOrders(raw, asked.venue, context), sent: Array.isArray(raw) ? raw.length : 0 };
}

async function contextOf(session: AccountSession, symbol: string): Promise<OrderContext> {
  const { quote } = getMarket(await session.table(), symbol);
  return { symbol, nowMs: session.clock.now(), quoteCurrency: quote };
}

const ofSomeSymbol = z.looseObject({ symbol: z.string().nullish() });

function toOrders(raw: unknown, venue: string, context: OrderContext): VenueOrder[] {
  return z
    .array(ofSomeSymbol)
    .parse(raw)
    .filter((order) => (order.symbol ?? context.symbol) === context.symbol)
    .map((order) => toOrder(order, venue, context));
}

function toOrder(raw: unknown, venue: string, context: OrderContext): VenueOrder {
  const order = toVenueOrder(raw, context);
  return {
    ...order,
    clientOrderId: order.clientOrderId === null ? null : fromVenueClientId(venue, order.clientOrderId),
  };
}
