import { figure } from '../figures.ts';
import { money } from '../decimal.ts';
import type { EntryRule } from './rule.ts';

export const MIN_CONFIDENCE = 'min-confidence';

/** Denies entries on a signal whose confidence is below `minConfidence`. */
export const minConfidence: EntryRule = ({ confidence, risk }) => {
  const min = risk.minConfidence;
  if (!min) return null;
  const given = money(confidence);
  const figures = `Confidence ${figure(given.toDecimalPlaces(2))}; at least ${figure(min)} is asked for`;
  if (min.lte(confidence)) return { rule: MIN_CONFIDENCE, outcome: 'allow', detail: `${figures}.` };
  return { rule: MIN_CONFIDENCE, outcome: 'deny', detail: `${figures}: no entry on this signal.` };
};
