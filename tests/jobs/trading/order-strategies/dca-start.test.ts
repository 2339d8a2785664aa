import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toCandles } from '../../../../jobs/trading/candles.ts';
import {
  countStartCandles,
  judgeStart,
  type StartVerdict,
} from '../../../../jobs/trading/order-strategies/dca-start.ts';

const MINUTE_MS = 60_000;
const NOTHING_BEFORE = { waitsUntilMs: 0, seenMs: null };
const FALLS = { start: 'rsi_below', rsi_period: 2, rsi_level: 20 } as const;
const RISES = { start: 'rsi_above', rsi_period: 2, rsi_level: 50 } as const;

const candlesOf = (closes: number[]) =>
  toCandles(
    closes.map((close, index) => ({
      openTimeMs: index * MINUTE_MS,
      ...{ open: close, high: close, low: close, close, volume: 1 },
    })),
  );

/** Judged one second after the last close. */
function judge(
  params: Parameters<typeof judgeStart>[0],
  closes: number[],
  {
    wait = NOTHING_BEFORE,
    lateMs = 0,
  }: { wait?: typeof NOTHING_BEFORE | { waitsUntilMs: number; seenMs: number }; lateMs?: number } = {},
): StartVerdict {
  const nowMs = closes.length * MINUTE_MS + 1_000 + lateMs;
  return judgeStart(params, { candles: candlesOf(closes), timeframe: '1m', nowMs, wait });
}

const MET = { isMet: true };

describe('the start of a deal', () => {
  it('is at once where nothing else is asked for, with no candle known', () => {
    const params = { ...FALLS, start: 'at_once' } as const;
    expect(countStartCandles(params)).toBe(0);
    expect(judge(params, [])).toEqual({ isMet: true, why: '' });
  });

  it('is where the RSI falls through the level, and says both values', () => {
    expect(judge(FALLS, [100, 101, 100, 98])).toEqual({
      isMet: true,
      why: 'RSI(2) fell through 20 (50.0 → 0.0)',
    });
    expect(judge(FALLS, [100, 99, 98, 97])).toEqual({
      isMet: false,
      reason: 'Waits for RSI(2), now 0.0, to fall through 20.',
    });
  });

  it('is where the RSI rises through the level', () => {
    expect(judge(RISES, [100, 99, 98, 100])).toMatchObject(MET);
    expect(judge(RISES, [98, 99, 100, 101])).toMatchObject({ isMet: false });
    expect(judge(RISES, [100, 101, 100, 98])).toMatchObject({ isMet: false });
  });

  it('counts a value on the level as across it, and one that was on it as not yet beyond', () => {
    // +1 and −1: an RSI of exactly 50.
    expect(judge(RISES, [101, 100, 99, 100])).toMatchObject(MET);
    expect(judge(RISES, [100, 101, 100, 102])).toMatchObject({ isMet: false });
  });

  it('waits for as many candles as two values take', () => {
    expect(countStartCandles({ ...FALLS, rsi_period: 14 })).toBe(16);
    expect(judge(FALLS, [101, 100, 98])).toEqual({
      isMet: false,
      reason: 'Waits for candles: RSI(2) needs 4, has 3.',
    });
  });

  it('does not count on an older candle than the newest that has closed', () => {
    expect(judge(FALLS, [100, 101, 100, 98], { lateMs: 50_000 })).toMatchObject(MET);
    expect(judge(FALLS, [100, 101, 100, 98], { lateMs: 59_000 })).toMatchObject({ isMet: false });
  });

  it('does not count what crossed before the deal before had ended, or in its pause', () => {
    const closes = [100, 101, 100, 98];
    const [third, fourth] = [2 * MINUTE_MS, 3 * MINUTE_MS];
    expect(judge(FALLS, closes, { wait: { waitsUntilMs: 0, seenMs: third } })).toMatchObject(MET);
    expect(judge(FALLS, closes, { wait: { waitsUntilMs: 0, seenMs: fourth } })).toMatchObject({
      isMet: false,
    });
    const closeMs = 4 * MINUTE_MS;
    expect(judge(FALLS, closes, { wait: { waitsUntilMs: closeMs, seenMs: third } })).toMatchObject(MET);
    expect(judge(FALLS, closes, { wait: { waitsUntilMs: closeMs + 1, seenMs: third } })).toMatchObject({
      isMet: false,
    });
  });

  it('says the same whatever came before the candles that it asks for', () => {
    const closes = fc.array(fc.integer({ min: 90, max: 110 }), { minLength: 8, maxLength: 30 });
    const params = fc.constantFrom(FALLS, RISES, { ...FALLS, rsi_period: 5, rsi_level: 40 });
    fc.assert(
      fc.property(closes, params, (all, each) => {
        const candles = candlesOf(all);
        const nowMs = all.length * MINUTE_MS;
        const seen = { timeframe: '1m' as const, nowMs, wait: NOTHING_BEFORE };
        const needed = countStartCandles(each);
        const tail = Object.fromEntries(
          Object.entries(candles).map(([name, column]) => [name, column.slice(-needed)]),
        ) as typeof candles;
        expect(judgeStart(each, { ...seen, candles: tail })).toEqual(judgeStart(each, { ...seen, candles }));
      }),
    );
  });
});
