import type { Amount } from './decimals.ts';
import type { Ledger } from './ledger.ts';
import type { Replay } from './price-replay.ts';

export type Clock = { now: () => number };

/** A market as a test describes it; what is left out is as on a large exchange's BTC/USDT. */
export type MarketSetup = Replay & {
  symbol: string;
  tickSize?: string;
  lotSize?: string;
  minQuantity?: string;
  maxQuantity?: string;
  minNotional?: string;
  /** Fraction of the price between bid and ask. */
  spread?: string;
  /** A market order is cut into so many fills, each a tick worse than the one before. */
  fillsPerMarketOrder?: number;
  /** A resting order fills at most so much in one row. */
  restingFillLimit?: string;
};

export type SimulatedMarket = {
  symbol: string;
  base: string;
  quote: string;
  replay: Replay;
  tickSize: Amount;
  lotSize: Amount;
  minQuantity: Amount;
  maxQuantity: Amount;
  minNotional: Amount;
  spread: Amount;
  fillsPerMarketOrder: number;
  restingFillLimit: Amount;
};

export type AccountSetup = {
  apiKey: string;
  secret: string;
  balances: Record<string, string>;
  /** Fees are taken from this asset while it lasts (as Binance does with BNB); else from what is received. */
  feeAsset?: string;
  permissions?: { read?: boolean; trade?: boolean; withdraw?: boolean };
};

export type SimulatedAccount = AccountSetup & { ledger: Ledger };

export type FeeSetup = {
  maker: string;
  taker: string;
  /** Price of a fee asset in quote, where no replayed market has it. */
  feeAssetPrices?: Record<string, string>;
  /** Fees are charged in quote whatever is received (as on Kraken): a buy then costs its fee on top. */
  isInQuote?: boolean;
};

/** An order of a person: a market order, or a limit order with a price. */
export type HandOrder = {
  symbol: string;
  side: Side;
  quantity: string;
  price?: string;
};

export type SimulatedTransfer = {
  id: string;
  kind: 'deposit' | 'withdrawal';
  asset: string;
  /** What came in before the fee, or went out beside it. */
  amount: Amount;
  fee: Amount;
  timeMs: number;
  status: 'done' | 'pending' | 'failed';
};

export type Side = 'BUY' | 'SELL';
export type SimulatedType = 'MARKET' | 'LIMIT' | 'LIMIT_MAKER' | 'STOP_LOSS' | 'STOP_LOSS_LIMIT';
export type TimeInForce = 'GTC' | 'IOC' | 'FOK';
export type SimulatedStatus = 'NEW' | 'PARTIALLY_FILLED' | 'FILLED' | 'CANCELED' | 'EXPIRED';

export type PlaceRequest = {
  symbol: string;
  side: Side;
  type: SimulatedType;
  quantity: Amount;
  clientOrderId: string;
  price?: Amount;
  stopPrice?: Amount;
  timeInForce?: TimeInForce;
};

export type SimulatedTrade = {
  id: number;
  orderId: number;
  symbol: string;
  side: Side;
  price: Amount;
  quantity: Amount;
  quoteQuantity: Amount;
  fee: Amount;
  feeAsset: string;
  isMaker: boolean;
  timeMs: number;
};

export type SimulatedOrder = PlaceRequest & {
  id: number;
  status: SimulatedStatus;
  filled: Amount;
  quoteFilled: Amount;
  /** What the order still holds back, of the asset it spends. */
  locked: Amount;
  /** A stop that the price has reached; a stop-limit order then rests at its limit. */
  isTriggered: boolean;
  createdMs: number;
  updatedMs: number;
  /** The path of the price has been looked at up to here. */
  seenUntilMs: number;
  trades: SimulatedTrade[];
};

export type RefusalCode =
  | 'unknown-symbol'
  | 'insufficient-balance'
  | 'price-filter'
  | 'lot-size'
  | 'notional'
  | 'duplicate-client-id'
  | 'would-match'
  | 'would-trigger'
  | 'no-such-order'
  | 'not-open';

/** The exchange says no. Nothing has been changed. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  constructor(code: RefusalCode) {
    super(code);
    this.code = code;
  }
}
