import { listNotedOrders } from '../../db/queries/account-changes.ts';
import { listBookedTrades, listKnownOrders, type KnownOrder } from '../../db/queries/foreign-orders.ts';
import type { ReconciledAccount } from '../../db/queries/reconciliation.ts';
import type { Deps } from '../deps.ts';
import type { AccountGateway, VenueOrder } from '../exchange/gateway.ts';
import type { Fill } from '../trading/types.ts';

export type VenueTrade = Fill & { exchangeOrderId: string };

export type Where = { gateway: AccountGateway; account: ReconciledAccount; symbol: string; sinceMs: number };

/** What an exchange says of one symbol since a time, and which of it is ours. */
export type SymbolReport = Where & {
  open: VenueOrder[];
  /** Every order that the exchange named, by its id there. */
  orders: ReadonlyMap<string, VenueOrder>;
  /** Own trades that are not in our log. */
  unbooked: VenueTrade[];
  /** Returns our order behind an order at the exchange, by either id. */
  ownerOf: (exchangeOrderId: string) => KnownOrder | undefined;
};

/**
 * Asks for trades, open orders and, where the venue lists them, closed orders. An order that only a trade names is asked
 * for by itself: trades do not carry the client order id by which it may be ours.
 */
export async function readSymbol(deps: Pick<Deps, 'db'>, where: Where): Promise<SymbolReport> {
  const { gateway, account, symbol, sinceMs } = where;
  const trades = await gateway.fetchTrades(symbol, sinceMs);
  const open = await gateway.fetchOpenOrders(symbol);
  const hasClosed = gateway.lookups.includes('closed-orders');
  const closed = hasClosed ? await gateway.fetchClosedOrders(symbol, sinceMs) : [];
  // An order that closed in between is in both lists: the later one counts.
  const orders = new Map([...open, ...closed].map((order) => [order.exchangeOrderId, order]));
  const tradeIds = trades.map((trade) => trade.tradeId);
  const booked = await listBookedTrades(deps.db, { accountId: account.accountId, symbol, tradeIds });
  const unbooked = trades.filter((trade) => !booked.has(trade.tradeId));
  for (const order of await askForNameless(deps, where, { orders, unbooked }))
    orders.set(order.exchangeOrderId, order);
  const ownerOf = await findOwners(deps, account.accountId, { orders, unbooked });
  return {
    ...where,
    open: open.filter(({ exchangeOrderId }) => isOpen(orders.get(exchangeOrderId))),
    orders,
    unbooked,
    ownerOf,
  };
}

const isOpen = (order: VenueOrder | undefined) =>
  order?.status === 'open' || order?.status === 'partially_filled';

type Seen = { orders: ReadonlyMap<string, VenueOrder>; unbooked: VenueTrade[] };

async function askForNameless(deps: Pick<Deps, 'db'>, where: Where, seen: Seen): Promise<VenueOrder[]> {
  const { gateway, account, symbol, sinceMs } = where;
  const named = new Set(seen.unbooked.map(({ exchangeOrderId }) => exchangeOrderId));
  const nameless = [...named].filter((id) => !seen.orders.has(id));
  const noted = await listNotedOrders(deps.db, account.accountId, nameless);
  const found: VenueOrder[] = [];
  for (const exchangeOrderId of nameless.filter((id) => !noted.has(id))) {
    const order = await gateway.findOrder({ symbol, exchangeOrderId, sinceMs });
    if (order) found.push(order);
  }
  return found;
}

async function findOwners(
  deps: Pick<Deps, 'db'>,
  accountId: string,
  { orders, unbooked }: Seen,
): Promise<SymbolReport['ownerOf']> {
  const exchangeOrderIds = [
    ...new Set([...orders.keys(), ...unbooked.map((trade) => trade.exchangeOrderId)]),
  ];
  const clientOrderIds = [...orders.values()].flatMap(({ clientOrderId }) => clientOrderId ?? []);
  const known = await listKnownOrders(deps.db, accountId, { exchangeOrderIds, clientOrderIds });
  const byExchangeId = new Map(known.map((order) => [order.exchangeOrderId, order]));
  const byClientId = new Map(known.map((order) => [order.clientOrderId, order]));
  return (id) => byExchangeId.get(id) ?? byClientId.get(orders.get(id)?.clientOrderId ?? '');
}
