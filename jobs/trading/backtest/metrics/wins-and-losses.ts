import { mean } from './statistics.ts';

/** Amounts in quote units, fees counted; losses are negative. `null` where there is none of its kind. */
export type WinsAndLosses = {
  wins: number;
  losses: number;
  /** Fraction of all trades. */
  winRate: number | null;
  averageWin: number | null;
  averageLoss: number | null;
  largestWin: number | null;
  largestLoss: number | null;
};

/** Returns how often and how much trades won and lost. A trade that made nothing is neither. */
export function winsAndLosses(pnls: readonly number[]): WinsAndLosses {
  const won = pnls.filter((pnl) => pnl > 0);
  const lost = pnls.filter((pnl) => pnl < 0);
  const most = (values: number[], pick: (one: number, other: number) => number) =>
    values.length === 0 ? null : values.reduce((one, other) => pick(one, other));
  return {
    wins: won.length,
    losses: lost.length,
    winRate: pnls.length === 0 ? null : won.length / pnls.length,
    averageWin: mean(won),
    averageLoss: mean(lost),
    largestWin: most(won, Math.max),
    largestLoss: most(lost, Math.min),
  };
}
