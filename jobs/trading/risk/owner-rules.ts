/** What all bots of one owner together may do: asked of each entry after the bot's own rules, in the order of the batch. */
import type { Money } from '../decimal.ts';
import type { Verdict } from '../types.ts';
import { maxExposure } from './max-exposure.ts';
import { maxOpenOrders } from './max-open-orders.ts';
import { maxOrdersPerMinute } from './max-orders-per-minute.ts';
import type { OwnerEntry, OwnerRule } from './owner-rule.ts';

const OWNER_RULES: readonly OwnerRule[] = [maxOpenOrders, maxOrdersPerMinute, maxExposure];

/**
 * Returns what the limits that are on say of an entry, up to the first denial, and the quantity that they leave; `null`
 * where one denies.
 */
export function applyOwnerRules(entry: OwnerEntry): { quantity: Money | null; verdicts: Verdict[] } {
  const verdicts: Verdict[] = [];
  let { quantity } = entry;
  for (const rule of OWNER_RULES) {
    for (const { quantity: left, ...verdict } of rule({ ...entry, quantity })) {
      verdicts.push(verdict);
      if (verdict.outcome === 'deny') return { quantity: null, verdicts };
      if (left?.lt(quantity)) quantity = left;
    }
  }
  return { quantity, verdicts };
}

/** Returns what each limit that is on says of an entry, denials or not: to show why a bot does not trade. */
export function judgeOwnerEntry(entry: OwnerEntry): Verdict[] {
  return OWNER_RULES.flatMap((rule) => rule(entry));
}
