import { figure } from '../figures.ts';
import type { Money } from '../decimal.ts';
import type { WantedOrder } from '../portfolio/plan-orders.ts';
import type { BotState, Market, RiskSettings, Verdict } from '../types.ts';
import { maxDailyLoss } from './max-daily-loss.ts';

export type EntryScene = {
  state: BotState;
  risk: RiskSettings;
  market: Market;
  price: Money;
  nowMs: number;
  /** Nothing may be bought until a person lets it trade again. */
  isHalted: boolean;
};

/**
 * Returns the wanted orders that a bot's own rules allow to work: sales all; no buys while it is halted or after its loss of
 * the day; and no more buys than, all filled, make up the largest position. `denial` is the first rule that left one out.
 */
export function allowResting(
  orders: readonly WantedOrder[],
  scene: EntryScene,
): { orders: WantedOrder[]; denial: Verdict | null } {
  const closed = findClosed(scene);
  const { maxPositionQuote: max } = scene.risk;
  let worth = scene.state.position.quantity.times(scene.price);
  let denial: Verdict | null = null;
  const allowed = orders.filter(({ side, quantity, limitPrice }) => {
    if (side === 'SELL') return true;
    const grown = worth.plus(quantity.times(limitPrice ?? scene.price));
    const refusal = closed ?? (max && grown.gt(max) ? sayFull(max, scene.market) : null);
    denial ??= refusal;
    if (!refusal) worth = grown;
    return !refusal;
  });
  return { orders: allowed, denial };
}

function findClosed({ state, risk, market, price, nowMs, isHalted }: EntryScene): Verdict | null {
  if (isHalted) return { rule: 'halted', outcome: 'deny', detail: 'It is halted: its buys are called back.' };
  const nothing = price.minus(price);
  const entry = { quantity: nothing, confidence: 1, candleTimeMs: nowMs, timeframe: '1m' as const };
  const daily = maxDailyLoss({ ...entry, state, risk, market, price, nowMs });
  return daily?.outcome === 'deny' ? daily : null;
}

function sayFull(max: Money, { quote }: Market): Verdict {
  const detail = `All buys filled would be over the limit of ${figure(max)} ${quote}: the farthest are left out.`;
  return { rule: 'max-position', outcome: 'deny', detail };
}
