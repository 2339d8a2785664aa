import { sumFilled, type ReportedFill } from '../../db/queries/fills.ts';
import { moveOrder, noteFilled, type EngineOrder } from '../../db/queries/orders.ts';
import type { Deps } from '../deps.ts';
import { ExchangeError } from '../exchange/errors.ts';
import type { AccountGateway, VenueOrder } from '../exchange/gateway.ts';
import { sum, ZERO, type Money } from '../trading/decimal.ts';
import { isFinal } from '../trading/order-life.ts';
import type { Fill, Market } from '../trading/types.ts';
import { bookFills } from './book-fills.ts';
import { feeInQuote } from './fee-value.ts';

type RecordDeps = Pick<Deps, 'db' | 'clock' | 'log' | 'marketData' | 'metrics'>;

/**
 * Brings our record of an order in line with the venue's word on it: fills into the trade log and the ledger first, then
 * the status, in one transaction. An order whose fills have not all been reported stays working, whatever the venue
 * calls it, so that no fill is left out. Safe to repeat. Returns whether the order is final now.
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
  const status = await deps.db.transaction(async (tx) => {
    const owner = {
      orderId: order.id,
      botRunId: order.botRunId,
      userId: order.userId,
      accountId: order.accountId,
      symbol: order.symbol,
    };
    await bookFills(tx, owner, { fills: reported, market });
    const filledQuantity = await sumFilled(tx, order.id);
    const next = statusFor(said, filledQuantity);
    const { exchangeOrderId } = said;
    const atMs = deps.clock.now();
    const hasMoved = await moveOrder(tx, order.id, { status: next, exchangeOrderId, filledQuantity, atMs });
    if (!hasMoved) await noteFilled(tx, order.id, { exchangeOrderId, filledQuantity });
    return next;
  });
  if (isFinal(status)) deps.metrics.orders.inc({ status });
  const { id, venue, symbol, side } = order;
  deps.log.info({ orderId: id, venue, symbol, side, status }, 'the venue on an order');
  return isFinal(status);
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
