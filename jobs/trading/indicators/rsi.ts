import { fadeLength } from './fade.ts';
import { findBegin, requirePeriod } from './series.ts';

/** `simple`: averages over the last `period` changes alone. `wilder`: averages that remember older changes, fading. */
export type RsiSmoothing = 'simple' | 'wilder';

/** Stands where there are fewer than period + 1 closes. */
const NEUTRAL = 50;

/** Returns how many closes the RSI needs; for `wilder`, after how many it has forgotten its seed, to 1e-12. */
export const rsiWarmUp = (period: number, smoothing: RsiSmoothing): number =>
  period + 1 + (smoothing === 'wilder' ? fadeLength(1 / period) : 0);

/**
 * Returns the relative strength index of each close, 0..100, as long as the input; 50 before the first `period` changes,
 * 100 where the average loss is 0. A simple value depends on its own period + 1 closes alone: the sums are taken afresh,
 * oldest first, because a running sum drifts and real candles land exactly on 30 and 70. Throws a RangeError as `findBegin`
 * says.
 *
 * Source: J. W. Wilder, New Concepts in Technical Trading Systems (1978), section VI; simple averages: Cutler's RSI.
 */
export function rsi(close: Float64Array, period: number, smoothing: RsiSmoothing): Float64Array {
  requirePeriod('RSI', period);
  const first = findBegin('RSI', close) + period;
  const values = new Float64Array(close.length).fill(NEUTRAL, 0, Math.min(first, close.length));
  if (first >= close.length) return values;
  if (smoothing === 'simple') fillSimple(values, { close, period, first });
  else fillWilder(values, { close, period, first });
  return values;
}

type Input = { close: Float64Array; period: number; first: number };

/** Closes whose changes are kept at hand at a time: few enough for the processor's nearest memory. */
const TILE = 4_096;

function fillSimple(values: Float64Array, { close, period, first }: Input): void {
  const room = Math.min(TILE, close.length - first) + period;
  const changes = { gains: new Float64Array(room), losses: new Float64Array(room) };
  const { gains, losses } = changes;
  for (let start = first; start < close.length; start += TILE) {
    const count = Math.min(TILE, close.length - start);
    splitChanges(changes, close.subarray(start - period, start + count));
    for (let step = 0; step < count; step += 1) {
      let gain = 0;
      let loss = 0;
      for (let at = step; at < step + period; at += 1) {
        gain += gains[at] ?? NaN;
        loss += losses[at] ?? NaN;
      }
      values[start + step] = toIndex(gain / period, loss / period);
    }
  }
}

/** Fills in twice each gain and loss: |change| ± change needs no branch, and of the sums only their ratio counts. */
function splitChanges(
  { gains, losses }: { gains: Float64Array; losses: Float64Array },
  close: Float64Array,
): void {
  for (let index = 1; index < close.length; index += 1) {
    const change = (close[index] ?? NaN) - (close[index - 1] ?? NaN);
    const size = Math.abs(change);
    gains[index - 1] = size + change;
    losses[index - 1] = size - change;
  }
}

function fillWilder(values: Float64Array, { close, period, first }: Input): void {
  let gain = 0;
  let loss = 0;
  for (let index = first - period + 1; index <= first; index += 1) {
    const change = (close[index] ?? NaN) - (close[index - 1] ?? NaN);
    gain += (Math.abs(change) + change) / 2 / period;
    loss += (Math.abs(change) - change) / 2 / period;
  }
  values[first] = toIndex(gain, loss);
  for (let index = first + 1; index < close.length; index += 1) {
    const change = (close[index] ?? NaN) - (close[index - 1] ?? NaN);
    gain = (gain * (period - 1) + (Math.abs(change) + change) / 2) / period;
    loss = (loss * (period - 1) + (Math.abs(change) - change) / 2) / period;
    values[index] = toIndex(gain, loss);
  }
}

function toIndex(averageGain: number, averageLoss: number): number {
  return averageLoss === 0 ? 100 : 100 - 100 / (1 + averageGain / averageLoss);
}
