import type { EquityCurve } from '../equity-curve.ts';

export type Drawdown = {
  /** Fraction of the peak, 0..1; 0 where equity never fell. */
  depth: number;
  /** Quote units. */
  amount: number;
  /** The peak before the fall, its lowest point, and when the peak was reached again; `null` where none or not yet. */
  peakMs: number | null;
  troughMs: number | null;
  recoveredMs: number | null;
  /** From the peak to the recovery, or to the end of the run. */
  durationMs: number;
};

/**
 * Returns how far equity lies below its highest so far at each point, as a fraction of that. What the run began with is
 * the first peak.
 */
export function drawdownCurve({ equity }: EquityCurve, initialBalance: number): Float64Array {
  let peak = initialBalance;
  return equity.map((value) => {
    peak = Math.max(peak, value);
    return peak > 0 ? (peak - value) / peak : 0;
  });
}

/**
 * Returns the deepest fall of equity from a peak, at closes: what an open position lost inside a candle does not show.
 *
 * Source: M. Magdon-Ismail and A. Atiya, "Maximum Drawdown", Risk Magazine (October 2004).
 */
export function maxDrawdown(curve: EquityCurve, initialBalance: number): Drawdown {
  const { timeMs, equity } = curve;
  const none = { depth: 0, amount: 0, peakMs: null, troughMs: null, recoveredMs: null, durationMs: 0 };
  const trough = findDeepest(curve, initialBalance);
  if (trough === null) return none;
  const { peak, peakIndex, index } = trough;
  const recovery = equity.findIndex((value, at) => at > index && value >= peak);
  const peakMs = timeMs[Math.max(0, peakIndex)] ?? NaN;
  const recoveredMs = recovery < 0 ? null : (timeMs[recovery] ?? null);
  return {
    depth: trough.depth,
    amount: peak - (equity[index] ?? NaN),
    peakMs,
    troughMs: timeMs[index] ?? null,
    recoveredMs,
    durationMs: (recoveredMs ?? timeMs.at(-1) ?? NaN) - peakMs,
  };
}

type Trough = { depth: number; peak: number; peakIndex: number; index: number };

function findDeepest({ equity }: EquityCurve, initialBalance: number): Trough | null {
  let deepest: Trough | null = null;
  let peak = initialBalance;
  let peakIndex = -1;
  let depth = 0;
  for (let index = 0; index < equity.length; index += 1) {
    const value = equity[index] ?? NaN;
    if (value > peak) {
      peak = value;
      peakIndex = index;
    } else if (peak - value > depth * peak) {
      depth = (peak - value) / peak;
      deepest = { depth, peak, peakIndex, index };
    }
  }
  return deepest;
}
