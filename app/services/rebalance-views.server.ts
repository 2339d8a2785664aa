import { findOwnRebalance, type StoredRebalance } from '../../db/queries/rebalances.ts';
import type { Deps } from '../../jobs/deps.ts';
import { money, sum, type Money } from '../../jobs/trading/decimal.ts';
import { REBALANCE } from '../../jobs/trading/rebalance/names.ts';
import { isTimeframe, timeframeMs } from '../../jobs/trading/timeframe.ts';
import type { BasketView } from '../schemas/basket-views.ts';
import type { RebalanceView } from '../schemas/rebalance-views.ts';

/** Decimals of a share that a page shows. */
const SHOWN = 2;

/** Returns where a user's basket stands that is held at target weights; `null` for any other. */
export async function findRebalanceView(
  deps: Deps,
  userId: string,
  basket: BasketView,
): Promise<RebalanceView | null> {
  if (basket.strategy !== REBALANCE || !isTimeframe(basket.timeframe)) return null;
  const stored = await findOwnRebalance(deps.db, userId, basket.id);
  const isRunning = basket.status === 'RUNNING';
  const lengthMs = timeframeMs(basket.timeframe);
  const nowMs = deps.clock.now();
  const nextMs = Math.ceil(nowMs / lengthMs) * lengthMs;
  return {
    shares: (stored?.shares ?? []).map(({ symbol, pct, targetPct, isFrozen }) => ({
      symbol,
      isFrozen,
      ...toFigures(money(pct), money(targetPct)),
    })),
    free: { quote: basket.quote, ...freeOf(stored) },
    decidedAt: stored ? new Date(stored.candleTimeMs + lengthMs).toISOString() : null,
    nextAt: isRunning ? new Date(nextMs).toISOString() : null,
    detail: stored?.detail ?? 'It has not decided yet.',
  };
}

function freeOf(stored: StoredRebalance | undefined) {
  const rest = (parts: Money[]) => money(100).minus(sum(parts));
  const shares = stored?.shares ?? [];
  return toFigures(
    rest(shares.map(({ pct }) => money(pct))),
    rest(shares.map(({ targetPct }) => money(targetPct))),
  );
}

function toFigures(pct: Money, targetPct: Money) {
  const off = pct.minus(targetPct).toDecimalPlaces(SHOWN);
  return { pct: pct.toFixed(SHOWN), targetPct: targetPct.toFixed(SHOWN), off: off.toFixed(SHOWN) };
}
