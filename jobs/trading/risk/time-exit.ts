import { ageInCandles, type ExitRule } from './rule.ts';

/** Sells once the trade is `timeExitCandles` candles old, at whatever price. */
export const timeExit: ExitRule = (trade) => {
  const limit = trade.risk.timeExitCandles;
  const age = ageInCandles(trade);
  if (!limit || age < limit) return null;
  return {
    reason: 'time_exit',
    triggerPrice: trade.price,
    detail: `The trade is ${age} candles old; it ends after ${limit}.`,
  };
};
