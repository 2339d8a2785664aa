import { describe, expect, it } from 'vitest';
import {
  isTimeframe,
  lastClosedOpenTime,
  nextUtcDayStart,
  TIMEFRAMES,
  timeframeMs,
  utcDayStart,
} from '../../../jobs/trading/timeframe.ts';

describe('timeframes', () => {
  it('rise in length', () => {
    const lengths = TIMEFRAMES.map(timeframeMs);
    expect(lengths).toEqual(lengths.toSorted((a, b) => a - b));
    expect([isTimeframe('1s'), isTimeframe('1w'), isTimeframe('toString')]).toEqual([true, false, false]);
  });

  it.each([
    // now, timeframe, open time of the newest closed candle
    ['12:34:56.789', '1s', '12:34:55.000'],
    ['12:34:56.789', '1m', '12:33:00.000'],
    ['12:35:00.000', '5m', '12:30:00.000'],
    ['12:34:59.999', '5m', '12:25:00.000'],
    ['12:34:59.999', '4h', '08:00:00.000'],
  ] as const)('at %s the newest closed %s candle opened at %s', (now, timeframe, open) => {
    const at = (time: string) => Date.parse(`2026-05-06T${time}Z`);
    expect(lastClosedOpenTime(timeframe, at(now))).toBe(at(open));
  });

  it('know the UTC day of a time', () => {
    const midnight = Date.UTC(2026, 4, 6);
    expect([utcDayStart(midnight), utcDayStart(midnight + 86_399_999)]).toEqual([midnight, midnight]);
    expect([nextUtcDayStart(midnight), nextUtcDayStart(midnight - 1)]).toEqual([
      midnight + 86_400_000,
      midnight,
    ]);
  });
});
