import type { EngineOrder } from '../../db/queries/orders.ts';

/** The price that a market order was decided on is gone by then. */
const MAX_AGE_MS = 30_000;
/** An order that would rest at its own price keeps its meaning for longer. */
const RESTING_MAX_AGE_MS = 300_000;

type Aged = Pick<EngineOrder, 'side' | 'decidedAt' | 'limitPrice' | 'timeInForce'>;

/** Returns why an entry must not be sent any more: a sentence. Exits are sent however late, since holding on risks more. */
export function findStaleness(order: Aged, nowMs: number): string | undefined {
  if (order.side === 'SELL') return undefined;
  const wouldRest = order.limitPrice !== null && order.timeInForce !== 'IOC' && order.timeInForce !== 'FOK';
  const ageMs = nowMs - order.decidedAt.getTime();
  if (ageMs <= (wouldRest ? RESTING_MAX_AGE_MS : MAX_AGE_MS)) return undefined;
  const seconds = Math.round(ageMs / 1_000);
  return `It could not be sent within ${seconds} s; its price is no longer the one decided on.`;
}
