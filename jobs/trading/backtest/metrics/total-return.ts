import { quotient } from './statistics.ts';

/** Returns what the run made as a fraction of what it began with, after all fees. */
export function totalReturn(initial: number, final: number): number | null {
  return quotient(final - initial, initial);
}
