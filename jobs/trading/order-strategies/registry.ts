import { dca } from './dca.ts';
import { grid } from './grid.ts';
import type { OrderStrategy } from './order-strategy.ts';

const STRATEGIES = [grid, dca] as unknown as readonly OrderStrategy[];

/** Returns every strategy that keeps orders, in the order that lists show. */
export function listOrderStrategies(): readonly OrderStrategy[] {
  return STRATEGIES;
}

/** Returns the strategy of that name that keeps orders, if there is one. */
export function findOrderStrategy(name: string): OrderStrategy | undefined {
  return STRATEGIES.find((strategy) => strategy.name === name);
}
