import type { ReactNode } from 'react';
import type { ChartView } from '../schemas/views.ts';
import { CandleChart } from './candle-chart.tsx';
import { Card } from './card.tsx';
import { EmptyState } from './empty-state.tsx';
import { tickDecimals } from './chart-scale.ts';

type ChartCardProps = {
  title: string;
  aside?: ReactNode;
  chart: ChartView;
  priceDecimals: number | undefined;
  /** The chart's markers are signals: nothing joins them. */
  withoutTrips?: boolean;
};

export function ChartCard({ title, aside, chart, priceDecimals, withoutTrips = false }: ChartCardProps) {
  return (
    <Card title={title} aside={aside} flush>
      {chart.problem !== null && chart.candles.length > 0 && (
        <p className="border-b bg-warn-soft px-4 py-2 text-xs text-warn">{chart.problem}</p>
      )}
      {chart.candles.length === 0 ? (
        <EmptyState title="No candles yet">
          {chart.problem ?? 'They are being fetched; the chart comes with the next candle.'}
        </EmptyState>
      ) : (
        <CandleChart
          title={title}
          chart={chart}
          priceDecimals={priceDecimals ?? guessDecimals(chart)}
          withoutTrips={withoutTrips}
        />
      )}
    </Card>
  );
}

/** Enough decimals to tell the newest candles apart, where the market's own precision is not known. */
function guessDecimals(chart: ChartView): number {
  const last = chart.candles.at(-1)?.close ?? 1;
  return Math.max(2, tickDecimals([0, last / 10_000]));
}
