import { ZERO, type Money } from '../decimal.ts';
import type { Position, Side } from '../types.ts';

/** What the trades that have ended say to the rules that ask for losses. Money in quote units. */
export type Exits = {
  /** Realised so far by the trade that is open; of no meaning while none is. */
  openTradePnl: Money;
  /** The newest end of a trade, with what the whole trade realised. */
  lastExit: { atMs: number; pnl: Money } | null;
  /** Trades lost in a row, the newest first; 0 after one that was not. */
  lossStreak: number;
};

export const NO_EXITS: Exits = { openTradePnl: ZERO, lastExit: null, lossStreak: 0 };

/** A fill, the position before and after it, and what it realised. */
export type Booked = {
  fill: { side: Side; timeMs: number };
  before: Position;
  after: Position;
  realizedPnl: Money;
};

/**
 * Returns the exits after a fill. A trade lasts from the buy that opens it to the sale that leaves nothing, or only a rest
 * too small to sell: however many sales and orders that took, it is won or lost once, as a whole.
 */
export function recordExit(exits: Exits, { fill, before, after, realizedPnl }: Booked): Exits {
  const isOpen = before.openedAtMs !== null;
  // Nothing, in the arithmetic of what is counted.
  const nothing = after.cost.minus(after.cost);
  const openTradePnl = (isOpen ? exits.openTradePnl : nothing).plus(realizedPnl);
  if (!isOpen || after.openedAtMs !== null) return { ...exits, openTradePnl };
  return {
    openTradePnl: nothing,
    lastExit: { atMs: fill.timeMs, pnl: openTradePnl },
    lossStreak: openTradePnl.lt(0) ? exits.lossStreak + 1 : 0,
  };
}
