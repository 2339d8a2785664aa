import { figure, percent } from '../figures.ts';
import { nextUtcDayStart } from '../timeframe.ts';
import type { EntryRule } from './rule.ts';

export const MAX_DAILY_LOSS = 'max-daily-loss';

/**
 * Denies entries until the next 00:00 UTC once the loss realised since 00:00 UTC is `maxDailyLossPct` or more of what the
 * bot owned then (initial balance and realised profit).
 */
export const maxDailyLoss: EntryRule = ({ state, risk, market, nowMs }) => {
  if (!risk.maxDailyLossPct) return null;
  const owned = state.initialBalance.plus(state.realizedPnl).minus(state.realizedPnlToday);
  const limit = owned.times(risk.maxDailyLossPct).div(100);
  const loss = state.realizedPnlToday.neg();
  const figures = `of the ${figure(limit)} ${market.quote} (${percent(risk.maxDailyLossPct)}) allowed a day`;
  if (loss.lte(0) || loss.lt(limit)) {
    const lost = loss.gt(0) ? figure(loss.toDecimalPlaces(2)) : '0';
    return { rule: MAX_DAILY_LOSS, outcome: 'allow', detail: `Lost ${lost} ${figures}.` };
  }
  const detail = `Lost ${figure(loss.toDecimalPlaces(2))} ${figures}: no entry before 00:00 UTC.`;
  return { rule: MAX_DAILY_LOSS, outcome: 'deny', detail, untilMs: nextUtcDayStart(nowMs) };
};
