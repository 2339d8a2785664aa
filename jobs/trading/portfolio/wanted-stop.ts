import { floorToStep, money, type Money } from '../decimal.ts';
import { stopLossPrice } from '../risk/stop-loss.ts';
import { trailingStopPrice } from '../risk/trailing-stop.ts';
import type { Market, Position, RiskSettings } from '../types.ts';
import { belowMinimum, sellQuantity } from './order-size.ts';
import type { SlotOrder, WantedOrder } from './plan-orders.ts';

export const STOP_SLOT = 'stop';

/**
 * A stop is moved once its level has changed by this share. A trailing level rises with every tick of a rally, and each
 * move costs two requests and a moment without a stop; 0.1 % is below the spread and fees that a stop pays anyway.
 */
const MIN_STEP = money('0.001');

/** Step of prices where the venue states none. */
const DEFAULT_TICK = money('0.00000001');

export type StopScene = {
  position: Position;
  risk: RiskSettings;
  market: Market;
  /** The latest price, in quote units; `null` while none was seen. */
  price: Money | null;
  /** The stop that rests now. */
  resting: SlotOrder | undefined;
};

/**
 * Returns the stop that is to rest on the exchange: the higher of stop-loss and trailing stop, for all that can be sold.
 * `undefined` where none can: flat, too small for the venue, or the price is at the level already, where a venue refuses a
 * stop. One that rests stays as it is while its level is less than 0.1 % off, or the price has reached the new one.
 */
export function wantedStop(scene: StopScene): WantedOrder | undefined {
  const { position, market, resting } = scene;
  if (position.openedAtMs === null) return undefined;
  const stop = highestStop(scene);
  const quantity = sellQuantity(position.quantity, market);
  if (!stop || belowMinimum(quantity, stop.stopPrice, market) !== undefined) return undefined;
  const wanted = { slot: STOP_SLOT, side: 'SELL', type: 'stop', quantity, ...stop } as const;
  if (resting?.stopPrice && staysAt(resting.stopPrice, stop.stopPrice, scene))
    return { ...wanted, stopPrice: resting.stopPrice };
  return isReached(stop.stopPrice, scene) ? undefined : wanted;
}

function highestStop({ position, risk, market }: StopScene) {
  const levels = [
    { reason: 'stop_loss' as const, level: stopLossPrice(position, risk) },
    { reason: 'trailing_stop' as const, level: trailingStopPrice(position, risk) },
  ];
  const tick = market.tickSize.isZero() ? DEFAULT_TICK : market.tickSize;
  const stops = levels.flatMap(({ reason, level }) =>
    level ? [{ reason, stopPrice: floorToStep(level, tick) }] : [],
  );
  return stops
    .filter(({ stopPrice }) => stopPrice.gt(0))
    .sort((a, b) => b.stopPrice.comparedTo(a.stopPrice))[0];
}

function staysAt(current: Money, level: Money, scene: StopScene): boolean {
  return level.minus(current).abs().lt(current.times(MIN_STEP)) || isReached(level, scene);
}

const isReached = (level: Money, { price }: StopScene) => price !== null && price.lte(level);
