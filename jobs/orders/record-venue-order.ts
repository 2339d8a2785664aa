import { sumFilled, type ReportedFill } from '../../db/queries/fills.ts';
import type { EngineOrder } from '../../db/queries/orders.ts';
import type { Deps } from '../deps.ts';
import { ExchangeError } from '../exchange/errors.ts';
import type { AccountGateway, VenueOrder } from '../exchange/gateway.ts';
import { sum, ZERO, type Money } from '../trading/decimal.ts';
import { isFinal } from '../trading/order-life.ts';
import type { Fill, Market } from '../trading/types.ts';
import { askToKeep } from './ask-to-keep.ts';
import { bookFills } from './book-fills.ts';
import { feeInQuote } from './fee-value.ts';
import { followVenue } from './follow-venue.ts';
import { logSlotFill } from './log-slot-fill.ts';

type RecordDeps = Pick<Deps, 'db' | 'boss' | 'clock' | 'log' | 'marketData' | 'metrics'>;

/**
 * Brings our record of an order in line with the venue's word on it: fills into the trade log and the ledger first, then
 * the status, in one transaction. An order whose fills have not all been reported stays working, whatever the venue
 * calls it, so that no fill is left out; one that we held as ended is repaired after the venue. Safe to repeat. Returns whether the order is final now.
 */
export async function recordVenueOrder(
  deps: RecordDeps,
  { gateway, order, said }: { gateway: AccountGateway; order: EngineOrder; said: VenueOrder },
): Promise<boolean> {
  const market = await findMarket(deps, order);
  const fills = await completeFills(gateway, order, said);
  const reported = await Promise.all(
    fills.map((fill) => withValue(deps, { venue: order.venue, market }, fill)),
  );
  const followed = await deps.db.transaction(async (tx) => {
    const { id: orderId, botRunId, userId, accountId, symbol } = order;
    const { added, bot } = await bookFills(
      tx,
      { orderId, botRunId, userId, accountId, symbol },
      { fills: reported, market },
    );
    const filledQuantity = await sumFilled(tx, orderId);
    const status = statusFor(said, filledQuantity);
    await askToKeep(tx, deps, { bot, order, status, filledQuantity, added });
    const price = reported.at(-1)?.price;
    if (price && status === 'filled' && added > 0)
      await logSlotFill(tx, order, { price, atMs: deps.clock.now() });
    return followVenue(tx, deps, { orderId, said, status, filledQuantity });
  });
  const { status } = followed;
  if (followed.isUnwanted) await cancelUnwanted(deps, gateway, said);
  if (isFinal(status)) deps.metrics.orders.inc({ status });
  const { id, venue, symbol, side } = order;
  deps.log.info({ orderId: id, venue, symbol, side, status }, 'the venue on an order');
  return isFinal(status);
}

/** Whether it worked shows when the account is compared the next time. */
async function cancelUnwanted(deps: RecordDeps, gateway: AccountGateway, said: VenueOrder): Promise<void> {
  const { symbol, exchangeOrderId, timeMs } = said;
  try {
    await gateway.cancelOrder({ symbol, exchangeOrderId, sinceMs: timeMs - LOOK_BACK_MS });
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error;
    deps.log.warn({ exchangeOrderId, err: error }, 'an order that nobody wants could not be cancelled yet');
  }
}

/** A final word counts only once every fill it implies is in our log. */
function statusFor(said: VenueOrder, filledQuantity: Money): VenueOrder['status'] {
  if (filledQuantity.gte(said.filledQuantity)) return said.status;
  return filledQuantity.isZero() ? 'open' : 'partially_filled';
}

async function completeFills(gateway: AccountGateway, order: EngineOrder, said: VenueOrder): Promise<Fill[]> {
  const inReply = said.fills ?? [];
  if (said.filledQuantity.lte(sum(inReply.map((fill) => fill.quantity)))) return inReply;
  const { symbol, clientOrderId } = order;
  const sinceMs = searchedSince(order);
  return gateway.fetchFills({ symbol, clientOrderId, exchangeOrderId: said.exchangeOrderId, sinceMs });
}

/** Returns from when on an order may stand in a venue's lists (ms UTC): before its first hand-over, by our clock. */
export function searchedSince({
  submittedAt,
  createdAt,
}: Pick<EngineOrder, 'submittedAt' | 'createdAt'>): number {
  return Math.min((submittedAt ?? createdAt).getTime(), createdAt.getTime()) - LOOK_BACK_MS;
}

/** How long before it was sent an order is looked for: more than any clock here is off. */
const LOOK_BACK_MS = 60_000;

async function withValue(
  deps: RecordDeps,
  where: { venue: string; market: Market },
  fill: Fill,
): Promise<ReportedFill> {
  return { ...fill, feeQuote: await feeInQuote(deps, where, fill) };
}

/** The market's rules; bare ones where the venue does not answer, since a fill must be booked all the same. */
export async function findMarket(
  deps: Pick<Deps, 'marketData'>,
  { venue, symbol }: { venue: string; symbol: string },
): Promise<Market> {
  try {
    const market = (await deps.marketData(venue).loadMarkets()).get(symbol);
    if (market) return market;
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error;
  }
  const [base = symbol, quote = symbol] = symbol.split('/');
  return {
    symbol,
    base,
    quote,
    tickSize: ZERO,
    lotSize: ZERO,
    minQuantity: ZERO,
    maxQuantity: null,
    minNotional: ZERO,
    makerFee: ZERO,
    takerFee: ZERO,
    isActive: false,
  };
}
