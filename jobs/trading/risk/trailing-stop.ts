import type { Money } from '../decimal.ts';
import { figure, percent } from '../figures.ts';
import type { Position, RiskSettings } from '../types.ts';
import type { ExitRule } from './rule.ts';

/** Returns the price at which the trailing stop sells; `undefined` while it is off. */
export function trailingStopPrice(
  { highPrice, entryPrice }: Position,
  { trailingStopPct }: RiskSettings,
): Money | undefined {
  const high = highPrice.gt(entryPrice) ? highPrice : entryPrice;
  return trailingStopPct && high.times(trailingStopPct.div(-100).plus(1));
}

/** Sells once the price is `trailingStopPct` or more below the highest price since the entry. */
export const trailingStop: ExitRule = ({ position, price, risk }) => {
  const triggerPrice = trailingStopPrice(position, risk);
  if (!risk.trailingStopPct || !triggerPrice || price.gt(triggerPrice)) return null;
  const level = `${percent(risk.trailingStopPct)} below the high of ${figure(position.highPrice)}`;
  return {
    reason: 'trailing_stop',
    triggerPrice,
    detail: `Price ${figure(price)} reached the trailing stop ${figure(triggerPrice)}, ${level}.`,
  };
};
