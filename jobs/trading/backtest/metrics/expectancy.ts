import { mean } from './statistics.ts';

/**
 * Returns what a trade made on average, in quote units: win rate x average win - loss rate x average loss. `null` without trades.
 *
 * Source: V. K. Tharp, Trade Your Way to Financial Freedom (1998), chapter 7; there in units of the risk taken.
 */
export const expectancy = (pnls: readonly number[]): number | null => mean(pnls);
