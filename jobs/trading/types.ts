/**
 * The words of the trade, as used everywhere in this repository.
 *
 * candle      open, high, low, close and volume of one timeframe; named by its open time; closed once its end has passed
 * signal      what a strategy says about the newest closed candle: BUY, SELL or HOLD, with confidence and reason
 * intent      an order that the decision wants; it becomes an order once the risk rules let it pass
 * order       a request at a venue, identified by our client order id before anything is sent
 * slot        the place of one order that a bot keeps working: `stop`, a level of a grid; at most one order works in it
 * fill        one execution of an order, identified by the venue's trade id; fills alone move the ledger
 * position    what a bot holds of the base asset, and what that cost in the quote asset
 * venue       where orders are matched: an exchange id of ccxt, or `demo`
 * account     one exchange key (live) or one bot run's paper account; an order belongs to exactly one
 *
 * Times are milliseconds since the Unix epoch, UTC, and end in `Ms`. Money is `Money` (decimal); `number` only in candles
 * and indicators. A fraction is 0..1 unless its name ends in `Pct` (0..100) or `Bps`.
 */
import type { Money } from './decimal.ts';
import type { Timeframe } from './timeframe.ts';

/** Closed candles as columns of equal length, oldest first, open times strictly rising. `volume` in base units. */
export type Candles = {
  openTimeMs: Float64Array;
  open: Float64Array;
  high: Float64Array;
  low: Float64Array;
  close: Float64Array;
  volume: Float64Array;
};

/** One candle as a row: for stores and venues. */
export type Candle = {
  openTimeMs: number;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
};

export type Side = 'BUY' | 'SELL';
export type SignalKind = Side | 'HOLD';

/** What a strategy says of the newest closed candle. `confidence` 0..1; `reason` one sentence a trader can read. */
export type Signal = { kind: SignalKind; confidence: number; reason: string };

/** A spot market's rules. Steps and minimums are 0 where the venue states none; maxima `null`. */
export type Market = {
  symbol: string;
  base: string;
  quote: string;
  /** Smallest difference of prices, in quote units. */
  tickSize: Money;
  /** Smallest difference of quantities, in base units. */
  lotSize: Money;
  /** Quantities are not rounded at all: a backtest that is given no lot size. */
  takesAnyQuantity?: true;
  minQuantity: Money;
  maxQuantity: Money | null;
  /** Minimum price x quantity, in quote units. */
  minNotional: Money;
  makerFee: Money;
  takerFee: Money;
  isActive: boolean;
};

export type OrderType = 'market' | 'limit' | 'stop' | 'stop_limit';
export type TimeInForce = 'GTC' | 'IOC' | 'FOK';

/**
 * Where an order is in its life. `intended`: written, nothing sent. `submitting`: about to be sent, or sent.
 * `unknown`: sent, and the venue has not said what became of it. The last four are final.
 */
export type OrderStatus =
  | 'intended'
  | 'submitting'
  | 'unknown'
  | 'open'
  | 'partially_filled'
  | 'filled'
  | 'canceled'
  | 'rejected'
  | 'expired';

export type BotStatus = 'RUNNING' | 'STOPPING' | 'STOPPED' | 'HALTED' | 'ERROR';
export type BotMode = 'paper' | 'live';

/** Why an order exists: a signal of the strategy, a risk rule's exit, or a person. */
export type OrderReason =
  'signal' | 'stop_loss' | 'take_profit' | 'trailing_stop' | 'roi' | 'time_exit' | 'close_position';

/** One execution as the venue reports it. Quantity in base, price in quote, fee in `feeCurrency`. */
export type Fill = {
  tradeId: string;
  side: Side;
  quantity: Money;
  price: Money;
  fee: Money;
  feeCurrency: string;
  timeMs: number;
};

/** A fill with its fee valued in quote units at fill time; what the ledger needs beside the market's two assets. */
export type ValuedFill = Fill & { feeQuote: Money };

/**
 * What a bot holds, derived from its fills alone. `quantity` is net of fees taken in base; `cost` is the quote spent on
 * it, buy fees included; `entryPrice` the quantity-weighted mean of the buys' prices; `highPrice` the highest price seen
 * since entry (for trailing stops). Flat: all zero. `openedAtMs` is `null` also while no more is held than a rest too small
 * to sell, which keeps its quantity and cost.
 */
