import type { Candles } from './types.ts';

/** Returns columns of which each is made from the one of its name. */
export function mapColumns(from: Candles, map: (column: Float64Array) => Float64Array): Candles {
  return {
    openTimeMs: map(from.openTimeMs),
    open: map(from.open),
    high: map(from.high),
    low: map(from.low),
    close: map(from.close),
    volume: map(from.volume),
  };
}

/** Returns columns of zeros. */
export function newColumns(length: number): Candles {
  return {
    openTimeMs: new Float64Array(length),
    open: new Float64Array(length),
    high: new Float64Array(length),
    low: new Float64Array(length),
    close: new Float64Array(length),
    volume: new Float64Array(length),
  };
}
