import { figure, percent } from '../figures.ts';
import type { ExitRule } from './rule.ts';

/** Sells once the price is `trailingStopPct` or more below the highest price since the entry. */
export const trailingStop: ExitRule = (position, price, { trailingStopPct }) => {
  if (!trailingStopPct) return null;
  const triggerPrice = position.highPrice.times(trailingStopPct.div(-100).plus(1));
  if (price.gt(triggerPrice)) return null;
  const level = `${percent(trailingStopPct)} below the high of ${figure(position.highPrice)}`;
  return {
    reason: 'trailing_stop',
    triggerPrice,
    detail: `Price ${figure(price)} reached the trailing stop ${figure(triggerPrice)}, ${level}.`,
  };
};
