import type { Money } from '../decimal.ts';
import type { BotState, Market, Position } from '../types.ts';

/**
 * What the legs of a basket share, as an entry finds it. Quote units. What sales brought in at or after the close of the
 * candle that is decided on is not settled: it cannot be spent yet, nor can the place of what they closed be taken, since
 * in a backtest both orders would be on their way at the same open.
 */
export type SharedBooks = {
  initialBalance: Money;
  /** Legs that may hold a position, or have an entry on its way, at a time. */
  maxOpen: number;
  /** Realised by all legs, with what is not settled. */
  realizedPnl: Money;
  /** What all that is held cost. */
  cost: Money;
  /** All that is held, at the last prices seen. */
  worth: Money;
  unsettled: { proceeds: Money; pnl: Money };
  /** What entries that still work are expected to cost, fees counted. */
  spokenFor: Money;
  /** Ids of the legs that hold a place: a position, an entry on its way, or one that is closed but not settled. */
  taken: ReadonlySet<string>;
  /** Entries, and what was realised (settled), since 00:00 UTC. */
  tradesToday: number;
  realizedPnlToday: Money;
  /** The most that all legs owned together since a person last started the basket. */
  equityPeak: Money;
};

/** Returns what can be spent now: the cash, less what is not settled and what is spoken for. May be below zero. */
export function freeQuote(books: SharedBooks): Money {
  const { initialBalance, realizedPnl, cost, unsettled, spokenFor } = books;
  return initialBalance.plus(realizedPnl).minus(cost).minus(unsettled.proceeds).minus(spokenFor);
}

/** Returns what all legs own together at the last prices seen. */
export function sharedEquity({ initialBalance, realizedPnl, worth, cost }: SharedBooks): Money {
  return initialBalance.plus(realizedPnl).plus(worth).minus(cost);
}

/** What of a state belongs to the leg alone. */
type OfLeg = Pick<BotState, 'position' | 'hasWorkingOrder' | 'lastExitAtMs' | 'lastExitPnl' | 'lossStreak'>;

/**
 * Returns a leg as the decision sees it: money and the counts of the day are the basket's. Its equity is what the basket
 * owns with the other legs' positions at their cost, as in a backtest over several pairs. The fall from the peak is not
 * judged by this state, but by `judgeFall`.
 */
export function toLegState(leg: OfLeg, books: SharedBooks): BotState {
  const { initialBalance, realizedPnl, unsettled, tradesToday, realizedPnlToday } = books;
  const free = freeQuote(books);
  const nothing = free.minus(free);
  return {
    position: leg.position,
    hasWorkingOrder: leg.hasWorkingOrder,
    lastExitAtMs: leg.lastExitAtMs,
    lastExitPnl: leg.lastExitPnl,
    lossStreak: leg.lossStreak,
    initialBalance,
    realizedPnl: realizedPnl.minus(unsettled.pnl),
    freeQuote: free.gt(0) ? free : nothing,
    tradesToday,
    realizedPnlToday,
    equityPeak: nothing,
  };
}

/** Returns what a buy is expected to cost, its fee counted, whatever it is taken in. */
export function expectedCost(quantity: Money, price: Money, { takerFee }: Pick<Market, 'takerFee'>): Money {
  const amount = quantity.times(price);
  return amount.plus(amount.times(takerFee));
}

export type LegEntry = { legId: string; cost: Money; position: Pick<Position, 'openedAtMs'> };

/** Returns the books once an entry was let in: its money is spoken for, its place taken. */
export function countEntry(books: SharedBooks, { legId, cost, position }: LegEntry): SharedBooks {
  return {
    ...books,
    spokenFor: books.spokenFor.plus(cost),
    taken: new Set([...books.taken, legId]),
    tradesToday: books.tradesToday + (position.openedAtMs === null ? 1 : 0),
  };
}
