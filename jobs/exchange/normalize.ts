import { z } from 'zod';
import { sum, ZERO, type Money } from '../trading/decimal.ts';
import type { Fill, Side } from '../trading/types.ts';
import { OddReplyError } from './exchange-reply.ts';
import type { Balance, KeyPermissions, OrderRequest, VenueOrder } from './gateway.ts';
import { decimal } from './normalize-market.ts';

const id = z.union([z.string().min(1), z.number()]).transform(String);
const side = z.enum(['buy', 'sell']).transform((value): Side => (value === 'buy' ? 'BUY' : 'SELL'));
const fee = z.looseObject({ cost: decimal.nullish(), currency: z.string().nullish() });

const tradeShape = z.looseObject({
  id,
  order: id.nullish(),
  symbol: z.string().nullish(),
  side: side.nullish(),
  amount: decimal,
  price: decimal,
  timestamp: z.number().nullish(),
  fee: fee.nullish(),
  fees: z.array(fee).nullish(),
});
type Trade = z.infer<typeof tradeShape>;

const orderShape = z.looseObject({
  id,
  clientOrderId: z.union([z.string(), z.number()]).transform(String).nullish(),
  symbol: z.string().nullish(),
  side: side.nullish(),
  type: z.string().nullish(),
  triggerPrice: decimal.nullish(),
  status: z.enum(['open', 'closed', 'canceled', 'canceling', 'expired', 'rejected']).nullish(),
  amount: decimal.nullish(),
  filled: decimal.nullish(),
  timestamp: z.number().nullish(),
  lastTradeTimestamp: z.number().nullish(),
  trades: z.array(z.unknown()).nullish(),
});
type Order = z.infer<typeof orderShape>;

/** What the reader of an order already knows: the asked symbol, and at placing the whole request. */
export type OrderContext = { symbol: string; nowMs: number; quoteCurrency: string; request?: OrderRequest };

/**
 * Returns the venue's word on one order. Right after placing, some venues return little more than an id: what was asked
 * stands in then, the status is `open` and the fills are `null`. Throws where a found order lacks side or quantity.
 */
export function toVenueOrder(raw: unknown, context: OrderContext): VenueOrder {
  const order = orderShape.parse(raw);
  const timeMs = order.timestamp ?? context.nowMs;
  const identity = context.request ? asRequested(context.request) : asReported(order);
  const filledQuantity = order.filled ?? (order.status === 'closed' ? identity.quantity : ZERO);
  const fillTimeMs = order.lastTradeTimestamp ?? timeMs;
  return {
    exchangeOrderId: order.id,
    symbol: context.symbol,
    ...identity,
    clientOrderId: order.clientOrderId ?? identity.clientOrderId,
    status: toStatus(order.status, filledQuantity),
    filledQuantity,
    fills: toOwnFills(order, { ...context, side: identity.side, filledQuantity, timeMs: fillTimeMs }),
    timeMs,
  };
}

type Identity = Pick<VenueOrder, 'side' | 'type' | 'quantity' | 'clientOrderId'>;

function asRequested({ side: itsSide, type, quantity, clientOrderId }: OrderRequest): Identity {
  return { side: itsSide, type: type === 'stop_limit' ? 'stop' : type, quantity, clientOrderId };
}

function asReported(order: Order): Identity {
  if (!order.amount || !order.side)
    throw new OddReplyError(`The venue reports order ${order.id} without side or quantity`);
  return { side: order.side, type: toType(order), quantity: order.amount, clientOrderId: null };
}

function toType(order: Order): VenueOrder['type'] {
  if (order.triggerPrice?.gt(0) || order.type?.includes('stop')) return 'stop';
  return order.type === 'market' ? 'market' : 'limit';
}

function toStatus(status: Order['status'], filled: Money): VenueOrder['status'] {
  if (status === 'closed') return 'filled';
  if (status === 'canceled' || status === 'expired' || status === 'rejected') return status;
  return filled.gt(0) ? 'partially_filled' : 'open';
}

type FillContext = OrderContext & { side: Side; filledQuantity: Money; timeMs: number };

