import { markStopReached, type RestingStop } from '../../db/queries/slots.ts';
import type { Deps } from '../deps.ts';
import { money, type Money } from '../trading/decimal.ts';
import type { Exit } from '../trading/risk/rule.ts';

/**
 * How long the price may be at or beyond a stop that rests on the exchange and is not triggered there: three looks of the
 * watch. An exchange triggers on its own latest trade, which may be a little behind or ahead of the price we are told.
 */
const TRIGGER_MS = 15_000;

/** A resting stop that is further below its level could not be moved there: it does not guard the level. */
const LAG = money('1.002');

export type StopWatch = { stop: RestingStop; price: Money; exit: Exit | null };

/**
 * Returns whether a stop is left to the exchange where it rests. It is then looked at, so that a sale there is known here
 * within seconds. Once the price has been beyond it for too long, the watch sells: that calls the resting stop back first.
 */
export async function leaveToExchange(
  deps: Pick<Deps, 'db' | 'boss' | 'clock'>,
  { stop, price, exit }: StopWatch,
): Promise<boolean> {
  const reach = reachOf({ stop, price, exit });
  if (reach === 'above' && stop.reachedAtMs !== null) await markStopReached(deps.db, stop.id, null);
  if (reach !== 'reached') return false;
  const nowMs = deps.clock.now();
  if (stop.reachedAtMs === null) await markStopReached(deps.db, stop.id, nowMs);
  const key = `${stop.id}:reached:${nowMs}`;
  await deps.boss.enqueue(deps.db, 'sync-order', [{ payload: { orderId: stop.id }, key }]);
  return nowMs - (stop.reachedAtMs ?? nowMs) < TRIGGER_MS;
}

/** Where the price is: above the stop, at or beyond it, or at a level that the resting stop lags behind. */
function reachOf({ stop, price, exit }: StopWatch): 'above' | 'reached' | 'lagging' {
  if (price.lte(stop.stopPrice)) return 'reached';
  if (exit?.reason !== 'stop_loss' && exit?.reason !== 'trailing_stop') return 'above';
  return exit.triggerPrice.gt(stop.stopPrice.times(LAG)) ? 'lagging' : 'reached';
}
