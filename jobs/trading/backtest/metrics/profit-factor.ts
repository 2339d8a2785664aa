import { quotient } from './statistics.ts';

/** Returns the sum of all gains over the sum of all losses, fees counted; `null` without a losing trade. */
export function profitFactor(pnls: readonly number[]): number | null {
  const gains = pnls.reduce((total, pnl) => total + Math.max(pnl, 0), 0);
  const losses = pnls.reduce((total, pnl) => total - Math.min(pnl, 0), 0);
  return losses === 0 ? null : quotient(gains, losses);
}
