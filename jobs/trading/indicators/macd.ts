import { ema, emaWarmUp } from './ema.ts';
import { requirePeriod } from './series.ts';

export type MacdPeriods = { fast: number; slow: number; signal: number };

/** In the price's unit. `histogram` is `macd` − `signal`. */
export type Macd = { macd: Float64Array; signal: Float64Array; histogram: Float64Array };

/** Returns after how many closes all three lines have forgotten their seeds, to 1e-12. */
export const macdWarmUp = ({ slow, signal }: MacdPeriods): number => emaWarmUp(slow) + emaWarmUp(signal) - 1;

/**
 * Returns the fast less the slow exponential average, its own exponential average (signal) and the histogram, in the price's
 * unit, as long as the input; NaN before `slow` closes (macd) and before `slow` + `signal` − 1 (the others). Both averages
 * begin at the same close, as in TA-Lib. Throws a RangeError unless fast < slow, and as `findBegin` says.
 *
 * Source: G. Appel, Technical Analysis: Power Tools for Active Investors (2005), chapter 8: periods 12, 26 and 9.
 */
export function macd(close: Float64Array, { fast, slow, signal: signalPeriod }: MacdPeriods): Macd {
  requirePeriod('MACD fast', fast);
  if (!(fast < slow)) throw new RangeError(`MACD fast period ${fast} must be below the slow one, ${slow}`);
  const line = ema(close, slow);
  const begin = line.findIndex((value) => !Number.isNaN(value));
  if (begin >= 0) subtractFrom(ema(close.subarray(begin - fast + 1), fast), line.subarray(begin - fast + 1));
  const signal = ema(line, signalPeriod);
  const histogram = new Float64Array(close.length);
  for (let index = 0; index < close.length; index += 1) {
    histogram[index] = (line[index] ?? NaN) - (signal[index] ?? NaN);
  }
  return { macd: line, signal, histogram };
}

/** Turns the slow average into the fast one less the slow one, in place. */
function subtractFrom(fast: Float64Array, slow: Float64Array): void {
  for (let index = 0; index < slow.length; index += 1) {
    slow[index] = (fast[index] ?? NaN) - (slow[index] ?? NaN);
  }
}
