import type { Money } from '../decimal.ts';
import { figure, percent } from '../figures.ts';
import { equity } from '../portfolio/ledger.ts';
import type { BotState, RiskSettings, Verdict } from '../types.ts';
import type { EntryRule } from './rule.ts';

export const MAX_DRAWDOWN = 'max-drawdown';

type Watched = {
  state: Pick<BotState, 'equityPeak' | 'initialBalance' | 'realizedPnl' | 'position'>;
  risk: RiskSettings;
  price: Money;
  quote: string;
};

/**
 * Says whether the bot's equity at `price` has fallen `maxDrawdownPct` or more below its highest; `null` where the rule
 * is off. Its denial halts the bot until a person lets it trade again.
 */
export function judgeDrawdown({ state, risk, price, quote }: Watched): Verdict | null {
  const limit = risk.maxDrawdownPct;
  if (!limit) return null;
  const owned = equity(state, price);
  const peak = state.equityPeak.gt(owned) ? state.equityPeak : owned;
  if (peak.lte(0))
    return { rule: MAX_DRAWDOWN, outcome: 'allow', detail: 'There is no equity to fall from.' };
  const fallen = peak.minus(owned).div(peak).times(100);
  const detail =
    `Equity ${figure(owned.toDecimalPlaces(2))} ${quote} is ${percent(fallen)} below its highest, ` +
    `${figure(peak.toDecimalPlaces(2))}; the limit is ${percent(limit)}.`;
  return fallen.gte(limit)
    ? { rule: MAX_DRAWDOWN, outcome: 'deny', detail, halts: true }
    : { rule: MAX_DRAWDOWN, outcome: 'allow', detail };
}

/** Denies entries, and halts the bot, once its equity fell `maxDrawdownPct` or more below its highest. */
export const maxDrawdown: EntryRule = ({ state, risk, price, market }) =>
  judgeDrawdown({ state, risk, price, quote: market.quote });
