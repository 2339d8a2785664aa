import { listEngineBots } from '../../db/queries/bot-state.ts';
import { claimIntents, listEngineOrders, moveOrder, type EngineOrder } from '../../db/queries/orders.ts';
import { markBotErrors } from '../../db/queries/ticks.ts';
import type { Outcome } from '../boss.ts';
import type { Deps } from '../deps.ts';
import { ExchangeError, type ExchangeErrorKind } from '../exchange/errors.ts';
import type { AccountGateway, VenueOrder } from '../exchange/gateway.ts';
import { claimSales } from '../orders/claim-sales.ts';
import { recordVenueOrder } from '../orders/record-venue-order.ts';
import { findStaleness } from '../orders/stale-entry.ts';
import type { Payload } from '../queues.ts';
import type { OrderStatus } from '../trading/types.ts';

/**
 * A request that has waited this long for its turn is not sent any more. With the time a reply may take this stays below
 * the age at which an order still being sent is taken for lost.
 */
const SEND_WITHIN_MS = 8_000;
/** The first look after a reply that left something open. */
const FIRST_LOOK_S = 1;

type Ready = { order: EngineOrder; gateway: AccountGateway };

/**
 * Sends a batch of intents to their venues. The move to `submitting` is committed first, for the batch at once, so that
 * whoever finds an order there knows that it may have been sent: it is then looked for, never sent again. Each order's
 * outcome stands alone.
 */
export async function placeOrders(deps: Deps, payloads: Payload<'place-order'>[]): Promise<Outcome[]> {
  const ids = payloads.map(({ orderId }) => orderId);
  const failures = new Map<string, Error>();
  const attempt = async <T>(orderId: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      failures.set(orderId, error instanceof Error ? error : new Error(String(error)));
      return undefined;
    }
  };
  const intents = (await listEngineOrders(deps.db, ids)).filter(({ status }) => status === 'intended');
  const wanted = await dropRefused(deps, intents);
  const opened = await Promise.all(wanted.map((order) => attempt(order.id, () => openAccount(deps, order))));
  const ready = opened.filter((entry): entry is Ready => entry !== undefined);
  const gateways = new Map(ready.map(({ order, gateway }) => [order.id, gateway]));
  const submitting = await claim(
    deps,
    ready.map(({ order }) => order),
    attempt,
  );
  await Promise.all(
    submitting.map(async (order) => {
      const gateway = gateways.get(order.id);
      if (gateway) await attempt(order.id, () => submit(deps, gateway, order));
    }),
  );
  return ids.map((id) => failures.get(id) ?? null);
}

type Attempt = <T>(orderId: string, work: () => Promise<T>) => Promise<T | undefined>;

/** Moves the orders to `submitting` that are to be sent now: buys all at once, sales bot by bot, against its books. */
async function claim(deps: Deps, orders: EngineOrder[], attempt: Attempt): Promise<EngineOrder[]> {
  const atMs = deps.clock.now();
  const buys = orders.filter(({ side }) => side === 'BUY');
  const claimed = await claimIntents(
    deps.db,
    buys.map(({ id }) => id),
    atMs,
  );
  const bought = buys.flatMap((order) => {
    const sends = claimed.get(order.id);
    return sends === undefined
      ? []
      : [{ ...order, status: 'submitting' as const, submittedAt: new Date(atMs), sends }];
  });
  const sales = orders.filter(({ side }) => side === 'SELL');
  const sellers = [...new Set(sales.map(({ botRunId }) => botRunId))];
  const sold = await Promise.all(
    sellers.map(async (id) => {
      const ofBot = sales.filter(({ botRunId }) => botRunId === id);
      const claiming = claimSales(deps, ofBot, atMs);
      const [ofAll] = await Promise.all(ofBot.map((order) => attempt(order.id, () => claiming)));
      return ofAll ?? [];
    }),
  );
  return [...bought, ...sold.flat()];
}

