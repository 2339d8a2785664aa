import { toHigherTimeframe } from '../higher-timeframe.ts';
import { timeframeMs, type Timeframe } from '../timeframe.ts';
import type { Candles } from '../types.ts';
import type { StrategyInput } from './strategy.ts';

/** Returns how many base candles make one of a higher timeframe; 0 unless it is longer and a multiple. */
export function higherRatio(base: Timeframe, higher: Timeframe): number {
  const ratio = timeframeMs(higher) / timeframeMs(base);
  return Number.isInteger(ratio) && ratio > 1 ? ratio : 0;
}

/**
 * Returns how many base candles hold the newest `count` closed ones of a higher timeframe, wherever they begin and end
 * inside one.
 */
export function higherWarmUp(base: Timeframe, higher: Timeframe, count: number): number {
  return (count + 1) * higherRatio(base, higher) - 1;
}

/**
 * Returns a series of a higher timeframe as the base candles see it: at each close the value of the newest higher candle
 * that has closed by then, NaN before the first. All NaN where the timeframe is none of the base's higher ones.
 */
export function higherSeries(
  { candles, timeframe }: StrategyInput,
  higher: Timeframe,
  compute: (candles: Candles) => Float64Array,
): Float64Array {
  const values = new Float64Array(candles.close.length).fill(NaN);
  if (higherRatio(timeframe, higher) === 0) return values;
  const { candles: above, newestClosed } = toHigherTimeframe(candles, timeframe, higher);
  const series = compute(above);
  for (let index = 0; index < values.length; index += 1) {
    values[index] = series[newestClosed[index] ?? -1] ?? NaN;
  }
  return values;
}
