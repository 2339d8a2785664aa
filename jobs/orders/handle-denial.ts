import { lockEngineBot } from '../../db/queries/bot-state.ts';
import { lockOrder, noteDenial, raiseOrderAlert } from '../../db/queries/order-repair.ts';
import type { EngineOrder } from '../../db/queries/orders.ts';
import type { Deps } from '../deps.ts';
import type { AccountGateway, VenueOrder } from '../exchange/gateway.ts';
import { canProveAbsence, sayLookups } from '../exchange/venue-lookups.ts';
import { sum, ZERO } from '../trading/decimal.ts';
import { isFinal } from '../trading/order-life.ts';
import type { Fill } from '../trading/types.ts';
import { recordVenueOrder, searchedSince } from './record-venue-order.ts';

/** For so long a venue must deny an order at every look before it is believed: longer than lists are behind anywhere. */
const DENIED_MS = 60_000;

type Denied = { gateway: AccountGateway; order: EngineOrder };

/**
 * Deals with an order that its venue acknowledged and knows no more. It cannot fill any longer once every look-up, by either
 * id, has denied it for a minute; what it had filled before is told by the account's trades. It ends as filled or cancelled by those, so
 * that what waits for its last word goes on. Should it turn up again all the same, `followVenue` repairs the record.
 */
export async function handleDenial(deps: Deps, { gateway, order }: Denied): Promise<void> {
  const nowMs = deps.clock.now();
  const where = { orderId: order.id, venue: order.venue };
  deps.log.error(where, 'the venue does not know an order that it acknowledged');
  const sinceMs = await noteDenial(deps.db, order.id, nowMs);
  if (nowMs - sinceMs < DENIED_MS || !canProveAbsence(gateway.lookups)) return;
  const exchangeOrderId = order.exchangeOrderId ?? '';
  const { symbol, clientOrderId } = order;
  const ref = { symbol, clientOrderId, sinceMs: searchedSince(order) };
  const renamed = await gateway.findOrder(ref);
  if (renamed) {
    await recordVenueOrder(deps, { gateway, order, said: renamed });
    return;
  }
  const fills = await gateway.fetchFills({ ...ref, exchangeOrderId });
  await tellOwner(
    deps,
    order,
    `asked ${sayLookups(gateway.lookups)} for ${Math.round((nowMs - sinceMs) / 1_000)} s`,
  );
  await recordVenueOrder(deps, { gateway, order, said: toLastWord(order, fills, nowMs) });
}

/** What its trades leave to say of an order. Fewer of them than are booked say nothing new. */
function toLastWord(order: EngineOrder, fills: Fill[], nowMs: number): VenueOrder {
  const { symbol, clientOrderId, side, type, quantity } = order;
  const traded = sum([ZERO, ...fills.map((fill) => fill.quantity)]);
  const filledQuantity = traded.gt(order.filledQuantity) ? traded : order.filledQuantity;
  return {
    exchangeOrderId: order.exchangeOrderId ?? '',
    clientOrderId,
    symbol,
    side,
    type,
    status: filledQuantity.gte(quantity) ? 'filled' : 'canceled',
    quantity,
    filledQuantity,
    fills,
    timeMs: nowMs,
  };
}

async function tellOwner(deps: Deps, order: EngineOrder, asked: string): Promise<void> {
  await deps.db.transaction(async (tx) => {
    // The bot's row before the order's, as everybody locks them.
    await lockEngineBot(tx, order.botRunId);
    const held = await lockOrder(tx, order.id);
    if (isFinal(held.status)) return;
    const detail = `The exchange had acknowledged it as ${held.exchangeOrderId ?? ''}, and says now that it knows no such order (${asked}). It ends here, with the fills that its trades show.`;
    const title = `${held.botName}: the exchange does not know an order any more`;
    await raiseOrderAlert(tx, held, { code: 'order-forgotten', title, detail, atMs: deps.clock.now() });
  });
}
