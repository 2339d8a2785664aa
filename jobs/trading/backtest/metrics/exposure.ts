import { quotient } from './statistics.ts';

/** Returns at what share of all candles' closes something was held, as a fraction, over all pairs. */
export const exposure = (heldCandles: number, candles: number): number | null =>
  quotient(heldCandles, candles);
