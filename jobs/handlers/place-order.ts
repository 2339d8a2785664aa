import { markBotErrors } from '../../db/queries/ticks.ts';
import { findEngineOrder, moveOrder, type EngineOrder } from '../../db/queries/orders.ts';
import { listEngineBots } from '../../db/queries/bot-state.ts';
import type { Deps } from '../deps.ts';
import { ExchangeError } from '../exchange/errors.ts';
import type { AccountGateway, VenueOrder } from '../exchange/gateway.ts';
import { recordVenueOrder } from '../orders/record-venue-order.ts';
import type { Payload } from '../queues.ts';
import type { OrderStatus } from '../trading/types.ts';

/** An entry that could not be sent for this long is dropped: its price is gone. Exits are sent however late. */
const ENTRY_MAX_AGE_MS = 30_000;
/** The first look after a reply that left something open. */
const FIRST_LOOK_S = 1;

/**
 * Sends an intent to its venue. The move to `submitting` is committed first, so that whoever finds the order there knows
 * that it may have been sent: it is then looked for, never sent again.
 */
export async function placeOrder(deps: Deps, { orderId }: Payload<'place-order'>): Promise<void> {
  const order = await findEngineOrder(deps.db, orderId);
  if (order?.status !== 'intended') return;
  const refusal = await findRefusal(deps, order);
  if (refusal) {
    await moveOrder(deps.db, order.id, { ...refusal, atMs: deps.clock.now() });
    return;
  }
  const gateway = await openAccount(deps, order);
  if (!gateway) return;
  const submittedAtMs = deps.clock.now();
  const isMine = await moveOrder(deps.db, order.id, { status: 'submitting', atMs: submittedAtMs });
  if (!isMine) return;
  await submit(deps, gateway, { ...order, status: 'submitting', submittedAt: new Date(submittedAtMs) });
}

/** Returns why an order must not be sent any more. */
async function findRefusal(
  deps: Deps,
  order: EngineOrder,
): Promise<{ status: OrderStatus; detail: string } | undefined> {
  if (order.side === 'SELL') return undefined;
  const [bot] = await listEngineBots(deps.db, [order.botRunId]);
  if (bot?.status !== 'RUNNING')
    return { status: 'canceled', detail: 'The bot was stopped before the order was sent.' };
  const ageMs = deps.clock.now() - order.decidedAt.getTime();
  if (ageMs <= ENTRY_MAX_AGE_MS) return undefined;
  const seconds = Math.round(ageMs / 1_000);
  return {
    status: 'expired',
    detail: `It could not be sent within ${seconds} s; its price is no longer the one decided on.`,
  };
}

async function openAccount(deps: Deps, order: EngineOrder): Promise<AccountGateway | undefined> {
  try {
    return await deps.accountFor(order);
  } catch (error) {
    if (!(error instanceof ExchangeError) || error.kind !== 'auth') throw error;
    await refuse(deps, order, error);
    return undefined;
  }
}

async function submit(deps: Deps, gateway: AccountGateway, order: EngineOrder): Promise<void> {
  let said: VenueOrder;
  try {
    said = await gateway.placeOrder({
      clientOrderId: order.clientOrderId,
      symbol: order.symbol,
      side: order.side,
      type: order.type,
      quantity: order.quantity,
      ...(order.limitPrice ? { limitPrice: order.limitPrice } : {}),
      ...(order.stopPrice ? { stopPrice: order.stopPrice } : {}),
    });
  } catch (error) {
    await handleFailure(deps, order, error);
    return;
  }
  deps.metrics.orderLatency.observe((deps.clock.now() - order.decidedAt.getTime()) / 1_000);
  const isDone = await recordVenueOrder(deps, { gateway, order, said });
  if (!isDone) await lookSoon(deps, order);
}

async function handleFailure(deps: Deps, order: EngineOrder, error: unknown): Promise<void> {
  const kind = error instanceof ExchangeError ? error.kind : 'unknown-outcome';
  const message = error instanceof ExchangeError ? error.message : 'The reply to it could not be used.';
  if (kind === 'rejected' || kind === 'insufficient-funds' || kind === 'auth') {
    await refuse(deps, order, error as ExchangeError);
  } else if (kind === 'transient' || kind === 'rate-limited') {
    // Nothing was done: the intent stands, and the queue tries again.
    await moveOrder(deps.db, order.id, { status: 'intended', detail: message, atMs: deps.clock.now() });
    throw error;
  } else {
    deps.log.warn({ orderId: order.id, err: error }, 'the outcome of an order is not known');
    const detail = `${message} The order is looked for by its client order id.`;
    await moveOrder(deps.db, order.id, { status: 'unknown', detail, atMs: deps.clock.now() });
    await lookSoon(deps, order);
  }
}

async function refuse(deps: Deps, order: EngineOrder, error: ExchangeError): Promise<void> {
  const what = order.side === 'BUY' ? 'buy' : 'sell';
  await deps.db.transaction(async (tx) => {
    await moveOrder(tx, order.id, { status: 'rejected', detail: error.message, atMs: deps.clock.now() });
    const message = `The exchange refused to ${what} ${order.quantity.toFixed()} of ${order.symbol}: ${error.message}`;
    await markBotErrors(tx, [{ botRunId: order.botRunId, message }], deps.clock.now());
  });
  deps.metrics.orders.inc({ status: 'rejected' });
}

async function lookSoon(deps: Deps, order: EngineOrder): Promise<void> {
  const item = { payload: { orderId: order.id }, key: `${order.id}:first`, delayS: FIRST_LOOK_S };
  await deps.boss.enqueue(deps.db, 'sync-order', [item]);
}
