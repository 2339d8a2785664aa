import type { SignalKind } from '../types.ts';
import type { Scan, ScanSignal } from './strategy.ts';

/** What a strategy has to say, asked candle by candle. */
export type Voice = {
  /** What the rules say at the close of a candle. */
  kindAt: (index: number) => SignalKind;
  /** From 0, a matter of a hair, to 1, beyond doubt: how far past its level an act is, or how far from one a HOLD. */
  strengthAt: (index: number, kind: SignalKind) => number;
  /** One sentence with the figures, without its full stop. */
  explain: (index: number, kind: SignalKind) => string;
};

/** Returns the scan of a strategy that looks at candles alone, whatever is held. Throws a RangeError beyond the candles. */
export function toScan(count: number, { kindAt, strengthAt, explain }: Voice): Scan {
  const acts = new Uint8Array(count);
  for (let index = 0; index < count; index += 1) if (kindAt(index) !== 'HOLD') acts[index] = 1;
  const signalAt = (index: number): ScanSignal => {
    if (!(index >= 0 && index < count)) throw new RangeError(`No candle ${index} of ${count}`);
    const kind = kindAt(index);
    return {
      kind,
      confidence: confidenceOf(kind, strengthAt(index, kind)),
      explain: () => explain(index, kind),
    };
  };
  return { acts, signalAt };
}

/** Returns 0.5 to 1 for an act and 0.3 to 0.5 for a HOLD; a strength that is not known counts as none. */
export function confidenceOf(kind: SignalKind, strength: number): number {
  const share = strength > 0 ? Math.min(1, strength) : 0;
  return kind === 'HOLD' ? 0.3 + 0.2 * share : 0.5 + 0.5 * share;
}

/** At this distance, as a fraction of the level, a price is as far from it as confidence can tell. */
const FULL_DISTANCE = 0.01;

/** Returns how far a price is from a level, as a strength: 0 on it, 1 from 1 % on. */
export function priceStrength(price: number, level: number): number {
  return Math.abs(price - level) / (FULL_DISTANCE * Math.abs(level));
}
