import type { AccountSession } from './ccxt-session.ts';
import { fetchTrades, listClosedOrders, listOpenOrders, lookUpOrder } from './ccxt-orders.ts';
import { toVenueClientId } from './client-order-id.ts';
import { ExchangeError } from './errors.ts';
import type { Lookup, OrderRef, VenueOrder } from './gateway.ts';
import { lookupsOf } from './venue-lookups.ts';

/**
 * Returns the venue's word on an order: by exchange id where that is known, then by each look-up that the venue offers.
 * `undefined`: all have answered and none knows the order; right after placing that may still change. Throws as soon as
 * one fails, and where the venue lists orders of that time without their client order ids: neither is an absence.
 */
export async function findOrder(session: AccountSession, ref: OrderRef): Promise<VenueOrder | undefined> {
  const isMeant = meantBy(session, ref);
  const named = (order: VenueOrder) => ({
    ...order,
    clientOrderId: ref.clientOrderId ?? order.clientOrderId,
  });
  const byId = ref.exchangeOrderId === undefined ? undefined : await lookUpOrder(session, ref);
  if (byId && isMeant(byId)) return named(byId);
  let isUnclear = false;
  for (const lookup of lookupsOf(session.venue)) {
    const orders = await LOOKUPS[lookup](session, ref);
    const found = orders.find(isMeant);
    if (found) return named(found);
    isUnclear ||= orders.some(mayBe(ref));
  }
  if (isUnclear) {
    const words =
      'lists orders without their client order ids, so that one of them may be the one looked for';
    throw new ExchangeError('transient', `${session.venue} ${words}`);
  }
  return undefined;
}

/** Returns the orders among which the one looked for would be. */
type Search = (session: AccountSession, ref: OrderRef) => Promise<VenueOrder[]>;

const LOOKUPS: Readonly<Record<Lookup, Search>> = {
  'order-by-client-id': async (session, { symbol, sinceMs, clientOrderId }) => {
    if (clientOrderId === undefined) return [];
    const found = await lookUpOrder(session, { symbol, sinceMs, clientOrderId });
    return found ? [found] : [];
  },
  'open-orders': (session, ref) => listOpenOrders(session, ref.symbol, filterOf(session, ref)),
  'closed-orders': (session, ref) => {
    const { symbol, sinceMs } = ref;
    return listClosedOrders(session, { symbol, sinceMs, params: filterOf(session, ref) });
  },
  trades: listTradedOrders,
};

/** Kraken narrows its lists to one client order id. */
function filterOf({ venue }: AccountSession, { clientOrderId }: OrderRef): Record<string, unknown> {
  return venue === 'kraken' && clientOrderId !== undefined ? { clientOrderId } : {};
}

/** Asks for every order that has traded since then, by its exchange id: trades seldom carry the client order id. */
async function listTradedOrders(session: AccountSession, ref: OrderRef): Promise<VenueOrder[]> {
  const { symbol, sinceMs } = ref;
  const trades = await fetchTrades(session, symbol, sinceMs);
  const orders: VenueOrder[] = [];
  for (const exchangeOrderId of new Set(trades.map((trade) => trade.exchangeOrderId))) {
    const order = await lookUpOrder(session, { symbol, sinceMs, exchangeOrderId });
    if (order) orders.push(order);
  }
  return orders;
}

function meantBy({ venue }: AccountSession, ref: OrderRef): (order: VenueOrder) => boolean {
  const { exchangeOrderId, clientOrderId } = ref;
  if (exchangeOrderId !== undefined) return (order) => order.exchangeOrderId === exchangeOrderId;
  if (clientOrderId === undefined) return () => false;
  const spellings = [clientOrderId, toVenueClientId(venue, clientOrderId)];
  return (order) => order.clientOrderId !== null && spellings.includes(order.clientOrderId);
}

/** An order of that time whose client order id the venue keeps to itself may be the one that is meant. */
function mayBe({ exchangeOrderId, sinceMs }: OrderRef): (order: VenueOrder) => boolean {
  return (order) => exchangeOrderId === undefined && order.clientOrderId === null && order.timeMs >= sinceMs;
}
