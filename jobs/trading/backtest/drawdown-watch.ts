import { flatPosition, unrealizedPnl } from '../portfolio/ledger.ts';
import { judgeDrawdown } from '../risk/max-drawdown.ts';
import { isOpen } from './pair.ts';
import type { Run } from './run.ts';

/**
 * Holds the equity at the closes of the candles behind against the drawdown rule, where it is on: as live, it is watched
 * at all times, not only before entries. From the candle that breaks it on no signal counts any more; stops do.
 */
export function watchDrawdown({ account, pairs, settings }: Run): void {
  const { risk } = settings;
  if (!risk.maxDrawdownPct || account.isHalted) return;
  let gained = account.realizedPnl;
  for (const pair of pairs) {
    const close = pair.candles.close[pair.at - 1];
    if (isOpen(pair) && close !== undefined)
      gained = gained.plus(unrealizedPnl(pair.position, account.zero.plus(close)));
  }
  const { initialBalance, equityPeak, zero } = account;
  const state = { initialBalance, equityPeak, realizedPnl: gained, position: flatPosition(zero) };
  const verdict = judgeDrawdown({ state, risk, price: zero, quote: '' });
  account.isHalted = verdict?.halts ?? false;
  const owned = initialBalance.plus(gained);
  if (owned.gt(equityPeak)) account.equityPeak = owned;
}
