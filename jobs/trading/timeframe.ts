/** The timeframes that bots can run on, shortest first, with their length in ms. Longer ones than a day are not scheduled. */
const LENGTH_MS = {
  '1s': 1_000,
  '1m': 60_000,
  '3m': 180_000,
  '5m': 300_000,
  '15m': 900_000,
  '30m': 1_800_000,
  '1h': 3_600_000,
  '2h': 7_200_000,
  '4h': 14_400_000,
  '6h': 21_600_000,
  '8h': 28_800_000,
  '12h': 43_200_000,
  '1d': 86_400_000,
} as const;

export type Timeframe = keyof typeof LENGTH_MS;

export const TIMEFRAMES = Object.keys(LENGTH_MS) as [Timeframe, ...Timeframe[]];

/** Returns whether `value` is a timeframe that bots can run on. */
export function isTimeframe(value: string): value is Timeframe {
  return Object.hasOwn(LENGTH_MS, value);
}

/** Returns the length of one candle in ms. */
export function timeframeMs(timeframe: Timeframe): number {
  return LENGTH_MS[timeframe];
}

/** Returns the open time of the newest candle that has closed by `nowMs`. Candles are aligned to the Unix epoch, UTC. */
export function lastClosedOpenTime(timeframe: Timeframe, nowMs: number): number {
  const length = LENGTH_MS[timeframe];
  return Math.floor(nowMs / length) * length - length;
}

/** Returns 00:00 UTC of the day that `timeMs` is in. */
export function utcDayStart(timeMs: number): number {
  return Math.floor(timeMs / LENGTH_MS['1d']) * LENGTH_MS['1d'];
}

/** Returns the next 00:00 UTC after `timeMs`. */
export function nextUtcDayStart(timeMs: number): number {
  return utcDayStart(timeMs) + LENGTH_MS['1d'];
}
