import type { CandleView, ChartView } from '../schemas/views.ts';
import { fromTop, indexAt, type Range } from './chart-scale.ts';

/** Charts are drawn on a plane of this height and `SLOT` units per candle, then stretched to the room there is. */
export const PLANE_HEIGHT = 1_000;
export const SLOT = 10;

const BODY = 3.4;

export type Shapes = { wicks: string; bodies: string };

const round = (value: number) => Math.round(value * 10) / 10;

/** Paths of all rising, or all falling, candles: wicks and bodies apart, so that hollow bodies can cover their wicks. */
export function candleShapes(
  candles: readonly CandleView[],
  range: Range,
  wanted: 'rising' | 'falling',
): Shapes {
  const y = (price: number) => round(fromTop(price, range) * PLANE_HEIGHT);
  let wicks = '';
  let bodies = '';
  candles.forEach((candle, index) => {
    if ((candle.close >= candle.open ? 'rising' : 'falling') !== wanted) return;
    const x = (index + 0.5) * SLOT;
    const top = y(Math.max(candle.open, candle.close));
    const bottom = y(Math.min(candle.open, candle.close));
    wicks += `M${x} ${y(candle.high)}V${y(candle.low)}`;
    bodies += `M${round(x - BODY)} ${top}H${round(x + BODY)}V${bottom}H${round(x - BODY)}Z`;
  });
  return { wicks, bodies };
}

/** A line through the values, one per candle; broken where there is none. */
export function linePath(values: readonly (number | null)[], range: Range): string {
  let path = '';
  let isDrawing = false;
  values.forEach((value, index) => {
    if (value === null) {
      isDrawing = false;
      return;
    }
    path += `${isDrawing ? 'L' : 'M'}${(index + 0.5) * SLOT} ${round(fromTop(value, range) * PLANE_HEIGHT)}`;
    isDrawing = true;
  });
  return path;
}

export type Mark = {
  side: 'BUY' | 'SELL';
  /** Index of the candle it falls in. */
  index: number;
  price: number;
  label: string;
  /** A sale above or below its entry; null for a buy, and where no entry is known. */
  isGain: boolean | null;
};
export type Trip = { entry: Mark; exit: Mark };

/** Fills on the chart, and the round trips they make: from the first buy since flat to the sale that follows. */
export function marksOf(
  markers: ChartView['markers'],
  timesMs: readonly number[],
): { marks: Mark[]; trips: Trip[] } {
  const marks: Mark[] = [];
  const trips: Trip[] = [];
  let entry: Mark | undefined;
  for (const marker of markers) {
    const index = indexAt(timesMs, marker.timeMs);
    const isGain = marker.side === 'SELL' && entry ? marker.price >= entry.price : null;
    const mark = { side: marker.side, index, price: marker.price, label: marker.label, isGain };
    marks.push(mark);
    if (marker.side === 'BUY') entry ??= mark;
    else if (entry) {
      trips.push({ entry, exit: mark });
      entry = undefined;
    }
  }
  return {
    marks: marks.filter((mark) => mark.index >= 0),
    trips: trips.filter((trip) => trip.exit.index >= 0),
  };
}

/** The newest `count` candles of a chart, with what belongs to them. */
export function newest(chart: ChartView, count: number): ChartView {
  const skipped = Math.max(0, chart.candles.length - count);
  if (skipped === 0) return chart;
  const indicators = chart.indicators.map((line) => ({ ...line, values: line.values.slice(skipped) }));
  return { ...chart, candles: chart.candles.slice(skipped), indicators };
}
