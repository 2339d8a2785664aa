import type { Money } from '../decimal.ts';
import { figure, percent } from '../figures.ts';
import type { Position, RiskSettings } from '../types.ts';
import type { ExitRule } from './rule.ts';

/** Returns the price at which the stop-loss sells; `undefined` while it is off. */
export function stopLossPrice({ entryPrice }: Position, { stopLossPct }: RiskSettings): Money | undefined {
  return stopLossPct && entryPrice.times(stopLossPct.div(-100).plus(1));
}

/** Sells once the price is `stopLossPct` or more below the entry price. */
export const stopLoss: ExitRule = ({ position, price, risk }) => {
  const triggerPrice = stopLossPrice(position, risk);
  if (!risk.stopLossPct || !triggerPrice || price.gt(triggerPrice)) return null;
  const level = `${percent(risk.stopLossPct)} below the entry at ${figure(position.entryPrice)}`;
  return {
    reason: 'stop_loss',
    triggerPrice,
    detail: `Price ${figure(price)} reached the stop-loss ${figure(triggerPrice)}, ${level}.`,
  };
};
