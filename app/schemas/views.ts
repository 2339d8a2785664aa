/**
 * What services hand to pages: browser-safe, ready to show. Decimals are strings (exact, never rounded here), times
 * ISO 8601 UTC strings. Money is in the quote currency of its bot unless a name says otherwise; `*Pct` is 0..100.
 */
import type { BotMode, BotStatus, SignalKind, StoredRisk } from '../../jobs/trading/types.ts';

import type { ChartView, CheckView, CurvePoint, NextView } from './chart-views.ts';
import type { OrderView, TradeView } from './order-views.ts';

export type { CandleView, ChartView, CheckView, CurvePoint, IndicatorView, NextView } from './chart-views.ts';
export type { OrderDetailView, OrderView, TradePage, TradeView } from './order-views.ts';
export type { ExchangeKeyView, StrategyView, SymbolView, VenueView } from './venue-views.ts';

export type UserView = { id: string; email: string; role: 'admin' | 'trader'; createdAt: string };

/** One message about one field: `path` as in the form's field names (`params.rsi_period`, `sizing.value`). */
export type FieldError = { path: string; message: string };

export type SignalView = { signal: SignalKind; confidence: number; reason: string; candleTime: string };

export type PositionView = {
  /** Base units, net of fees taken in base; "0" when flat. */
  quantity: string;
  /** Null when flat. */
  averagePrice: string | null;
  /** Quote spent on it, buy fees included. */
  cost: string;
  /** At the last price seen, before the fee of a sale; "0" when flat or while no price was seen. */
  unrealizedPnl: string;
  openedAt: string | null;
};

export type Tone = 'good' | 'quiet' | 'attention' | 'bad';

export type BotView = {
  id: string;
  name: string;
  status: BotStatus;
  mode: BotMode;
  strategy: string;
  strategyTitle: string;
  /** What it does, in words, where its parameters do not say it by themselves. */
  strategySentence: string | null;
  venue: string;
  venueName: string;
  symbol: string;
  base: string;
  quote: string;
  timeframe: string;
  exchangeKeyId: string | null;
  /** The basket that it is a leg of; its money is the basket's, and its equity a share of it. */
  basketId: string | null;
  parameters: Record<string, unknown>;
  sizing: { type: 'quote_amount' | 'equity_fraction'; value: string };
  /** Rules as given, snake_case; an absent one is off. */
  risk: StoredRisk;
  initialBalance: string;
  startedAt: string;
  stoppedAt: string | null;
  lastTickAt: string | null;
  lastCandleTime: string | null;
  lastSignal: SignalView | null;
  lastPrice: string | null;
  lastPriceAt: string | null;
  position: PositionView;
  realizedPnl: string;
  /** Realised + unrealised. */
  profit: string;
  /** Profit as a percentage of the initial balance; null when that is zero. */
  profitPct: string | null;
  fees: string;
  /** Initial balance + realised + unrealised. */
  equity: string;
  /** What is wrong right now, in a sentence; null when nothing is. */
  error: string | null;
  /** What halted it and why, in a sentence; null unless its status is HALTED. */
  halt: { at: string; rule: string; reason: string } | null;
  /** One sentence: what the bot is doing. */
  state: string;
  tone: Tone;
};

export type DecisionView = {
  id: string;
  source: 'candle' | 'signal' | 'risk' | 'person';
  candleTime: string;
  signal: SignalKind;
  confidence: number;
  reason: string;
  outcome: 'hold' | 'order' | 'ignored' | 'refused';
  /** What became of it, in a sentence. */
  detail: string;
  price: string;
  verdicts: { rule: string; outcome: 'allow' | 'shrink' | 'deny'; detail: string; until: string | null }[];
  createdAt: string;
};

export type BotDetailView = {
  bot: BotView;
  openOrders: OrderView[];
  /** Newest first, at most 50. */
  orders: OrderView[];
  /** Newest first, at most 50. */
  fills: TradeView[];
  /** Newest first, at most 50. */
  decisions: DecisionView[];
  chart: ChartView;
  next: NextView;
  /** What stands between the bot and its next buy, in the order in which it is asked. */
  checks: CheckView[];
  curve: CurvePoint[];
  /** Realised profit by first in, first out; the bot's `realizedPnl` is by average cost. */
  realizedFifo: string;
  /** Decimals of the market's prices and quantities; null while the market list cannot be read. */
  precision: { price: number; quantity: number } | null;
};

export type AlertView = {
  id: string;
  botRunId: string | null;
  botName: string | null;
  code: string;
  title: string;
  detail: string;
  createdAt: string;
};

/** Sums over the bots of one mode and one quote currency: paper money is never added to real money. */
export type TotalsView = {
  mode: BotMode;
  currency: string;
  bots: number;
  equity: string;
  today: { pnl: string; pct: string | null; trades: number };
  unrealized: { pnl: string; openPositions: number };
  sinceStart: { pnl: string; pct: string | null };
  /** Oldest first, at most 300 points; the last one is now. A bot counts with its initial balance before its start. */
  curve: CurvePoint[];
};

export type OpenPositionView = {
  botRunId: string;
  botName: string;
  mode: BotMode;
  symbol: string;
  base: string;
  quote: string;
  quantity: string;
  averagePrice: string;
  lastPrice: string | null;
  /** Quantity at the last price (at the average price while none was seen). */
  value: string;
  unrealizedPnl: string;
  openedAt: string | null;
};

export type DashboardView = {
  /** Live money first, then paper; within a mode the currency with most bots first. Empty without bots. */
  totals: TotalsView[];
  bots: BotView[];
  /** By bot: its equity from start to now, for a curve without figures; at most 40 points. */
  sparks: Record<string, number[]>;
  positions: OpenPositionView[];
  /** Newest first, at most 10. */
  trades: TradeView[];
  /** Open ones, newest first. */
  alerts: AlertView[];
};

export type InvitationView = {
  id: string;
  note: string;
  createdAt: string;
  expiresAt: string;
  usedAt: string | null;
  usedByEmail: string | null;
  status: 'open' | 'used' | 'expired';
};
