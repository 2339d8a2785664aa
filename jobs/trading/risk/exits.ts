import type { Money } from '../decimal.ts';
import type { Exit, ExitRule, OpenTrade } from './rule.ts';
import { roiPrice, roiTable } from './roi-table.ts';
import { stopLoss, stopLossPrice } from './stop-loss.ts';
import { takeProfit, takeProfitPrice } from './take-profit.ts';
import { timeExit } from './time-exit.ts';
import { trailingStop, trailingStopPrice } from './trailing-stop.ts';

/** In the order in which they count where several are reached at once: losses first. */
const EXIT_RULES: readonly ExitRule[] = [stopLoss, trailingStop, takeProfit, roiTable, timeExit];

/** Returns the exit that the price or the trade's age calls for, if any. Without an open trade there is none. */
export function findExit(trade: OpenTrade): Exit | null {
  if (trade.position.openedAtMs === null) return null;
  for (const rule of EXIT_RULES) {
    const exit = rule(trade);
    if (exit) return exit;
  }
  return null;
}

export type ExitLevel = { kind: 'stop' | 'target'; label: string; price: Money };

/** Returns the prices at which the rules that are on would sell the open trade now; none without one. */
export function listExitLevels(trade: Omit<OpenTrade, 'price'>): ExitLevel[] {
  const { position, risk } = trade;
  if (position.openedAtMs === null || position.quantity.lte(0)) return [];
  const levels: [kind: ExitLevel['kind'], label: string, price: Money | undefined][] = [
    ['stop', 'Stop', stopLossPrice(position, risk)],
    ['stop', 'Trailing stop', trailingStopPrice(position, risk)],
    ['target', 'Target', takeProfitPrice(position, risk)],
    ['target', 'ROI target', roiPrice({ ...trade, price: position.entryPrice })],
  ];
  return levels.flatMap(([kind, label, price]) => (price ? [{ kind, label, price }] : []));
}