/** Ends the orders that must not be sent any more, and returns the rest. */
async function dropRefused(deps: Deps, intents: EngineOrder[]): Promise<EngineOrder[]> {
  const bots = await listEngineBots(deps.db, [...new Set(intents.map((order) => order.botRunId))]);
  const running = new Set(bots.filter((bot) => bot.status === 'RUNNING').map((bot) => bot.id));
  const wanted: EngineOrder[] = [];
  for (const order of intents) {
    const refusal = findRefusal(order, running.has(order.botRunId), deps.clock.now());
    if (refusal) await moveOrder(deps.db, order.id, { ...refusal, atMs: deps.clock.now() });
    else wanted.push(order);
  }
  return wanted;
}

function findRefusal(
  order: EngineOrder,
  isRunning: boolean,
  nowMs: number,
): { status: Extract<OrderStatus, 'canceled' | 'expired'>; detail: string } | undefined {
  if (order.side === 'SELL') return undefined;
  if (!isRunning) return { status: 'canceled', detail: 'The bot was stopped before the order was sent.' };
  const staleness = findStaleness(order, nowMs);
  return staleness === undefined ? undefined : { status: 'expired', detail: staleness };
}

/** Returns the order with its account; `undefined` when the key is gone or does not open, which ends the order. */
async function openAccount(deps: Deps, order: EngineOrder): Promise<Ready | undefined> {
  try {
    return { order, gateway: await deps.accountFor(order) };
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
      ...(order.timeInForce ? { timeInForce: order.timeInForce } : {}),
      ...(order.isPostOnly ? { isPostOnly: true } : {}),
      sendBeforeMs: (order.submittedAt ?? order.createdAt).getTime() + SEND_WITHIN_MS,
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
  const kind = kindOf(error);
  const message = error instanceof ExchangeError ? error.message : 'The reply to it could not be used.';
  if (isRefusal(kind, order)) {
    await refuse(deps, order, error as ExchangeError);
  } else if (kind === 'transient' || kind === 'rate-limited') {
    // Nothing was done: the intent stands, and the queue tries again.
    const atMs = deps.clock.now();
    await moveOrder(deps.db, order.id, { status: 'intended', seen: order, detail: message, atMs });
    throw error;
  } else {
    deps.log.warn({ orderId: order.id, err: error }, 'the outcome of an order is not known');
    const detail = `${message} The order is looked for by its client order id.`;
    await moveOrder(deps.db, order.id, { status: 'unknown', detail, atMs: deps.clock.now() });
    await lookSoon(deps, order);
  }
}

/**
 * A definite no ends an order. Said to the second hand-over it may only mean that the first had arrived after all ("the id
 * is in use", "no funds left"), so the order is looked for; a key that is refused hides nothing.
 */
function isRefusal(kind: ExchangeErrorKind, { sends }: EngineOrder): boolean {
  return kind === 'auth' || ((kind === 'rejected' || kind === 'insufficient-funds') && sends === 1);
}

function kindOf(error: unknown): ExchangeErrorKind {
  return error instanceof ExchangeError ? error.kind : 'unknown-outcome';
}

async function refuse(deps: Deps, order: EngineOrder, error: ExchangeError): Promise<void> {
  const what = order.side === 'BUY' ? 'buy' : 'sell';
  await deps.db.transaction(async (tx) => {
    // The bot's row before the order's, as everybody locks them.
    const message = `The exchange refused to ${what} ${order.quantity.toFixed()} of ${order.symbol}: ${error.message}`;
    await markBotErrors(tx, [{ botRunId: order.botRunId, message }], deps.clock.now());
    await moveOrder(tx, order.id, { status: 'rejected', detail: error.message, atMs: deps.clock.now() });
  });
  deps.metrics.orders.inc({ status: 'rejected' });
}

async function lookSoon(deps: Deps, order: EngineOrder): Promise<void> {
  const item = {
    payload: { orderId: order.id },
    key: `${order.id}:${order.sends}:first`,
    delayS: FIRST_LOOK_S,
  };
  await deps.boss.enqueue(deps.db, 'sync-order', [item]);
}
