/** `simple`: averages over the last `period` changes alone. `wilder`: averages that remember older changes, fading. */
export type RsiSmoothing = 'simple' | 'wilder';

/** Stands where there are fewer than period + 1 closes. */
const NEUTRAL = 50;

/**
 * Returns the relative strength index of each close, 0..100, as long as the input; 50 before the first `period` changes,
 * 100 where the average loss is 0. A simple value depends on its own period + 1 closes alone: the sums are taken afresh,
 * oldest first, because a running sum drifts and real candles land exactly on 30 and 70.
 *
 * Source: J. W. Wilder, New Concepts in Technical Trading Systems (1978), section VI; simple averages: Cutler's RSI.
 */
export function rsi(close: Float64Array, period: number, smoothing: RsiSmoothing): Float64Array {
  if (!Number.isInteger(period) || period < 1)
    throw new RangeError(`RSI period must be 1 or more: ${period}`);
  return smoothing === 'simple' ? simpleRsi(close, period) : wilderRsi(close, period);
}

function simpleRsi(close: Float64Array, period: number): Float64Array {
  const values = new Float64Array(close.length).fill(NEUTRAL);
  for (let index = period; index < close.length; index += 1) {
    const { gain, loss } = averageChanges(close, index, period);
    values[index] = toIndex(gain, loss);
  }
  return values;
}

function wilderRsi(close: Float64Array, period: number): Float64Array {
  const values = new Float64Array(close.length).fill(NEUTRAL);
  if (close.length <= period) return values;
  let { gain, loss } = averageChanges(close, period, period);
  values[period] = toIndex(gain, loss);
  for (let index = period + 1; index < close.length; index += 1) {
    const change = (close[index] ?? NaN) - (close[index - 1] ?? NaN);
    gain = (gain * (period - 1) + Math.max(change, 0)) / period;
    loss = (loss * (period - 1) + Math.max(-change, 0)) / period;
    values[index] = toIndex(gain, loss);
  }
  return values;
}

/** Simple averages of the `period` changes that end at `index`. */
function averageChanges(close: Float64Array, index: number, period: number): { gain: number; loss: number } {
  let gain = 0;
  let loss = 0;
  let previous = close[index - period] ?? NaN;
  for (let at = index - period + 1; at <= index; at += 1) {
    const current = close[at] ?? NaN;
    if (current > previous) gain += current - previous;
    else loss += previous - current;
    previous = current;
  }
  return { gain: gain / period, loss: loss / period };
}

function toIndex(averageGain: number, averageLoss: number): number {
  return averageLoss === 0 ? 100 : 100 - 100 / (1 + averageGain / averageLoss);
}
