import type { Money } from '../decimal.ts';
import { utcDayStart } from '../timeframe.ts';
import type { BacktestSettings } from './settings.ts';

/**
 * What the pairs of a run share, as the legs of a basket do (`SharedBooks`). Times are candle open times.
 *
 * What a sale brings in cannot be spent at the same open, nor can its place be taken: live, both orders would be on their
 * way at once, and a stop inside the candle comes after its open anyway.
 */
export type Account = {
  readonly zero: Money;
  readonly initialBalance: Money;
  readonly maxOpen: number;
  /** Quote units, what cannot be spent yet counted. */
  cash: Money;
  realizedPnl: Money;
  /** Less cash than this is what the division of the last entry left over, and buys nothing. */
  crumb: Money;
  /** Proceeds of the candle that `timeMs` names, what they realised, and the positions that it closed. */
  unsettled: Money;
  unsettledPnl: Money;
  closing: number;
  /** Positions that are open. */
  open: number;
  timeMs: number;
  /** What `tradesToday` and `realizedPnlToday` count since. */
  dayMs: number;
  tradesToday: number;
  realizedPnlToday: Money;
  /** Kept only while a drawdown rule is on. */
  equityPeak: Money;
  /** A rule ended all trading on signals; stops go on. */
  isHalted: boolean;
  /** The cash after each fill. */
  readonly cashLog: { timeMs: number[]; cash: number[] };
};

export function createAccount(settings: BacktestSettings, pairs: number): Account {
  const { initialBalance } = settings;
  const zero = initialBalance.minus(initialBalance);
  return {
    zero,
    initialBalance,
    maxOpen: Math.min(settings.maxOpen ?? pairs, pairs),
    cash: initialBalance,
    realizedPnl: zero,
    crumb: zero,
    unsettled: zero,
    unsettledPnl: zero,
    closing: 0,
    open: 0,
    timeMs: -Infinity,
    dayMs: -Infinity,
    tradesToday: 0,
    realizedPnlToday: zero,
    equityPeak: initialBalance,
    isHalted: false,
    cashLog: { timeMs: [], cash: [] },
  };
}

/** Moves on to a candle: what earlier ones brought in is free, and a new day has no trades yet. */
export function moveTo(account: Account, timeMs: number): void {
  if (timeMs === account.timeMs) return;
  account.timeMs = timeMs;
  if (account.closing > 0) {
    account.open -= account.closing;
    account.closing = 0;
  }
  account.unsettled = account.zero;
  account.unsettledPnl = account.zero;
  if (timeMs < account.dayMs + DAY_MS) return;
  account.dayMs = utcDayStart(timeMs);
  account.tradesToday = 0;
  account.realizedPnlToday = account.zero;
}

const DAY_MS = 86_400_000;

/** Returns what can be spent at the open of the present candle, in quote units. */
export function freeQuote({ cash, unsettled, crumb, zero }: Account): Money {
  const free = cash.minus(unsettled);
  return free.gt(crumb) ? free : zero;
}

/** Of what an entry cost. */
const CRUMB = 1e-12;

/** Books an entry: `amount` quote units were spent. */
export function bookEntry(account: Account, amount: Money, isNewTrade: boolean): void {
  account.cash = account.cash.minus(amount);
  account.crumb = amount.times(CRUMB);
  if (isNewTrade) {
    account.open += 1;
    account.tradesToday += 1;
  }
  logCash(account);
}

/**
 * Has an entry count with what it was expected to cost for the rest of the candle, where sizes follow from the close: live,
 * nobody knows yet what it fills at.
 */
export function bookEstimate(account: Account, { expected, spent }: { expected: Money; spent: Money }): void {
  account.unsettled = account.unsettled.plus(expected.minus(spent));
}

export type BookedExit = { amount: Money; realizedPnl: Money; isClosed: boolean };

/** Books an exit: `amount` quote units were received. */
export function bookExit(account: Account, { amount, realizedPnl, isClosed }: BookedExit): void {
  account.cash = account.cash.plus(amount);
  account.unsettled = account.unsettled.plus(amount);
  account.unsettledPnl = account.unsettledPnl.plus(realizedPnl);
  account.realizedPnl = account.realizedPnl.plus(realizedPnl);
  account.realizedPnlToday = account.realizedPnlToday.plus(realizedPnl);
  if (isClosed) account.closing += 1;
  logCash(account);
}

function logCash({ cash, cashLog, timeMs }: Account): void {
  cashLog.timeMs.push(timeMs);
  cashLog.cash.push(cash.toNumber());
}
