import type { Money } from '../decimal.ts';
import type { Verdict } from '../types.ts';
import { cooldown } from './cooldown.ts';
import { lossStreak } from './loss-streak.ts';
import { maxDailyLoss } from './max-daily-loss.ts';
import { maxDrawdown } from './max-drawdown.ts';
import { maxPosition } from './max-position.ts';
import { maxTradesPerDay } from './max-trades-per-day.ts';
import { minConfidence } from './min-confidence.ts';
import type { Entry, EntryRule } from './rule.ts';

/** In the order in which they are asked; the first denial ends it. */
const ENTRY_RULES: readonly EntryRule[] = [
  maxDrawdown,
  maxDailyLoss,
  lossStreak,
  cooldown,
  maxTradesPerDay,
  minConfidence,
  maxPosition,
];

/**
 * Returns what the rules that are on say of an entry, up to the first denial, and the quantity that they leave; `null`
 * where one denies.
 */
export function applyEntryRules(entry: Entry): { quantity: Money | null; verdicts: Verdict[] } {
  const verdicts: Verdict[] = [];
  let left = entry;
  for (const rule of ENTRY_RULES) {
    const ruled = rule(left);
    if (!ruled) continue;
    const { quantity, ...verdict } = ruled;
    verdicts.push(verdict);
    if (verdict.outcome === 'deny') return { quantity: null, verdicts };
    if (quantity) left = { ...left, quantity };
  }
  return { quantity: left.quantity, verdicts };
}

/** Returns what each rule that is on says of an entry, denials or not: to show why a bot does not trade. */
export function judgeEntry(entry: Entry): Verdict[] {
  return ENTRY_RULES.flatMap((rule) => rule(entry) ?? []);
}
