import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toCandles } from '../../../../jobs/trading/candles.ts';
import { rsi } from '../../../../jobs/trading/indicators/rsi.ts';
import { money } from '../../../../jobs/trading/decimal.ts';
import { FLAT } from '../../../../jobs/trading/portfolio/ledger.ts';
import { rsiCross } from '../../../../jobs/trading/strategies/rsi-cross.ts';
import { newestSignal, scanCandles } from '../../../../jobs/trading/strategies/scan.ts';
import type { StrategyInput } from '../../../../jobs/trading/strategies/strategy.ts';
import type { Candles, Signal } from '../../../../jobs/trading/types.ts';

const params = rsiCross.paramsSchema.parse({});
const short = rsiCross.paramsSchema.parse({ rsi_period: 2 });

function candlesOf(closes: number[]): Candles {
  const rows = closes.map((close, index) => ({
    open: close,
    high: close,
    low: close,
    close,
    openTimeMs: index,
    volume: 1,
  }));
  return toCandles(rows);
}

const inputOf = (closes: number[]): StrategyInput => ({ candles: candlesOf(closes), timeframe: '5m' });

function lastSignal(own: typeof params, closes: number[]): Signal {
  const { signalAt } = rsiCross.scan(own, inputOf(closes));
  const { kind, confidence, explain } = signalAt(closes.length - 1, null);
  return { kind, confidence, reason: explain() };
}

const lastRsi = (closes: number[]): number[] => [...rsi(new Float64Array(closes), 2, 'simple').slice(-2)];

