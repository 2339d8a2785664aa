import type { BotRun } from '../../db/queries/bots.ts';
import { findOrderMemory } from '../../db/queries/order-memories.ts';
import type { OwnedOrder } from '../../db/queries/trades.ts';
import type { Deps } from '../../jobs/deps.ts';
import { keepsOrders } from '../../jobs/trading/order-strategies/names.ts';
import { saySlot } from '../../jobs/trading/order-strategies/order-strategy.ts';
import type { ChartView, CheckView, NextView } from '../schemas/chart-views.ts';

/** What a bot that keeps orders said at its newest look. */
export type Kept = { reason: string; denial: { rule: string; detail: string } | null };

/** Returns what a bot waits for; `null` for one that keeps no orders. */
export async function readKept(deps: Deps, { id, strategy }: BotRun): Promise<Kept | null> {
  if (!keepsOrders(strategy)) return null;
  const stored = await findOrderMemory(deps.db, id);
  return stored ?? { reason: 'Places its first orders within seconds.', denial: null };
}

/** Returns what comes next of a running bot that keeps orders. */
export function describeKept({ reason }: Kept): NextView {
  return {
    headline: 'Keeps its orders working, and looks after them every 5 seconds.',
    detail: reason,
    decidesAt: null,
  };
}

/** Returns what stands between its plan and its orders. */
export function checkKept({ reason, denial }: Kept, openOrders: number): CheckView[] {
  const isWorking = openOrders > 0;
  const count = openOrders === 1 ? 'One order is working' : `${openOrders} orders are working`;
  const plan: CheckView = {
    outcome: isWorking ? 'pass' : 'wait',
    title: isWorking ? count : 'No order is working',
    detail: reason,
    isReason: false,
  };
  if (!denial) return [plan];
  return [
    plan,
    { outcome: 'block', title: 'A rule leaves buys out', detail: denial.detail, isReason: false },
  ];
}

/** Returns the prices of orders that rest, as lines of a chart. */
export function linesOf(orders: readonly OwnedOrder[]): ChartView['lines'] {
  return orders.flatMap(({ slot, side, limitPrice }) =>
    slot !== null && limitPrice
      ? [
          {
            label: saySlot(slot),
            price: limitPrice.toFixed(),
            kind: side === 'BUY' ? ('entry' as const) : ('target' as const),
          },
        ]
      : [],
  );
}
