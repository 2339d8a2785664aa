import type { Money } from '../decimal.ts';
import type { Timeframe } from '../timeframe.ts';
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
  reason: Extract<OrderReason, 'stop_loss' | 'take_profit' | 'trailing_stop'>;
  triggerPrice: Money;
  detail: string;
};

/** Says whether a price ends the trade; `null` where it does not or the rule is off. */
export type ExitRule = (position: Position, price: Money, risk: RiskSettings) => Exit | null;
