import { lockEngineBot } from '../../db/queries/bot-state.ts';
import { findEngineOrder, moveOrder, noteLookups, type EngineOrder } from '../../db/queries/orders.ts';
import { noteReturn } from '../../db/queries/order-repair.ts';
import { markBotErrors } from '../../db/queries/ticks.ts';
import type { Deps } from '../deps.ts';
import type { AccountGateway, OrderRef } from '../exchange/gateway.ts';
import { canProveAbsence, sayLookups } from '../exchange/venue-lookups.ts';
import { handleDenial } from '../orders/handle-denial.ts';
import { recordVenueOrder, searchedSince } from '../orders/record-venue-order.ts';
import { findStaleness } from '../orders/stale-entry.ts';
import { PRIORITY, type Payload } from '../queues.ts';
import { isFinal, MAX_SENDS } from '../trading/order-life.ts';

/** A request cannot reach a matching engine later than this after it was sent: its validity window, skew and queueing. */
const SETTLE_MS = 30_000;
/** A request of ours has come back, or timed out, by then; whoever sent it is gone if it is still `submitting`. */
const SUBMIT_LIMIT_MS = 20_000;

/** Asks the venue what became of an order and writes its answer down. */
export async function syncOrder(deps: Deps, { orderId }: Payload<'sync-order'>): Promise<void> {
  const order = await findEngineOrder(deps.db, orderId);
  if (!order || order.status === 'intended' || isFinal(order.status)) return;
  const ageMs = deps.clock.now() - (order.submittedAt ?? order.createdAt).getTime();
  if (order.status === 'submitting' && !(await takeForLost(deps, order, ageMs))) return;
  const gateway = await deps.accountFor(order);
  if (order.exchangeOrderId === null) await noteLookups(deps.db, order.id, gateway.lookups);
  const said = await gateway.findOrder(toRef(order));
  if (!said) return handleAbsence(deps, { order, gateway, ageMs });
  await noteReturn(deps.db, order, deps.clock.now());
  await recordVenueOrder(deps, { gateway, order, said });
}

/** Returns whether an order that is still being sent is to be looked for: whoever sent it is gone. */
async function takeForLost(deps: Deps, order: EngineOrder, ageMs: number): Promise<boolean> {
  if (ageMs < SUBMIT_LIMIT_MS) return false;
  const atMs = deps.clock.now();
  const detail =
    'The process that sent it ended before the reply came. The order is looked for by its client order id.';
  await moveOrder(deps.db, order.id, { status: 'unknown', seen: order, detail, atMs });
  return true;
}

function toRef(order: EngineOrder): OrderRef {
  const ref = { symbol: order.symbol, clientOrderId: order.clientOrderId, sinceMs: searchedSince(order) };
  return order.exchangeOrderId === null ? ref : { ...ref, exchangeOrderId: order.exchangeOrderId };
}

/** `order` as it was before the venue was asked; `ageMs` since it was last handed over. */
type Absence = { order: EngineOrder; gateway: AccountGateway; ageMs: number };

/** An order that never was acknowledged is absent for sure once it can no longer arrive. */
async function handleAbsence(deps: Deps, { order, gateway, ageMs }: Absence): Promise<void> {
  const { lookups } = gateway;
  if (order.exchangeOrderId !== null) {
    await handleDenial(deps, { gateway, order });
    return;
  }
  if (ageMs < SETTLE_MS) return;
  if (!canProveAbsence(lookups)) {
    deps.log.error({ orderId: order.id, venue: order.venue }, 'the venue offers no way to prove an absence');
    return;
  }
  const asked = `The exchange never received it: asked ${sayLookups(lookups)} until ${Math.round(ageMs / 1_000)} s after it was sent.`;
  const staleness = findStaleness(order, deps.clock.now());
  if (order.sends < MAX_SENDS && staleness === undefined) await sendOnceMore(deps, order, asked);
  else await giveUp(deps, order, { asked, staleness });
}

/** The intent and its job in one transaction: whoever dies here leaves the order as it was. */
async function sendOnceMore(deps: Deps, order: EngineOrder, asked: string): Promise<void> {
  const detail = `${asked} It is sent once more, under the same id.`;
  const seen = { status: 'unknown', sends: order.sends } as const;
  await deps.db.transaction(async (tx) => {
    const hasMoved = await moveOrder(tx, order.id, {
      status: 'intended',
      seen,
      detail,
      atMs: deps.clock.now(),
    });
    if (!hasMoved) return;
    const priority = order.side === 'SELL' ? PRIORITY.exit : PRIORITY.live;
    const job = { payload: { orderId: order.id }, key: `${order.id}:again`, priority };
    await deps.boss.enqueue(tx, 'place-order', [job]);
  });
}

type Reasons = { asked: string; staleness: string | undefined };

async function giveUp(deps: Deps, order: EngineOrder, { asked, staleness }: Reasons): Promise<void> {
  const atMs = deps.clock.now();
  const isStale = staleness !== undefined && order.sends < MAX_SENDS;
  const ending = isStale ? staleness : 'It was sent twice.';
  const detail = `${asked} Nothing was bought or sold. ${ending}`;
  const seen = { status: 'unknown', sends: order.sends } as const;
  await deps.db.transaction(async (tx) => {
    // The bot's row before the order's, as everybody locks them.
    await lockEngineBot(tx, order.botRunId);
    const hasMoved = await moveOrder(tx, order.id, {
      status: isStale ? 'expired' : 'rejected',
      seen,
      detail,
      atMs,
    });
    if (!hasMoved || isStale) return;
    const message = `An order to ${sayWish(order)} never reached the exchange, though it was sent twice.`;
    await markBotErrors(tx, [{ botRunId: order.botRunId, message }], atMs);
  });
}

function sayWish({ side, quantity, symbol }: EngineOrder): string {
  return `${side === 'BUY' ? 'buy' : 'sell'} ${quantity.toFixed()} of ${symbol}`;
}
