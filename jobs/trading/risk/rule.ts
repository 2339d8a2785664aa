import type { Money } from '../decimal.ts';
import { timeframeMs, type Timeframe } from '../timeframe.ts';
import type { BotState, Market, OrderReason, Position, RiskSettings, Verdict } from '../types.ts';

/** A buy that wants to happen, and what the rules may look at. */
export type Entry = {
  /** Base units, a multiple of the lot size. */
  quantity: Money;
  /** What it is expected to fill at. */
  price: Money;
  market: Market;
  state: BotState;
  risk: RiskSettings;
  timeframe: Timeframe;
  /** Of the signal, 0..1. */
  confidence: number;
  /** Open time of the candle that gave the signal. */
  candleTimeMs: number;
  nowMs: number;
};

/** A verdict, with the quantity that is left where it shrinks. */
export type EntryVerdict = Verdict & { quantity?: Money };

/** Says what it thinks of an entry; `null` where the rule is off. */
export type EntryRule = (entry: Entry) => EntryVerdict | null;

/** A price that ends the trade. `triggerPrice` is the level that was reached. */
export type Exit = {
  reason: Exclude<OrderReason, 'signal' | 'close_position'>;
  triggerPrice: Money;
  detail: string;
};

/** A position, the latest price, and how its age is counted. */
export type OpenTrade = {
  position: Position;
  price: Money;
  risk: RiskSettings;
  timeframe: Timeframe;
  nowMs: number;
};

/** Says whether price or age ends the trade; `null` where they do not or the rule is off. */
export type ExitRule = (trade: OpenTrade) => Exit | null;

/** Returns how many candles have closed since the one in which the trade began; 0 without a trade. */
export function ageInCandles({
  position,
  timeframe,
  nowMs,
}: Pick<OpenTrade, 'position' | 'timeframe' | 'nowMs'>) {
  if (position.openedAtMs === null) return 0;
  const length = timeframeMs(timeframe);
  return Math.max(0, Math.floor(nowMs / length) - Math.floor(position.openedAtMs / length));
}
