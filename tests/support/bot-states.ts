import { money, ZERO } from '../../jobs/trading/decimal.ts';
import { FLAT } from '../../jobs/trading/portfolio/ledger.ts';
import type { BotState, Position } from '../../jobs/trading/types.ts';

/** A bot that has just begun with 1,000 in quote units and holds nothing. */
export function freshState(change: Partial<BotState> = {}): BotState {
  return {
    position: FLAT,
    realizedPnl: ZERO,
    initialBalance: money(1_000),
    freeQuote: money(1_000),
    hasWorkingOrder: false,
    tradesToday: 0,
    realizedPnlToday: ZERO,
    lastExitAtMs: null,
    lastExitPnl: null,
    lossStreak: 0,
    equityPeak: money(1_000),
    ...change,
  };
}

/** An open trade of a quantity, bought without fee. */
export function holding(quantity: string, entryPrice: string, highPrice = entryPrice): Position {
  return {
    quantity: money(quantity),
    cost: money(quantity).times(entryPrice),
    entryPrice: money(entryPrice),
    highPrice: money(highPrice),
    openedAtMs: 1,
  };
}
