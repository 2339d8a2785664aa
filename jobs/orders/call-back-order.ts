import { moveOrder, type EngineOrder } from '../../db/queries/orders.ts';
import { markBotErrors } from '../../db/queries/ticks.ts';
import type { Deps } from '../deps.ts';
import { ExchangeError } from '../exchange/errors.ts';
import { searchedSince } from './record-venue-order.ts';

/**
 * Takes one step to cancel a working order: an intent is cancelled here, an open order at the venue, and one whose fate
 * is not known is left to be looked for first. What became of it, the venue's word on the order says.
 */
export async function callBackOrder(deps: Deps, order: EngineOrder, why: string): Promise<void> {
  if (order.status === 'intended') {
    const detail = `Cancelled before it was sent: ${why}.`;
    await moveOrder(deps.db, order.id, { status: 'canceled', detail, atMs: deps.clock.now() });
    return;
  }
  if (order.status === 'submitting' || order.status === 'unknown') return;
  try {
    const gateway = await deps.accountFor(order);
    await gateway.cancelOrder({
      symbol: order.symbol,
      clientOrderId: order.clientOrderId,
      ...(order.exchangeOrderId === null ? {} : { exchangeOrderId: order.exchangeOrderId }),
      sinceMs: searchedSince(order),
    });
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error;
    await noteFailure(deps, order, error);
  }
  const key = `${order.id}:callback:${Math.floor(deps.clock.now() / 1_000)}`;
  await deps.boss.enqueue(deps.db, 'sync-order', [{ payload: { orderId: order.id }, key }]);
}

/** A venue that knows no such open order has had its last word on it already: the look that follows reads it. */
async function noteFailure(deps: Deps, order: EngineOrder, error: ExchangeError): Promise<void> {
  if (error.kind === 'rejected') return;
  const message = `An open order could not be cancelled yet: ${error.message}`;
  await markBotErrors(deps.db, [{ botRunId: order.botRunId, message }], deps.clock.now());
}
