import { nextUtcDayStart } from '../timeframe.ts';
import type { EntryRule } from './rule.ts';

const RULE = 'max-trades-per-day';

/** Denies entries until the next 00:00 UTC once `maxTradesPerDay` entries were made since 00:00 UTC. */
export const maxTradesPerDay: EntryRule = ({ state, risk, nowMs }) => {
  const max = risk.maxTradesPerDay;
  if (max === undefined) return null;
  const figures = `${state.tradesToday} of ${max} trades allowed a day`;
  if (state.tradesToday < max) return { rule: RULE, outcome: 'allow', detail: `Made ${figures}.` };
  const detail = `Made ${figures}: no entry before 00:00 UTC.`;
  return { rule: RULE, outcome: 'deny', detail, untilMs: nextUtcDayStart(nowMs) };
};
