import { tailCandles } from '../candles.ts';
import type { Position, Signal } from '../types.ts';
import type { Scan, Strategy, StrategyInput } from './strategy.ts';

/** So many candles of a series are kept for live trading, at most: a strategy that needs more cannot be run. */
export const MOST_CANDLES = 50_000;

/** Returns what a strategy says of every candle. Where the warm-up is not reached, it does not act. */
export function scanCandles(strategy: Strategy, params: Record<string, unknown>, input: StrategyInput): Scan {
  const scan = strategy.scan(params, input);
  scan.acts.fill(0, 0, strategy.warmUp(params, input.timeframe) - 1);
  return scan;
}

export type Newest = { params: Record<string, unknown>; position: Position | null };

/** Returns what a strategy says of the newest candle, from the newest `warmUp` candles alone; it holds while there are fewer. */
export function newestSignal(strategy: Strategy, input: StrategyInput, newest: Newest): Signal {
  const { params, position } = newest;
  const needed = strategy.warmUp(params, input.timeframe);
  const count = input.candles.close.length;
  if (count < needed) return tooFew(needed, count);
  const scan = strategy.scan(params, { ...input, candles: tailCandles(input.candles, needed) });
  const { kind, confidence, explain } = scan.signalAt(needed - 1, position);
  return { kind, confidence, reason: explain() };
}

function tooFew(needed: number, count: number): Signal {
  const reason = `Needs ${needed} candles before its first signal; has ${count}`;
  return { kind: 'HOLD', confidence: 0.3, reason };
}
