import { timeframeMs } from '../timeframe.ts';
import type { EntryRule } from './rule.ts';

const RULE = 'loss-streak';
/** How long the pause is where `lossStreakCandles` is left out. */
const DEFAULT_PAUSE = 24;

/**
 * After `lossStreak` losing exits in a row, denies entries on the first `lossStreakCandles` (24) candles that close after
 * the last of them; the candle in which it filled is the first. Each further loss begins the pause anew.
 */
export const lossStreak: EntryRule = ({ state, risk, timeframe, candleTimeMs }) => {
  const limit = risk.lossStreak;
  if (!limit) return null;
  const { lossStreak: lost, lastExitAtMs } = state;
  const figures = `${lost} of ${limit} losses in a row`;
  if (lost < limit || lastExitAtMs === null) return { rule: RULE, outcome: 'allow', detail: `${figures}.` };
  const pause = risk.lossStreakCandles ?? DEFAULT_PAUSE;
  const length = timeframeMs(timeframe);
  const exitCandle = Math.floor(lastExitAtMs / length);
  const passed = Math.floor(candleTimeMs / length) - exitCandle;
  if (passed >= pause) {
    return { rule: RULE, outcome: 'allow', detail: `${figures}; the pause of ${pause} candles is over.` };
  }
  return {
    rule: RULE,
    outcome: 'deny',
    detail: `${figures}: pauses, candle ${Math.max(1, passed + 1)} of ${pause}.`,
    untilMs: (exitCandle + pause + 1) * length,
  };
};
