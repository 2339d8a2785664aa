import { figure, percent } from '../figures.ts';
import type { ExitRule } from './rule.ts';

/** Sells once the price is `stopLossPct` or more below the entry price. */
export const stopLoss: ExitRule = (position, price, { stopLossPct }) => {
  if (!stopLossPct) return null;
  const triggerPrice = position.entryPrice.times(stopLossPct.div(-100).plus(1));
  if (price.gt(triggerPrice)) return null;
  const level = `${percent(stopLossPct)} below the entry at ${figure(position.entryPrice)}`;
  return {
    reason: 'stop_loss',
    triggerPrice,
    detail: `Price ${figure(price)} reached the stop-loss ${figure(triggerPrice)}, ${level}.`,
  };
};
