import { timeframeMs } from '../timeframe.ts';
import type { EntryRule } from './rule.ts';

const RULE = 'cooldown';

/**
 * After an exit at a loss, denies entries on the first `cooldownCandles` candles that close after it; the candle in which
 * the exit filled is the first of them. Counted in candles, not on the clock, so that a replay decides the same.
 */
export const cooldown: EntryRule = ({ state, risk, timeframe, candleTimeMs }) => {
  const candles = risk.cooldownCandles;
  if (!candles) return null;
  const { lastExitAtMs, lastExitPnl } = state;
  if (lastExitAtMs === null || !lastExitPnl?.lt(0)) {
    return { rule: RULE, outcome: 'allow', detail: 'The newest exit was no loss.' };
  }
  const length = timeframeMs(timeframe);
  const passed = Math.floor(candleTimeMs / length) - Math.floor(lastExitAtMs / length);
  if (passed >= candles) {
    return { rule: RULE, outcome: 'allow', detail: `${passed} candles have closed since the newest loss.` };
  }
  return {
    rule: RULE,
    outcome: 'deny',
    detail: `Cooling down after a loss: candle ${Math.max(1, passed + 1)} of ${candles}.`,
    untilMs: (Math.floor(lastExitAtMs / length) + candles + 1) * length,
  };
};
