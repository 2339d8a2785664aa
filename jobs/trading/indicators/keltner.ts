import { atr, atrWarmUp } from './atr.ts';
import { ema, emaWarmUp } from './ema.ts';
import { requireFactor, type PriceRanges } from './series.ts';

export type KeltnerOptions = { period: number; atrPeriod: number; factor: number };

/** In the price's unit. */
export type KeltnerChannel = { middle: Float64Array; upper: Float64Array; lower: Float64Array };

/** Returns after how many candles both averages have forgotten their seeds, to 1e-12. */
export const keltnerWarmUp = ({ period, atrPeriod }: Omit<KeltnerOptions, 'factor'>): number =>
  Math.max(emaWarmUp(period), atrWarmUp(atrPeriod));

/**
 * Returns the exponential average of closes and the bands `factor` average true ranges above and below it, in the price's
 * unit, as long as the input; NaN before `period` candles (middle), and `atrPeriod` + 1 where that is more (bands). Throws a
 * RangeError as `requireColumns` says.
 *
 * Source: L. B. Raschke's form of C. W. Keltner's channel (How to Make Money in Commodities, 1960): 20, 10 and 2.
 */
export function keltner(candles: PriceRanges, { period, atrPeriod, factor }: KeltnerOptions): KeltnerChannel {
  requireFactor('Keltner', factor);
  const upper = atr(candles, atrPeriod);
  const middle = ema(candles.close, period);
  const lower = new Float64Array(middle.length);
  for (let index = 0; index < middle.length; index += 1) {
    const mean = middle[index] ?? NaN;
    const width = factor * (upper[index] ?? NaN);
    upper[index] = mean + width;
    lower[index] = mean - width;
  }
  return { middle, upper, lower };
}
