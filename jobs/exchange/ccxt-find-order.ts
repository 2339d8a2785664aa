import type { AccountSession } from './ccxt-session.ts';
import { fetchTrades, listClosedOrders, listOpenOrders, lookUpOrder } from './ccxt-orders.ts';
import { toVenueClientId } from './client-order-id.ts';
import type { Lookup, OrderRef, VenueOrder } from './gateway.ts';
import { lookupsOf } from './venue-lookups.ts';

/**
 * Returns the venue's word on an order: by exchange id where that is known, then by each look-up that the venue offers.
 * `undefined`: all have answered and none knows the order; right after placing that may still change. Throws as soon as
 * one fails: what was not answered is no absence.
 */
export async function findOrder(session: AccountSession, ref: OrderRef): Promise<VenueOrder | undefined> {
  const byId = ref.exchangeOrderId === undefined ? undefined : await lookUp(session, ref);
  if (byId) return byId;
  for (const lookup of lookupsOf(session.venue)) {
    const found = await LOOKUPS[lookup](session, ref);
    if (found) return { ...found, clientOrderId: ref.clientOrderId ?? found.clientOrderId };
  }
  return undefined;
}

type Search = (session: AccountSession, ref: OrderRef) => Promise<VenueOrder | undefined>;

const LOOKUPS: Readonly<Record<Lookup, Search>> = {
  'order-by-client-id': async (session, { symbol, sinceMs, clientOrderId }) =>
    clientOrderId === undefined ? undefined : lookUp(session, { symbol, sinceMs, clientOrderId }),
  'open-orders': async (session, ref) =>
    (await listOpenOrders(session, ref.symbol, filterOf(session, ref))).find(meantBy(session, ref)),
  'closed-orders': async (session, ref) => {
    const { symbol, sinceMs } = ref;
    const params = filterOf(session, ref);
    return (await listClosedOrders(session, { symbol, sinceMs, params })).find(meantBy(session, ref));
  },
  trades: searchTrades,
};

async function lookUp(session: AccountSession, ref: OrderRef): Promise<VenueOrder | undefined> {
  const found = await lookUpOrder(session, ref);
  if (!found || !meantBy(session, ref)(found)) return undefined;
  return { ...found, clientOrderId: ref.clientOrderId ?? found.clientOrderId };
}

/** Kraken narrows its lists to one client order id. */
function filterOf({ venue }: AccountSession, { clientOrderId }: OrderRef): Record<string, unknown> {
  return venue === 'kraken' && clientOrderId !== undefined ? { clientOrderId } : {};
}

/** Asks for every order that has traded since then, by its exchange id: trades seldom carry the client order id. */
async function searchTrades(session: AccountSession, ref: OrderRef): Promise<VenueOrder | undefined> {
  const { symbol, sinceMs } = ref;
  const trades = await fetchTrades(session, symbol, sinceMs);
  const ids = new Set(trades.map(({ exchangeOrderId }) => exchangeOrderId));
  for (const exchangeOrderId of ids) {
    const order = await lookUpOrder(session, { symbol, sinceMs, exchangeOrderId });
    if (order && meantBy(session, ref)(order)) return order;
  }
  return undefined;
}

function meantBy({ venue }: AccountSession, ref: OrderRef): (order: VenueOrder) => boolean {
  const { exchangeOrderId, clientOrderId } = ref;
  if (exchangeOrderId !== undefined) return (order) => order.exchangeOrderId === exchangeOrderId;
  if (clientOrderId === undefined) return () => false;
  const spellings = [clientOrderId, toVenueClientId(venue, clientOrderId)];
  return (order) => order.clientOrderId !== null && spellings.includes(order.clientOrderId);
}
