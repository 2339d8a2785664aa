import { listForeignOrders, storeForeignOrder, type KnownOrder } from '../../db/queries/foreign-orders.ts';
import type { ReconciledAccount } from '../../db/queries/reconciliation.ts';
import type { Deps } from '../deps.ts';
import type { VenueOrder } from '../exchange/gateway.ts';
import type { SymbolReport } from './symbol-report.ts';

/** An order of ours to be looked at again, with the venue's word on it where that is at hand. */
export type Finding = { orderId: string; exchangeOrderId: string; said: VenueOrder | undefined };

/** Returns our orders of which the exchange says something else than we hold, or of which a trade is not in our log. */
export function findOwnOrders({ orders, unbooked, ownerOf }: SymbolReport): Finding[] {
  const differing = [...orders.values()].filter((said) => {
    const held = ownerOf(said.exchangeOrderId);
    return held !== undefined && differs(held, said);
  });
  const ids = new Set([...differing, ...unbooked].map(({ exchangeOrderId }) => exchangeOrderId));
  return [...ids].flatMap((exchangeOrderId) => {
    const owner = ownerOf(exchangeOrderId);
    return owner ? [{ orderId: owner.id, exchangeOrderId, said: orders.get(exchangeOrderId) }] : [];
  });
}

function differs(held: KnownOrder, said: VenueOrder): boolean {
  const { status, exchangeOrderId, filledQuantity } = said;
  const isSame = held.status === status && held.exchangeOrderId === exchangeOrderId;
  return !isSame || filledQuantity.gt(held.filledQuantity);
}

/** Lists open orders that are not ours for their owner to decide about, and follows those that are open no more. */
export async function findForeignOrders(deps: Deps, report: SymbolReport): Promise<void> {
  const { gateway, account, symbol, sinceMs, open, orders, ownerOf } = report;
  for (const order of open.filter(({ exchangeOrderId }) => !ownerOf(exchangeOrderId)))
    await store(deps, account, order);
  const stillOpen = new Set(open.map((order) => order.exchangeOrderId));
  const listed = await listForeignOrders(deps.db, account.accountId, true);
  const gone = listed.filter((order) => order.symbol === symbol && !stillOpen.has(order.exchangeOrderId));
  for (const { exchangeOrderId } of gone) {
    const said =
      orders.get(exchangeOrderId) ?? (await gateway.findOrder({ symbol, exchangeOrderId, sinceMs }));
    if (said) await store(deps, account, said);
  }
}

function store(deps: Deps, account: ReconciledAccount, order: VenueOrder): Promise<void> {
  const { symbol, exchangeOrderId, clientOrderId, side, type, quantity, filledQuantity, status } = order;
  const seen = { symbol, exchangeOrderId, clientOrderId, side, type, quantity, filledQuantity, status };
  const times = { placedAtMs: order.timeMs, seenAtMs: deps.clock.now() };
  return storeForeignOrder(deps.db, account.accountId, { ...seen, ...times });
}
