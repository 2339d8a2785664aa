import type { Money } from '../decimal.ts';
import { figure, percent } from '../figures.ts';
import type { RoiStep } from '../types.ts';
import { ageInCandles, type ExitRule, type OpenTrade } from './rule.ts';

/** Returns the step that holds for the trade's age: the latest that has begun. */
function findStep(trade: OpenTrade): RoiStep | undefined {
  const age = ageInCandles(trade);
  const begun = (trade.risk.roiTable ?? []).filter((step) => step.afterCandles <= age);
  return begun.reduce<RoiStep | undefined>(
    (latest, step) => (latest && latest.afterCandles > step.afterCandles ? latest : step),
    undefined,
  );
}

/** Returns the price at which the table sells the trade at its age; `undefined` while no step has begun. */
export function roiPrice(trade: OpenTrade): Money | undefined {
  const step = findStep(trade);
  return step && trade.position.entryPrice.times(step.profitPct.div(100).plus(1));
}

/** Sells once the price is as far above the entry price as `roiTable` asks for at the trade's age in candles. */
export const roiTable: ExitRule = (trade) => {
  const step = findStep(trade);
  const triggerPrice = roiPrice(trade);
  if (!step || !triggerPrice || trade.price.lt(triggerPrice)) return null;
  const asked = `${percent(step.profitPct)} is enough from candle ${step.afterCandles} on`;
  return {
    reason: 'roi',
    triggerPrice,
    detail: `Price ${figure(trade.price)} reached ${figure(triggerPrice)} at ${ageInCandles(trade)} candles: ${asked}.`,
  };
};
