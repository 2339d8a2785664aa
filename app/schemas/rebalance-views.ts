/** Where a basket at target weights stands, as its newest decision saw it. Percent, as decimals. */
export type RebalanceView = {
  shares: { symbol: string; pct: string; targetPct: string; off: string; isFrozen: boolean }[];
  /** What was free, and is to stay free. */
  free: { quote: string; pct: string; targetPct: string; off: string };
  /** The close of the candle that was decided on; null before the first. */
  decidedAt: string | null;
  /** When it decides next; null while none of its pairs runs. */
  nextAt: string | null;
  /** What came of it, and what it waits for. */
  detail: string;
};
