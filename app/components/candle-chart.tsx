import type { ChartView } from '../schemas/views.ts';
import { CandlePane } from './candle-pane.tsx';
import { marksOf, newest } from './candle-geometry.ts';
import { axisWidthFor, TimeAxis } from './chart-frame.tsx';
import { indexAt } from './chart-scale.ts';
import { ChartTable } from './chart-table.tsx';
import { IndicatorPane } from './indicator-pane.tsx';
import { formatMoney } from './format.ts';
import { formatMoment } from './moment.ts';

type CandleChartProps = {
  title: string;
  chart: ChartView;
  priceDecimals: number;
  /** Markers that are no round trips are not joined. */ withoutTrips: boolean;
};

const ON_PHONES = 60;

/** Candles with fills and indicators, drawn on the server; fewer candles on a phone, so that each can be told apart. */
export function CandleChart(props: CandleChartProps) {
  const { chart, priceDecimals } = props;
  if (chart.candles.length === 0) return null;
  return (
    <figure className="min-w-0">
      <div className="max-sm:hidden">
        <Chart {...props} timeTicks={7} />
      </div>
      <div className="sm:hidden">
        <Chart {...props} chart={newest(chart, ON_PHONES)} timeTicks={3} />
      </div>
      <ChartTable chart={chart} priceDecimals={priceDecimals} />
    </figure>
  );
}

function Chart({
  title,
  chart,
  priceDecimals,
  withoutTrips,
  timeTicks,
}: CandleChartProps & { timeTicks: number }) {
  const { candles, indicators } = chart;
  const timesMs = candles.map((candle) => candle.timeMs);
  const first = timesMs[0] ?? 0;
  const last = timesMs.at(-1) ?? first;
  const axisWidth = axisWidthFor(formatMoney((candles.at(-1)?.close ?? 0).toFixed(8), priceDecimals).length);
  const { marks, trips } = marksOf(chart.markers, timesMs);
  const place = (timeMs: number) => (indexAt(timesMs, timeMs) + 0.5) / candles.length;
  return (
    <div role="img" aria-label={summarise(title, chart, priceDecimals)}>
      <CandlePane
        chart={chart}
        overlays={indicators.filter((line) => line.pane === 'price')}
        priceDecimals={priceDecimals}
        axisWidth={axisWidth}
        marks={withoutTrips ? marks.map((mark) => ({ ...mark, isGain: null })) : marks}
        trips={withoutTrips ? [] : trips}
      />
      {indicators
        .filter((line) => line.pane === 'own')
        .map((line) => (
          <IndicatorPane key={line.name} indicator={line} axisWidth={axisWidth} />
        ))}
      <TimeAxis fromMs={first} toMs={last} count={timeTicks} place={place} axisWidth={axisWidth} />
    </div>
  );
}

function summarise(title: string, { candles, markers }: ChartView, decimals: number): string {
  const price = (value: number) => formatMoney(value.toFixed(8), decimals);
  const first = candles[0];
  const last = candles.at(-1);
  if (!first || !last) return title;
  const low = price(Math.min(...candles.map((candle) => candle.low)));
  const high = price(Math.max(...candles.map((candle) => candle.high)));
  return (
    `${title}, ${candles.length} candles from ${formatMoment(first.timeMs, 'full')} to ${formatMoment(last.timeMs, 'full')}: ` +
    `low ${low}, high ${high}, last ${price(last.close)}; ${markers.length} fills. The figures are in the table below.`
  );
}
