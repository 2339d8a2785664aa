import type { Money } from '../decimal.ts';
import type { RiskSettings } from '../types.ts';
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

/**
 * Says what the exits that are on look at: nothing, prices alone (the levels then move with the highest price only), or
 * the trade's age too. For whoever looks only where something may happen.
 */
export function exitCause(risk: RiskSettings): 'none' | 'price' | 'age' {
  if (risk.roiTable !== undefined || risk.timeExitCandles !== undefined) return 'age';
  const isPriced = risk.stopLossPct ?? risk.trailingStopPct ?? risk.takeProfitPct;
  return isPriced === undefined ? 'none' : 'price';
}

export type ExitLevel = { kind: 'stop' | 'target'; reason: Exit['reason']; label: string; price: Money };

/** Returns the prices at which the rules that are on would sell the open trade now; none without one. */
export function listExitLevels(trade: Omit<OpenTrade, 'price'>): ExitLevel[] {
  const { position, risk } = trade;
  if (position.openedAtMs === null || position.quantity.lte(0)) return [];
  const levels: (Omit<ExitLevel, 'price'> & { price: Money | undefined })[] = [
    { kind: 'stop', reason: 'stop_loss', label: 'Stop', price: stopLossPrice(position, risk) },
    {
      kind: 'stop',
      reason: 'trailing_stop',
      label: 'Trailing stop',
      price: trailingStopPrice(position, risk),
    },
    { kind: 'target', reason: 'take_profit', label: 'Target', price: takeProfitPrice(position, risk) },
    {
      kind: 'target',
      reason: 'roi',
      label: 'ROI target',
      price: roiPrice({ ...trade, price: position.entryPrice }),
    },
  ];
  return levels.flatMap(({ price, ...level }) => (price ? [{ ...level, price }] : []));
}
