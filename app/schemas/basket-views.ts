import type { BotMode, BotStatus, StoredRisk } from '../../jobs/trading/types.ts';
import type { CurvePoint } from './chart-views.ts';
import type { BotView, Tone } from './views.ts';

/** A bot over several symbols that share one balance, with its legs in the order of their places. */
export type BasketView = {
  id: string;
  name: string;
  /** Running while any of its legs is; the same way stopping, halted and failed. */
  status: BotStatus;
  mode: BotMode;
  strategy: string;
  strategyTitle: string;
  /** What it does, in words, where its parameters do not say it by themselves. */
  strategySentence: string | null;
  venueName: string;
  quote: string;
  timeframe: string;
  parameters: Record<string, unknown>;
  sizing: { type: 'quote_amount' | 'equity_fraction'; value: string };
  risk: StoredRisk;
  initialBalance: string;
  /** How many of its legs may hold a position, or have an entry on its way, at a time. */
  maxOpen: number;
  /** Legs that hold a position. */
  openPositions: number;
  createdAt: string;
  realizedPnl: string;
  unrealizedPnl: string;
  /** Realised + unrealised, fees counted. */
  profit: string;
  /** Of the initial balance; null when that is zero. */
  profitPct: string | null;
  fees: string;
  equity: string;
  /** What halted it and why; null unless its status is HALTED. */
  halt: { at: string; rule: string; reason: string } | null;
  /** One sentence: what it is doing. */
  state: string;
  tone: Tone;
  legs: BotView[];
};

export type BasketDetailView = {
  basket: BasketView;
  /** What its legs may spend now. */
  freeQuote: string;
  curve: CurvePoint[];
};
