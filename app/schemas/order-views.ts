import type { OrderReason, OrderStatus, OrderType, Side, TimeInForce } from '../../jobs/trading/types.ts';

export type OrderView = {
  id: string;
  botRunId: string;
  botName: string;
  symbol: string;
  base: string;
  quote: string;
  venue: string;
  clientOrderId: string;
  exchangeOrderId: string | null;
  side: Side;
  type: OrderType;
  reason: OrderReason;
  quantity: string;
  filledQuantity: string;
  limitPrice: string | null;
  stopPrice: string | null;
  timeInForce: TimeInForce | null;
  isPostOnly: boolean;
  /** Which of the orders that the bot keeps working it is; null for one of another kind. */
  slot: string | null;
  replacesOrderId: string | null;
  status: OrderStatus;
  /** Why it was rejected, expired or is unknown: a sentence. */
  statusDetail: string | null;
  candleTime: string;
  decidedAt: string;
  submittedAt: string | null;
  acknowledgedAt: string | null;
  closedAt: string | null;
  createdAt: string;
};

export type OrderDetailView = {
  order: OrderView;
  /** How often it was handed to the exchange. */
  sends: number;
  /** How the exchange was asked for it, in words; null while nothing had to be asked. */
  lookedFor: string | null;
  events: { status: OrderStatus; detail: string; at: string }[];
  fills: TradeView[];
};

/** One fill. */
export type TradeView = {
  id: string;
  botRunId: string;
  botName: string;
  orderId: string;
  clientOrderId: string;
  exchangeTradeId: string;
  symbol: string;
  base: string;
  quote: string;
  side: Side;
  quantity: string;
  price: string;
  fee: string;
  feeCurrency: string;
  /** The fee in quote; null until it could be valued. */
  feeQuote: string | null;
  /** Realised profit of a sell, net of all fees; null for a buy. */
  pnl: string | null;
  /** The same by first in, first out, `pnl` being by average cost; null also while it is not known. */
  pnlFifo: string | null;
  executedAt: string;
};

export type TradePage = { trades: TradeView[]; nextCursor: string | null };
