import type { Money } from '../decimal.ts';
import { figure, percent } from '../figures.ts';
import type { Position, RiskSettings } from '../types.ts';
import type { ExitRule } from './rule.ts';

/** Returns the price at which the take-profit sells; `undefined` while it is off. */
export function takeProfitPrice(
  { entryPrice }: Position,
  { takeProfitPct }: RiskSettings,
): Money | undefined {
  return takeProfitPct && entryPrice.times(takeProfitPct.div(100).plus(1));
}

/** Sells once the price is `takeProfitPct` or more above the entry price. */
export const takeProfit: ExitRule = ({ position, price, risk }) => {
  const triggerPrice = takeProfitPrice(position, risk);
  if (!risk.takeProfitPct || !triggerPrice || price.lt(triggerPrice)) return null;
  const level = `${percent(risk.takeProfitPct)} above the entry at ${figure(position.entryPrice)}`;
  return {
    reason: 'take_profit',
    triggerPrice,
    detail: `Price ${figure(price)} reached the take-profit ${figure(triggerPrice)}, ${level}.`,
  };
};
