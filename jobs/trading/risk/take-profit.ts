import { figure, percent } from '../figures.ts';
import type { ExitRule } from './rule.ts';

/** Sells once the price is `takeProfitPct` or more above the entry price. */
export const takeProfit: ExitRule = (position, price, { takeProfitPct }) => {
  if (!takeProfitPct) return null;
  const triggerPrice = position.entryPrice.times(takeProfitPct.div(100).plus(1));
  if (price.lt(triggerPrice)) return null;
  const level = `${percent(takeProfitPct)} above the entry at ${figure(position.entryPrice)}`;
  return {
    reason: 'take_profit',
    triggerPrice,
    detail: `Price ${figure(price)} reached the take-profit ${figure(triggerPrice)}, ${level}.`,
  };
};