export type Position = {
  quantity: Money;
  cost: Money;
  entryPrice: Money;
  highPrice: Money;
  openedAtMs: number | null;
};

/**
 * How much a BUY spends: a fixed quote amount, or a fraction 0..1 of the bot's equity. `reserve` is the share 0..1 of the
 * free quote that is left where a BUY wants all of it; left out, 1 %, since nobody knows what a market order will fill at.
 */
export type Sizing = { type: 'quote_amount' | 'equity_fraction'; value: Money; reserve?: Money };

/** From this many candles after the entry on, a profit of `profitPct` (of the entry price) is enough. */
export type RoiStep = { afterCandles: number; profitPct: Money };

/** Risk rules as given and stored: snake_case names to decimal strings, whole numbers, choices, or the steps of `roi_table`. */
export type StoredRisk = Record<
  string,
  string | number | boolean | { after_candles: number; profit_pct: string }[]
>;

/** Risk rules of one bot; an absent one is off. Percentages 0..100, `minConfidence` 0..1. */
export type RiskSettings = {
  stopLossPct?: Money;
  takeProfitPct?: Money;
  trailingStopPct?: Money;
  maxPositionQuote?: Money;
  maxDailyLossPct?: Money;
  maxDrawdownPct?: Money;
  minConfidence?: Money;
  cooldownCandles?: number;
  maxTradesPerDay?: number;
  lossStreak?: number;
  lossStreakCandles?: number;
  timeExitCandles?: number;
  roiTable?: RoiStep[];
  /** The stop rests as an order on the exchange, beside being watched here. */
  stopOnExchange?: true;
};

/** What a risk rule says of an intent: let it pass, make it smaller, or refuse it, with the numbers in `detail`. */
export type Verdict = {
  rule: string;
  outcome: 'allow' | 'shrink' | 'deny';
  /** One sentence with the figures. */
  detail: string;
  /** When a denial ends by itself, if it does. */
  untilMs?: number;
  /** True on a denial that stops the bot until a person lets it trade again. */
  halts?: true;
};

/** An order the decision wants. `quantity` is in base units, already a multiple of the lot size. */
export type Intent = {
  leg: number;
  side: Side;
  type: OrderType;
  quantity: Money;
  reason: OrderReason;
  limitPrice?: Money;
  stopPrice?: Money;
  timeInForce?: TimeInForce;
  isPostOnly?: boolean;
};

/** The bot as the decision sees it: fixed for the length of a run. */
export type BotConfig = {
  strategy: string;
  /** Already parsed by the strategy's schema. */
  params: Record<string, unknown>;
  timeframe: Timeframe;
  sizing: Sizing;
  risk: RiskSettings;
};

/** What changed since the run began: all that the decision may remember. */
export type BotState = {
  position: Position;
  /** Sum of the profit that sales realised since the run began, in quote units. */
  realizedPnl: Money;
  /** Quote units at the start of the run. */
  initialBalance: Money;
  /** Quote asset that can be spent now. */
  freeQuote: Money;
  /** True while an order of the bot is not final, apart from those it keeps in slots: no further order may be wanted. */
  hasWorkingOrder: boolean;
  /** Buys that began a trade since 00:00 UTC. */
  tradesToday: number;
  /** Realised since 00:00 UTC. */
  realizedPnlToday: Money;
  /** When the newest exit filled, and what it realised (quote); `null` before the first. */
  lastExitAtMs: number | null;
  lastExitPnl: Money | null;
  /** Losing exits in a row, the newest first; 0 after a gain. */
  lossStreak: number;
  /** The most that the bot owned since a person last started it, in quote units. */
  equityPeak: Money;
};

/** What one closed candle leads to. `outcome` says in one word what became of the signal, `detail` in a sentence. */
export type Decision = {
  candleTimeMs: number;
  signal: Signal;
  intent: Intent | null;
  verdicts: Verdict[];
  outcome: 'hold' | 'order' | 'ignored' | 'refused';
  detail: string;
};
