import { breakout } from './breakout.ts';
import { emaCross } from './ema-cross.ts';
import { macdCross } from './macd-cross.ts';
import { meanReversion } from './mean-reversion.ts';
import { listOrderStrategies } from '../order-strategies/registry.ts';
import { rebalance } from '../rebalance/strategy.ts';
import { toKeeper } from './order-keeper.ts';
import { rsiCross } from './rsi-cross.ts';
import { rules } from './rules.ts';
import { smaCross } from './sma-cross.ts';
import type { Strategy } from './strategy.ts';
import { superTrendFlip } from './super-trend-flip.ts';
import { vwapCross } from './vwap-cross.ts';
import { webhook } from './webhook.ts';

const STRATEGIES: readonly Strategy[] = [
  rsiCross,
  smaCross,
  emaCross,
  macdCross,
  meanReversion,
  breakout,
  vwapCross,
  superTrendFlip,
  rules,
  webhook,
  ...listOrderStrategies().map(toKeeper),
  rebalance,
];

/** Returns every strategy, in the order that lists show. */
export function listStrategies(): readonly Strategy[] {
  return STRATEGIES;
}

/** Returns the strategy of that name, if there is one. */
export function findStrategy(name: string): Strategy | undefined {
  return STRATEGIES.find((strategy) => strategy.name === name);
}
