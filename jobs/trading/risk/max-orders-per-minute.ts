import type { OwnerRule } from './owner-rule.ts';

const RULE = 'max-orders-per-minute';
const MINUTE_MS = 60_000;

/** Denies entries once all bots together made `maxOrdersPerMinute` orders in the last 60 s. Exits are never denied. */
export const maxOrdersPerMinute: OwnerRule = ({ limits, book, nowMs }) => {
  const max = limits.maxOrdersPerMinute;
  if (max === undefined) return [];
  const figures = `${book.ordersLastMinute} of ${max} orders a minute of all bots`;
  if (book.ordersLastMinute < max) return [{ rule: RULE, outcome: 'allow', detail: `${figures}.` }];
  const detail = `${figures}: no entry within the next minute.`;
  return [{ rule: RULE, outcome: 'deny', detail, untilMs: nowMs + MINUTE_MS }];
};
