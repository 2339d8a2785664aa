import type { OrderStrategy } from '../order-strategies/order-strategy.ts';
import type { Strategy } from './strategy.ts';
import { toScan } from './voice.ts';

const SAYS = 'Keeps its orders, whatever the candles say';

/**
 * Returns a strategy that keeps orders as lists, forms and ticks take one: on candles it always holds. What it wants, and
 * what it makes of candles, is asked of the strategy itself.
 */
export function toKeeper(strategy: OrderStrategy): Strategy {
  const { name, title, description, paramsSchema } = strategy;
  return {
    name,
    title,
    description,
    paramsSchema,
    warmUp: (params) => Math.max(1, strategy.countCandles?.(params) ?? 0),
    indicators: (params, { candles }) => strategy.indicators?.(params, candles) ?? [],
    scan: (_params, { candles }) =>
      toScan(candles.close.length, { kindAt: () => 'HOLD', strengthAt: () => 0, explain: () => SAYS }),
    next: () => `${SAYS}.`,
  };
}
