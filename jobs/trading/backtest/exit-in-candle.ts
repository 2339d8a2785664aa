import type { Money } from '../decimal.ts';
import { observePrice } from '../portfolio/ledger.ts';
import { findExit, listExitLevels, type ExitLevel } from '../risk/exits.ts';
import type { OpenTrade } from '../risk/rule.ts';
import type { Candles, Position } from '../types.ts';

/** An exit, and what it fills at. */
export type FilledExit = { reason: ExitLevel['reason']; price: Money };

/** A trade, and the candles in which an exit is looked for: those from `from` up to `to` (exclusive). */
export type Search = {
  trade: Omit<OpenTrade, 'price' | 'nowMs'>;
  candles: Candles;
  from: number;
  to: number;
  toMoney: (value: number) => Money;
};

/**
 * Returns the first exit within candles, and the position as it saw them. Of each candle, in this order:
 *
 * 1. the open: what has been reached there fills at it; exits by age happen here;
 * 2. the low: the highest stop that it reaches fills at its own price;
 * 3. the high: the lowest target that it reaches fills at its own price. So where a candle touches both, the stop counts;
 * 4. the high raises a trailing stop, from the next candle on: inside one candle nobody knows whether the high came first.
 *
 * Sources: freqtrade, "Assumptions made by backtesting" (stops before targets); LEAN, EquityFillModel.TrailingStopFill
 * (a bar fills the stop as it stood, and moves it afterwards).
 */
export function findExitIn(search: Search): { exit: FilledExit | null; position: Position } {
  const { candles, from, to, toMoney } = search;
  let { position } = search.trade;
  for (let index = from; index < to; index += 1) {
    const open = toMoney(candles.open[index] ?? NaN);
    position = observePrice(position, open);
    const trade = { ...search.trade, position, nowMs: candles.openTimeMs[index] ?? NaN };
    const exit = exitAtOpen(trade, open) ?? exitInside(trade, candles, index);
    if (exit) return { exit, position };
    position = observePrice(position, toMoney(candles.high[index] ?? NaN));
  }
  return { exit: null, position };
}

function exitAtOpen(trade: Omit<OpenTrade, 'price'>, open: Money): FilledExit | null {
  const exit = findExit({ ...trade, price: open });
  return exit && { reason: exit.reason, price: open };
}

function exitInside(trade: Omit<OpenTrade, 'price'>, candles: Candles, index: number): FilledExit | null {
  const low = candles.low[index] ?? NaN;
  const high = candles.high[index] ?? NaN;
  const levels = listExitLevels(trade);
  const stops = levels.filter(({ kind, price }) => kind === 'stop' && price.gte(low));
  const targets = levels.filter(({ kind, price }) => kind === 'target' && price.lte(high));
  return (
    pick(stops, (one, other) => one.price.gt(other.price)) ??
    pick(targets, (one, other) => one.price.lt(other.price))
  );
}

function pick(levels: ExitLevel[], isFirst: (one: ExitLevel, other: ExitLevel) => boolean): ExitLevel | null {
  return levels.reduce<ExitLevel | null>(
    (first, level) => (first && !isFirst(level, first) ? first : level),
    null,
  );
}

/** The price range inside which a candle can end no trade, as doubles with a hair to spare: who leaves it is asked exactly. */
export type QuietRange = { above: number; below: number };

const HAIR = 1e-12;

/** Returns the range for a trade whose exits are prices alone. */
export function quietRange(trade: Omit<OpenTrade, 'price'>): QuietRange {
  const range = { above: -Infinity, below: Infinity };
  for (const { kind, price } of listExitLevels(trade)) {
    const level = price.toNumber();
    if (kind === 'stop') range.above = Math.max(range.above, level * (1 + HAIR));
    else range.below = Math.min(range.below, level * (1 - HAIR));
  }
  return range;
}
