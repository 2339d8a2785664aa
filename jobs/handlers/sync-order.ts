import { findEngineOrder, moveOrder, type EngineOrder } from '../../db/queries/orders.ts';
import type { Deps } from '../deps.ts';
import type { OrderRef } from '../exchange/gateway.ts';
import { LOOK_BACK_MS, recordVenueOrder } from '../orders/record-venue-order.ts';
import type { UnsafeDeps } from '../orders/unsafe.ts';
import type { Payload } from '../queues.ts';
import { isFinal } from '../trading/order-life.ts';

/** A request cannot reach a matching engine later than this after it was sent: its validity window, skew and queueing. */
const SETTLE_MS = 30_000;
/** A request of ours has come back, or timed out, by then; whoever sent it is gone if it is still `submitting`. */
const SUBMIT_LIMIT_MS = 20_000;

/** Asks the venue what became of an order and writes its answer down. */
export async function syncOrder(deps: UnsafeDeps, { orderId }: Payload<'sync-order'>): Promise<void> {
  const order = await findEngineOrder(deps.db, orderId);
  if (!order || order.status === 'intended' || isFinal(order.status)) return;
  const ageMs = deps.clock.now() - (order.submittedAt ?? order.createdAt).getTime();
  if (order.status === 'submitting') {
    if (ageMs < SUBMIT_LIMIT_MS) return;
    if (deps.unsafe?.resendUnknown === true) {
      await moveOrder(deps.db, order.id, { status: 'intended', atMs: deps.clock.now() });
      return;
    }
    const detail =
      'The process that sent it ended before the reply came. The order is looked for by its client order id.';
    await moveOrder(deps.db, order.id, { status: 'unknown', detail, atMs: deps.clock.now() });
  }
  const gateway = await deps.accountFor(order);
  const said = await gateway.findOrder(toRef(order));
  if (said) await recordVenueOrder(deps, { gateway, order, said });
  else await handleAbsence(deps, order, ageMs);
}

function toRef(order: EngineOrder): OrderRef {
  const sinceMs = (order.submittedAt ?? order.createdAt).getTime() - LOOK_BACK_MS;
  const ref = { symbol: order.symbol, clientOrderId: order.clientOrderId, sinceMs };
  return order.exchangeOrderId === null ? ref : { ...ref, exchangeOrderId: order.exchangeOrderId };
}

/** An order that the venue acknowledged once cannot be absent; one that never was is, once it can no longer arrive. */
async function handleAbsence(deps: Deps, order: EngineOrder, ageMs: number): Promise<void> {
  if (order.exchangeOrderId !== null) {
    deps.log.error(
      { orderId: order.id, venue: order.venue },
      'the venue does not know an order that it acknowledged',
    );
    return;
  }
  if (ageMs < SETTLE_MS) return;
  const seconds = Math.round(ageMs / 1_000);
  const detail = `The exchange never received it: looked for by its client order id until ${seconds} s after it was sent. Nothing was bought or sold.`;
  await moveOrder(deps.db, order.id, { status: 'rejected', detail, atMs: deps.clock.now() });
}
