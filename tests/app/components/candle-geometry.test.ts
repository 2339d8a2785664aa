import { describe, expect, it } from 'vitest';
import { candleShapes, linePath, marksOf, newest } from '../../../app/components/candle-geometry.ts';
import type { CandleView, ChartView } from '../../../app/schemas/views.ts';

const candle = (timeMs: number, open: number, close: number): CandleView => ({
  timeMs,
  open,
  close,
  high: Math.max(open, close) + 1,
  low: Math.min(open, close) - 1,
  volume: 1,
});

const fill = (timeMs: number, side: 'BUY' | 'SELL', price: number) => ({
  timeMs,
  side,
  price,
  quantity: '1',
  label: side,
});

describe('candleShapes', () => {
  const candles = [candle(0, 10, 12), candle(1, 12, 11), candle(2, 11, 11)];
  const range = { min: 5, max: 15 };

  it('parts rising from falling candles; one that ends where it began counts as rising', () => {
    expect(candleShapes(candles, range, 'rising').bodies.match(/M/g)).toHaveLength(2);
    expect(candleShapes(candles, range, 'falling').bodies.match(/M/g)).toHaveLength(1);
  });

  it('draws the wick from high to low in the middle of its slot', () => {
    expect(candleShapes([candle(0, 10, 12)], range, 'rising').wicks).toBe('M5 200V600');
  });
});

describe('linePath', () => {
  it('is broken where there is no value', () => {
    expect(linePath([null, 1, 0, null, 1], { min: 0, max: 1 })).toBe('M15 0L25 1000M45 0');
  });
});

describe('marksOf', () => {
  const times = [100, 200, 300, 400];

  it('joins the first buy since flat to the sale that follows it', () => {
    const { marks, trips } = marksOf(
      [fill(110, 'BUY', 10), fill(210, 'BUY', 9), fill(310, 'SELL', 12)],
      times,
    );
    expect(marks.map((mark) => mark.index)).toEqual([0, 1, 2]);
    expect(trips).toHaveLength(1);
    expect(trips[0]).toMatchObject({ entry: { price: 10 }, exit: { price: 12, isGain: true } });
  });

  it('knows a sale below its entry as a loss', () => {
    const { trips } = marksOf([fill(110, 'BUY', 10), fill(310, 'SELL', 8)], times);
    expect(trips[0]?.exit.isGain).toBe(false);
  });

  it('keeps the line of a trip whose entry lies before the chart, but not its mark', () => {
    const { marks, trips } = marksOf([fill(50, 'BUY', 10), fill(310, 'SELL', 8)], times);
    expect(marks.map((mark) => mark.side)).toEqual(['SELL']);
    expect(trips).toHaveLength(1);
  });

  it('does not say whether a sale without a known entry gained', () => {
    expect(marksOf([fill(110, 'SELL', 10)], times).marks[0]?.isGain).toBeNull();
  });
});

describe('newest', () => {
  it('cuts candles and indicators alike', () => {
    const chart: ChartView = {
      candles: [1, 2, 3].map((time) => candle(time, 1, 2)),
      indicators: [{ name: 'RSI', pane: 'own', values: [1, 2, 3], levels: [], range: null }],
      markers: [],
      lines: [],
      problem: null,
    };
    expect(newest(chart, 2)).toMatchObject({
      candles: [{ timeMs: 2 }, { timeMs: 3 }],
      indicators: [{ values: [2, 3] }],
    });
    expect(newest(chart, 9)).toBe(chart);
  });
});
