import type { OwnerRule } from './owner-rule.ts';

const RULE = 'max-open-orders';

/** Denies entries while `maxOpenOrders` orders of all bots together are not final. Exits are never denied. */
export const maxOpenOrders: OwnerRule = ({ limits, book }) => {
  const max = limits.maxOpenOrders;
  if (max === undefined) return [];
  const figures = `${book.openOrders} of ${max} open orders of all bots`;
  if (book.openOrders < max) return [{ rule: RULE, outcome: 'allow', detail: `${figures}.` }];
  return [{ rule: RULE, outcome: 'deny', detail: `${figures}: no entry before one is settled.` }];
};
