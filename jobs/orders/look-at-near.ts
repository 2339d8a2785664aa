import type { EngineOrder } from '../../db/queries/orders.ts';
import type { Db } from '../../db/client.ts';
import type { Deps } from '../deps.ts';
import { PRIORITY } from '../queues.ts';
import type { Money } from '../trading/decimal.ts';

/** So near to its price, as a fraction of it, an order may have been touched since the last look, seconds ago. */
const NEAR = 0.002;
const LOOK_MS = 5_000;

export type Near = { working: readonly EngineOrder[]; price: Money };

/**
 * Has those limit orders of slots looked at that the price has reached, or may have touched since the last look: what follows
 * from a fill does not wait for the sweep, which asks seldom for orders that rest for long.
 */
export async function lookAtNear(
  tx: Db,
  { boss, clock }: Pick<Deps, 'boss' | 'clock'>,
  { working, price }: Near,
): Promise<void> {
  const near = working.filter((order) => isNear(order, price));
  const look = Math.floor(clock.now() / LOOK_MS);
  const jobs = near.map(({ id }) => ({
    payload: { orderId: id },
    key: `${id}:near:${look}`,
    priority: PRIORITY.live,
  }));
  await boss.enqueue(tx, 'sync-order', jobs);
}

function isNear({ slot, type, status, side, limitPrice }: EngineOrder, price: Money): boolean {
  const isResting = status === 'open' || status === 'partially_filled';
  if (slot === null || type !== 'limit' || !isResting || !limitPrice) return false;
  const away = side === 'BUY' ? price.minus(limitPrice) : limitPrice.minus(price);
  return away.lte(price.times(NEAR));
}
