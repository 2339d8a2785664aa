import { z } from 'zod';
import type { CcxtExchange, FetchList } from './ccxt-client.ts';
import { getMarket } from './ccxt-markets.ts';
import { collectPages, type PageRequest } from './ccxt-paging.ts';
import type { AccountSession } from './ccxt-session.ts';
import { fromVenueClientId, toVenueClientId } from './client-order-id.ts';
import type { OrderRef, VenueOrder } from './gateway.ts';
import type { Fill } from '../trading/types.ts';
import { isUnknownOrder } from './map-error.ts';
import { toTrades, toVenueOrder, type OrderContext } from './normalize.ts';

/** Returns one order, asked for by exchange id or else by client order id; `undefined` where the venue knows none. */
export async function lookUpOrder(session: AccountSession, ref: OrderRef): Promise<VenueOrder | undefined> {
  const context = await contextOf(session, ref.symbol);
  const { symbol, exchangeOrderId, clientOrderId = '' } = ref;
  const params =
    exchangeOrderId === undefined ? { clientOrderId: toVenueClientId(session.venue, clientOrderId) } : {};
  return session.call('read', async (exchange) => {
    if (exchange.has['fetchOrder'] !== true) return undefined;
    try {
      return toOrder(await exchange.fetchOrder(exchangeOrderId, symbol, params), session.venue, context);
    } catch (error) {
      if (isUnknownOrder(error)) return undefined;
      throw error;
    }
  });
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
        session.call('read', async (exchange) => {
          const raw = await fetchPage(list(exchange), { page, params, symbol: context.symbol });
          return { rows: toOrders(raw, session.venue, context), sent: raw.length };
        }),
    });
    for (const order of found) orders.set(order.exchangeOrderId, order);
  }
  return [...orders.values()].filter(
    ({ status, timeMs }) => status !== 'open' && status !== 'partially_filled' && timeMs >= sinceMs,
  );
}

/** The full list where a venue has one, since many leave cancelled orders out of the closed ones. */
function closedLists({ has }: CcxtExchange): ((exchange: CcxtExchange) => FetchList)[] {
  if (has['fetchOrders'] === true) return [(source) => source.fetchOrders.bind(source)];
  const [isClosed, isCanceled] = [Boolean(has['fetchClosedOrders']), has['fetchCanceledOrders'] === true];
  if (has['fetchCanceledAndClosedOrders'] === true && !(isClosed && isCanceled)) {
    return [(source) => source.fetchCanceledAndClosedOrders.bind(source)];
  }
  return [
    ...(isClosed ? [(source: CcxtExchange) => source.fetchClosedOrders.bind(source)] : []),
    ...(isCanceled ? [(source: CcxtExchange) => source.fetchCanceledOrders.bind(source)] : []),
  ];
}

type OwnTrade = Fill & { exchangeOrderId: string };

/** Returns the account's own trades of a symbol since a time, oldest first. */
export async function fetchTrades(
  session: AccountSession,
  symbol: string,
  sinceMs: number,
): Promise<OwnTrade[]> {
  const context = await contextOf(session, symbol);
  const trades = await collectPages({
    venue: session.venue,
    sinceMs,
    idOf: (trade: OwnTrade) => trade.tradeId,
    fetchPage: (page) =>
      session.call('read', async (exchange) => {
        const raw = await fetchPage(exchange.fetchMyTrades.bind(exchange), { page, params: {}, symbol });
        return { rows: toTrades(raw, context), sent: raw.length };
      }),
  });
  return trades.filter(({ timeMs }) => timeMs >= sinceMs);
}

type Asked = { page: PageRequest; params: Record<string, unknown>; symbol: string };

/**
 * Fetches one page. Where pages are counted by offset (Kraken), ccxt must not leave out rows itself, neither by symbol
 * nor by time, or a full page would look like the last one.
 */
async function fetchPage(fetchList: FetchList, { page, params, symbol }: Asked): Promise<unknown[]> {
  const { sinceMs, untilMs, offset } = page;
  if (offset !== undefined) {
    const start = Math.floor(sinceMs / 1000);
    const asked = { ...params, start, ...(offset > 0 ? { ofs: offset } : {}) };
    return z.array(z.unknown()).parse(await fetchList(undefined, undefined, undefined, asked));
  }
  const until = untilMs ? { until: untilMs } : {};
  return z.array(z.unknown()).parse(await fetchList(symbol, sinceMs, undefined, { ...params, ...until }));
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
