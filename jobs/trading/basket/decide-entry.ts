import { decideOn, findsNothingToDo, type Ruling, type Situation } from '../decide.ts';
import { judgeDrawdown } from '../risk/max-drawdown.ts';
import { flatPosition } from '../portfolio/ledger.ts';
import type { RiskSettings, Signal, Verdict } from '../types.ts';
import { sharedEquity, toLegState, type SharedBooks } from './books.ts';

export const MAX_OPEN = 'max-open-positions';

/** A buy signal of one leg, and where it finds the leg; `state` holds what is the leg's own. */
export type LegSituation = Situation & { legId: string; books: SharedBooks };

/**
 * Returns what comes of a leg's buy signal: the rules of a single bot, with the basket's money and counts, after the rules
 * that hold for the basket as a whole.
 */
export function decideLegEntry(
  signal: Pick<Signal, 'kind' | 'confidence'>,
  { legId, books, ...situation }: LegSituation,
): Ruling {
  const { state, market, price, config } = situation;
  const isIgnored = state.hasWorkingOrder || findsNothingToDo('BUY', state.position, { price, market });
  if (isIgnored) return decideOn(signal, situation);
  const verdicts = judgeBasket(books, { legId, risk: config.risk, quote: market.quote });
  const denial = verdicts.find(({ outcome }) => outcome === 'deny');
  if (denial) return { outcome: 'refused', intent: null, verdicts, explain: () => denial.detail };
  const ruling = decideOn(signal, {
    ...situation,
    config: { ...config, risk: ofLeg(config.risk) },
    state: toLegState(state, books),
  });
  return { ...ruling, verdicts: [...verdicts, ...ruling.verdicts] };
}

/** Returns the rules that a leg's entry is held against by itself: the fall from the peak is the basket's. */
export function ofLeg(risk: RiskSettings): RiskSettings {
  return Object.fromEntries(Object.entries(risk).filter(([name]) => name !== 'maxDrawdownPct'));
}

type Judged = { legId: string; risk: RiskSettings; quote: string };

/** Returns what the rules say that hold for a basket as a whole, up to the first denial. */
export function judgeBasket(books: SharedBooks, { legId, risk, quote }: Judged): Verdict[] {
  const places = judgePlaces(books, legId);
  if (places.outcome === 'deny') return [places];
  const fall = judgeFall(books, { risk, quote });
  return fall ? [places, fall] : [places];
}

/** Says whether a leg may take a place: fewer than `maxOpen` legs hold one. */
export function judgePlaces({ taken, maxOpen }: SharedBooks, legId: string): Verdict {
  const figures = `${String(taken.size)} of ${String(maxOpen)} positions of the basket`;
  if (taken.has(legId) || taken.size < maxOpen)
    return { rule: MAX_OPEN, outcome: 'allow', detail: `${figures} are open or on their way.` };
  const detail = `${figures} are open or on their way: no entry before one is closed.`;
  return { rule: MAX_OPEN, outcome: 'deny', detail };
}

/** Says whether all legs together have fallen too far from the most that they owned; `null` where the rule is off. */
export function judgeFall(
  books: SharedBooks,
  { risk, quote }: { risk: RiskSettings; quote: string },
): Verdict | null {
  const { initialBalance, equityPeak } = books;
  const nothing = initialBalance.minus(initialBalance);
  const realizedPnl = sharedEquity(books).minus(initialBalance);
  const state = { initialBalance, equityPeak, realizedPnl, position: flatPosition(nothing) };
  return judgeDrawdown({ state, risk, price: nothing, quote });
}
