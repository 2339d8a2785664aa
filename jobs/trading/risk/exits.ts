import type { Money } from '../decimal.ts';
import type { Position, RiskSettings } from '../types.ts';
import type { Exit, ExitRule } from './rule.ts';
import { stopLoss } from './stop-loss.ts';
import { takeProfit } from './take-profit.ts';
import { trailingStop } from './trailing-stop.ts';

/** In the order in which they count where several are reached at once: losses first. */
const EXIT_RULES: readonly ExitRule[] = [stopLoss, trailingStop, takeProfit];

/** Returns the exit that `price` calls for, if any. Without an open trade there is none. */
export function findExit(position: Position, price: Money, risk: RiskSettings): Exit | null {
  if (position.openedAtMs === null) return null;
  for (const rule of EXIT_RULES) {
    const exit = rule(position, price, risk);
    if (exit) return exit;
  }
  return null;
}
