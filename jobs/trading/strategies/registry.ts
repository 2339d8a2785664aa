import { rsiCross } from './rsi-cross.ts';
import type { Strategy } from './strategy.ts';

const STRATEGIES: readonly Strategy[] = [rsiCross];

/** Returns every strategy, in the order that lists show. */
export function listStrategies(): readonly Strategy[] {
  return STRATEGIES;
}

/** Returns the strategy of that name, if there is one. */
export function findStrategy(name: string): Strategy | undefined {
  return STRATEGIES.find((strategy) => strategy.name === name);
}