describe('RSI cross', () => {
  it('buys on the candle that takes RSI up through oversold', () => {
    const closes = [100, 90, 95, 80, 87]; // RSI(2): 33.3, 25.0, 31.8
    expect(lastRsi(closes)).toEqual([25, 100 - 100 / (1 + 7 / 15)]);
    expect(lastSignal(short, closes)).toEqual({
      kind: 'BUY',
      confidence: 0.5,
      reason: 'RSI crossed up through 30 (25.0 → 31.8)',
    });
  });

  it('sells on the candle that takes RSI down through overbought', () => {
    expect(lastSignal(short, [100, 110, 105, 120, 113])).toEqual({
      kind: 'SELL',
      confidence: 0.5,
      reason: 'RSI crossed down through 70 (75.0 → 68.2)',
    });
  });

  it('is surer the farther RSI has jumped past the threshold', () => {
    const jump = lastSignal(short, [100, 90, 80, 120]); // 0 -> 80
    expect(jump).toEqual({ kind: 'BUY', confidence: 1, reason: 'RSI crossed up through 30 (0.0 → 80.0)' });
    expect(lastSignal(short, [100, 90, 80, 100]).confidence).toBeCloseTo((200 / 3 - 30) / 50, 12);
  });

  it.each([
    ['stays below oversold', [100, 90, 80, 70], 'RSI 0.0 is below 30 and has not turned up'],
    ['stays above overbought', [70, 80, 90, 100], 'RSI 100.0 is above 70 and has not turned down'],
    ['stays between', [100, 110, 100, 110], 'RSI 50.0 crossed neither 30 upwards nor 70 downwards'],
  ])('holds while RSI %s', (_, closes, reason) => {
    expect(lastSignal(short, closes)).toMatchObject({ kind: 'HOLD', reason });
  });

  it('counts a value within 1e-9 of a threshold as on it', () => {
    // Gains 0.3, losses 0.7, and floating point makes it 29.999999999998: from there nothing crosses up.
    const onThirty = [20.1, 20.13, 20.06, 20.2];
    expect(lastRsi(onThirty)[0]).toBeLessThan(30);
    expect(lastRsi(onThirty)[0]).toBeCloseTo(30, 9);
    expect(lastSignal(short, onThirty).kind).toBe('HOLD');
    // And reaching it from below is a crossing.
    const reachesThirty = [20.2, 20.1, 20.03, 20.06];
    expect(lastRsi(reachesThirty)[1]).toBeLessThan(30);
    expect(lastSignal(short, reachesThirty)).toMatchObject({
      kind: 'BUY',
      reason: 'RSI crossed up through 30 (0.0 → 30.0)',
    });
    // Likewise at 70, where the noise falls on 70.000000000004.
    const reachesSeventy = [33.2, 33.3, 33.37, 33.34];
    expect(lastRsi(reachesSeventy)[1]).toBeGreaterThan(70);
    expect(lastSignal(short, reachesSeventy).kind).toBe('SELL');
    expect(lastSignal(short, [33.3, 33.27, 33.34, 33.2]).kind).toBe('HOLD');
  });

  it('shows as many digits as it takes to tell a near miss from a hit', () => {
    const nearMiss = [100, 90, 95, 80, 86.4283]; // RSI just below 30 before and after
    expect(lastSignal(short, nearMiss).reason).toBe('RSI 29.999 is below 30 and has not turned up');
  });

  it('has a confidence of 0.3 to 0.5 when it holds and 0.5 to 1 when it acts', () => {
    const series = fc.array(fc.integer({ min: 50, max: 150 }), { minLength: 16, maxLength: 40 });
    fc.assert(
      fc.property(series, fc.constantFrom('simple' as const, 'wilder' as const), (closes, smoothing) => {
        const { kind, confidence } = lastSignal({ ...params, smoothing }, closes);
        expect(confidence).toBeGreaterThanOrEqual(kind === 'HOLD' ? 0.3 : 0.5);
        expect(confidence).toBeLessThanOrEqual(kind === 'HOLD' ? 0.5 : 1);
      }),
    );
  });

  it('says of the newest candle, from the warm-up alone, what a scan of all candles says of it', () => {
    const series = fc.array(fc.integer({ min: 50, max: 150 }), { minLength: 80, maxLength: 120 });
    fc.assert(
      fc.property(series, fc.constantFrom('simple', 'wilder'), (closes, smoothing) => {
        const own = rsiCross.paramsSchema.parse({ rsi_period: 3, smoothing });
        const newest = newestSignal(rsiCross, inputOf(closes), { params: own, position: null });
        const { confidence, ...scanned } = lastSignal(own, closes);
        expect(newest).toMatchObject(scanned);
        expect(newest.confidence).toBeCloseTo(confidence, 9);
      }),
    );
  });

  it('acts nowhere but where a level is crossed, and not before its warm-up', () => {
    const closes = [100, 90, 95, 80, 87, 80, 70, 75, 90, 95, 80];
    const { acts, signalAt } = scanCandles(rsiCross, short, inputOf(closes));
    const kinds = closes.map((_, index) => signalAt(index, null).kind);
    expect(kinds.filter((kind) => kind !== 'HOLD')).toEqual(['BUY', 'BUY', 'SELL']);
    expect([...acts]).toEqual(kinds.map((kind) => Number(kind !== 'HOLD')));
    expect([...scanCandles(rsiCross, short, inputOf([100, 90, 120])).acts]).toEqual([0, 0, 0]);
  });

  it('says what it waits for', () => {
    const held = { ...FLAT, quantity: money(1) };
    const next = (closes: number[], position: typeof held | null) =>
      rsiCross.next(short, inputOf(closes), position);
    expect(next([100, 90, 80, 70], null)).toBe('Buys when RSI, now 0.0, rises through 30.');
    expect(next([100, 110, 100, 110], null)).toBe(
      'Buys when RSI, now 50.0, falls below and then rises through 30.',
    );
    expect(next([70, 80, 90, 100], held)).toBe('Sells when RSI, now 100.0, falls back through 70.');
    expect(next([100, 110, 100, 110], held)).toBe(
      'Sells when RSI, now 50.0, rises above and then falls back through 70.',
    );
  });

  it('draws its RSI between its two levels, below the price', () => {
    const candles = candlesOf([100, 90, 80, 120]);
    expect(rsiCross.indicators(short, { candles, timeframe: '5m' })).toEqual([
      {
        id: 'rsi',
        label: 'RSI 2',
        pane: 'below',
        values: rsi(candles.close, 2, 'simple'),
        bands: [30, 70],
        range: [0, 100],
      },
    ]);
  });

  it('asks for the candles that two trusted values need', () => {
    expect(rsiCross.warmUp(params, '5m')).toBe(16);
    expect(rsiCross.warmUp(rsiCross.paramsSchema.parse({ smoothing: 'wilder' }), '5m')).toBe(389);
  });
});

describe('RSI cross parameters', () => {
  const parse = (input: Record<string, unknown>) => rsiCross.paramsSchema.safeParse(input);

  it('have the classic values by default', () => {
    expect(params).toEqual({ rsi_period: 14, oversold: 30, overbought: 70, smoothing: 'simple' });
  });

  it.each([
    ['rsi_period', 1],
    ['rsi_period', 201],
    ['rsi_period', 14.5],
    ['oversold', 0.5],
    ['oversold', 51],
    ['overbought', 49],
    ['overbought', 100],
    ['smoothing', 'exponential'],
  ])('refuse %s %s, and name the field', (field, value) => {
    expect(parse({ [field]: value }).error?.issues).toMatchObject([{ path: [field] }]);
  });

  it('refuse an oversold level that is not below the overbought one', () => {
    expect(parse({ oversold: 50, overbought: 50 }).error?.issues).toMatchObject([
      { path: ['oversold'], message: 'Oversold must be below overbought.' },
    ]);
  });

  it('refuse a name that does not exist', () => {
    expect(parse({ rsi_perod: 10 }).success).toBe(false);
  });
});
