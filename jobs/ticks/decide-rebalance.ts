import type { EngineBot } from '../../db/queries/bot-state.ts';
import type { StoredRebalance } from '../../db/queries/rebalances.ts';
import type { Money } from '../trading/decimal.ts';
import { figure } from '../trading/figures.ts';
import type { RebalanceParams } from '../trading/rebalance/params.ts';
import { FRESH_REBALANCE, planRebalance, type RebalanceOrder } from '../trading/rebalance/plan.ts';
import { measureShares, type Leg, type Share, type Shares } from '../trading/rebalance/shares.ts';
import { parseWeights } from '../trading/rebalance/weights.ts';
import { sayOutcome } from '../trading/rebalance/words.ts';
import type { Decided } from './decide-group.ts';
import type { LegQuote } from './leg-quotes.ts';

export type RebalanceScene = {
  /** By place, at least one. */
  legs: readonly EngineBot[];
  quotes: ReadonlyMap<string, LegQuote>;
  /** Ids of legs whose last order was refused a moment ago. */
  refused: ReadonlySet<string>;
  freeQuote: Money;
  stored: StoredRebalance | undefined;
  candleTimeMs: number;
};

/** Returns what target weights make of a basket at a close, and where it stands then. */
export function decideRebalance(
  scene: RebalanceScene,
): Omit<StoredRebalance, 'candleTimeMs'> & { decided: Decided[] } {
  const { legs, stored, freeQuote, candleTimeMs } = scene;
  const [first] = legs;
  if (!first) throw new RangeError('A basket has legs');
  const params = first.parameters as RebalanceParams;
  const memory = stored?.memory ?? FRESH_REBALANCE;
  const planned = toLegs(scene, params);
  const busy = legs.find(({ hasWorkingOrder }) => hasWorkingOrder);
  if (busy) {
    const detail = `An order for ${busy.symbol} is still working: it decides once that has ended.`;
    return { decided: [], memory, shares: toShares(measureShares(planned, freeQuote)), detail };
  }
  const { timeframe } = first;
  const plan = planRebalance({ params, legs: planned, freeQuote, memory, candleTimeMs, timeframe });
  return {
    decided: plan.orders.flatMap((order) => toDecided(order, scene)),
    memory: plan.memory,
    shares: toShares(plan.shares),
    detail: sayOutcome(plan, params),
  };
}

function toLegs({ legs, quotes, refused }: RebalanceScene, params: RebalanceParams): Leg[] {
  const weights = new Map(parseWeights(params.weights).map(({ symbol, pct }) => [symbol, pct]));
  return legs.map(({ id, symbol, base, quote, status, position, lastPrice }) => {
    const seen = quotes.get(id);
    const zero = position.quantity.minus(position.quantity);
    const unlisted = { symbol, base, quote, lotSize: zero, minQuantity: zero, maxQuantity: null };
    return {
      market: seen?.market ?? { ...unlisted, minNotional: zero, takerFee: zero },
      weightPct: weights.get(symbol) ?? 0,
      quantity: position.quantity,
      price: seen?.price ?? lastPrice,
      isFrozen: !seen || status !== 'RUNNING' || refused.has(id),
    };
  });
}

function toDecided(order: RebalanceOrder, { legs, quotes, candleTimeMs }: RebalanceScene): Decided[] {
  const { side, symbol, quantity } = order;
  const bot = legs.find((leg) => leg.symbol === symbol);
  const seen = bot && quotes.get(bot.id);
  if (!bot || !seen) return [];
  const { market, price, close, isLate } = seen;
  const verb = side === 'BUY' ? 'Buys' : 'Sells';
  const decision = {
    candleTimeMs,
    signal: { kind: side, confidence: 1, reason: order.explain() },
    intent: { leg: 0, side, type: 'market' as const, quantity, reason: 'signal' as const },
    verdicts: [],
    outcome: 'order' as const,
    detail: `${verb} ${figure(quantity)} ${market.base} at about ${figure(price)} ${market.quote}.`,
  };
  return [{ bot, market, decision, price: close, latePrice: isLate ? price : null, missed: 0 }];
}

const SHARE_DECIMALS = 4;

function toShares({ active, frozen, total }: Shares): StoredRebalance['shares'] {
  const pct = (part: Money) =>
    total.gt(0) ? part.times(100).div(total).toDecimalPlaces(SHARE_DECIMALS).toFixed() : '0';
  const told = (isFrozen: boolean) => (share: Share) => ({
    symbol: share.leg.market.symbol,
    pct: pct(share.value),
    targetPct: isFrozen ? String(share.leg.weightPct) : pct(share.target),
    isFrozen,
  });
  return [...active.map(told(false)), ...frozen.map(told(true))];
}
