import type { OrderStrategy } from '../order-strategies/order-strategy.ts';
import type { Strategy } from './strategy.ts';
import { toScan } from './voice.ts';

const SAYS = 'Keeps its orders, whatever the candles say';

/**
 * Returns a strategy that keeps orders as lists, forms and ticks take one: on candles, which are there for the chart and the
 * price alone, it always holds. What it wants is asked of the strategy itself.
 */
export function toKeeper({ name, title, description, paramsSchema }: OrderStrategy): Strategy {
  return {
    name,
    title,
    description,
    paramsSchema,
    warmUp: () => 1,
    indicators: () => [],
    scan: (_params, { candles }) =>
      toScan(candles.close.length, { kindAt: () => 'HOLD', strengthAt: () => 0, explain: () => SAYS }),
    next: () => `${SAYS}.`,
  };
}
