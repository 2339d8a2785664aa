import type { Candles } from '../../types.ts';
import { mean } from './statistics.ts';

/**
 * Returns what holding would have made instead, as a fraction: bought at the first open, worth the last close, without fees;
 * over several pairs in equal parts. `null` without candles.
 */
export function buyAndHold(pairs: readonly Pick<Candles, 'open' | 'close'>[]): number | null {
  const changes = pairs
    .filter(({ close }) => close.length > 0)
    .map(({ open, close }) => (close.at(-1) ?? NaN) / (open[0] ?? NaN) - 1);
  return mean(changes);
}