/** The fills in an order's own document, if they account for all of its filled quantity; else `null`. */
function toOwnFills(order: Order, context: FillContext): Fill[] | null {
  if (context.filledQuantity.isZero()) return order.filled ? [] : null;
  const trades = z.array(tradeShape).safeParse(order.trades ?? []);
  if (!trades.success || !trades.data.every(hasFee)) return null;
  const total = sum(trades.data.map((trade) => trade.amount));
  return total.eq(context.filledQuantity) ? trades.data.map((trade) => toFill(trade, context)) : null;
}

function hasFee(trade: Trade): boolean {
  return feesOf(trade).length > 0;
}

function feesOf(trade: Trade): { cost: Money; currency: string }[] {
  const stated = trade.fees && trade.fees.length > 0 ? trade.fees : trade.fee ? [trade.fee] : [];
  return stated.flatMap(({ cost, currency }) => (cost && currency ? [{ cost, currency }] : []));
}

function toFill(trade: Trade, context: { side?: Side; timeMs: number; quoteCurrency: string }): Fill {
  const itsSide = context.side ?? trade.side;
  if (!itsSide) throw new OddReplyError(`The venue reports trade ${trade.id} without a side`);
  const fees = feesOf(trade);
  const charged = fees.filter(({ cost }) => !cost.isZero());
  const feeCurrency = charged[0]?.currency ?? fees[0]?.currency ?? context.quoteCurrency;
  if (charged.some(({ currency }) => currency !== feeCurrency)) {
    throw new OddReplyError(`The venue reports trade ${trade.id} with fees in several currencies`);
  }
  return {
    tradeId: trade.id,
    side: itsSide,
    quantity: trade.amount,
    price: trade.price,
    fee: sum(charged.map(({ cost }) => cost)),
    feeCurrency,
    timeMs: trade.timestamp ?? context.timeMs,
  };
}

/** Returns own trades of one symbol, oldest first. Throws on a trade without id, order, time, price or quantity. */
export function toTrades(raw: unknown, context: OrderContext): (Fill & { exchangeOrderId: string })[] {
  const trades = z.array(tradeShape).parse(raw);
  return trades
    .filter((trade) => trade.symbol === undefined || trade.symbol === null || trade.symbol === context.symbol)
    .map((trade) => {
      if (!trade.order || !trade.timestamp)
        throw new OddReplyError(`The venue reports trade ${trade.id} without order or time`);
      const fill = toFill(trade, { timeMs: trade.timestamp, quoteCurrency: context.quoteCurrency });
      return { ...fill, exchangeOrderId: trade.order };
    })
    .sort((a, b) => a.timeMs - b.timeMs || compareIds(a.tradeId, b.tradeId));
}

function compareIds(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : 1);
}

const amounts = z.record(z.string(), decimal.nullish());
const balanceShape = z.looseObject({ info: z.unknown(), free: amounts, used: amounts, total: amounts });

/** Returns all assets with a total above zero. Throws where an empty result does not come from a real document. */
export function toBalances(raw: unknown): ReadonlyMap<string, Balance> {
  const { info, free, used, total } = balanceShape.parse(raw);
  const balances = new Map<string, Balance>();
  for (const [asset, stated] of Object.entries(total)) {
    const locked = used[asset] ?? ZERO;
    const whole = stated ?? (free[asset] ?? ZERO).plus(locked);
    if (whole.gt(0))
      balances.set(asset, { free: free[asset] ?? whole.minus(locked), used: locked, total: whole });
  }
  if (Object.keys(total).length === 0 && !isDocument(info))
    throw new OddReplyError('The venue sent no account');
  return balances;
}

function isDocument(info: unknown): boolean {
  return Array.isArray(info) || (typeof info === 'object' && info !== null && Object.keys(info).length > 0);
}

const restrictionsShape = z.looseObject({
  enableReading: z.boolean(),
  enableSpotAndMarginTrading: z.boolean(),
  enableWithdrawals: z.boolean(),
});

/** Returns what Binance's `account/apiRestrictions` says of the key; `null` where it says something else. */
export function toPermissions(raw: unknown): KeyPermissions | null {
  const parsed = restrictionsShape.safeParse(raw);
  if (!parsed.success) return null;
  const { enableReading, enableSpotAndMarginTrading, enableWithdrawals } = parsed.data;
  return { read: enableReading, trade: enableSpotAndMarginTrading, withdraw: enableWithdrawals };
}
