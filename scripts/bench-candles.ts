import type { Candles } from '../jobs/trading/types.ts';

const MINUTE_MS = 60_000;
const MAX_UINT32 = 2 ** 32;

/** Returns a seeded random walk of minute candles in cents, as columns alone. Generator: Mulberry32. */
export function walkCandles(count: number, seed: number): Candles {
  let state = seed;
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / MAX_UINT32;
  };
  const candles = emptyCandles(count);
  let price = 30_000;
  for (let at = 0; at < count; at += 1) {
    const open = price;
    price = Math.max(1_000, Math.round(price * 100 * (1 + (random() - 0.5) * 0.002)) / 100);
    candles.openTimeMs[at] = at * MINUTE_MS;
    candles.open[at] = open;
    candles.high[at] = Math.max(open, price) + Math.round(random() * 1_000) / 100;
    candles.low[at] = Math.min(open, price) - Math.round(random() * 1_000) / 100;
    candles.close[at] = price;
    candles.volume[at] = 1 + Math.round(random() * 1_000) / 100;
  }
  return candles;
}

/** Returns candles one after another, from the beginning again where there are too few, on the times of minute candles. */
export function repeatCandles(source: Candles, count: number): Candles {
  const candles = emptyCandles(count);
  const length = source.close.length;
  for (let at = 0; at < count; at += 1) {
    const from = at % length;
    candles.openTimeMs[at] = at * MINUTE_MS;
    for (const column of ['open', 'high', 'low', 'close', 'volume'] as const)
      candles[column][at] = source[column][from] ?? NaN;
  }
  return candles;
}

function emptyCandles(count: number): Candles {
  const column = () => new Float64Array(count);
  return {
    openTimeMs: column(),
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
  };
}
