import type { Candles } from '../types.ts';
import { requireColumns } from './series.ts';

/** One candle: but the level says where the series began, only its changes say something of the market. */
export const OBV_WARM_UP = 1;

/**
 * Returns on-balance volume, in base units, as long as the input: the first candle's volume, plus the volume of each candle
 * that closed higher than the one before, less that of each that closed lower. Throws a RangeError as `requireColumns` says.
 *
 * Source: J. E. Granville, Granville's New Key to Stock Market Profits (1963); the beginning as in TA-Lib's OBV.
 */
export function obv({ close, volume }: Pick<Candles, 'close' | 'volume'>): Float64Array {
  const length = requireColumns('OBV', close, volume);
  const values = new Float64Array(length);
  let balance = volume[0] ?? NaN;
  let previous = close[0] ?? NaN;
  for (let index = 0; index < length; index += 1) {
    const current = close[index] ?? NaN;
    balance += Math.sign(current - previous) * (volume[index] ?? NaN);
    values[index] = balance;
    previous = current;
  }
  return values;
}
