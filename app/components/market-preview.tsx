import type { MarketPreviewView } from '../schemas/chart-views.ts';
import { Card } from './card.tsx';
import { ChartCard } from './chart-card.tsx';
import { EmptyState } from './empty-state.tsx';
import { countOf } from './format.ts';
import { Notice } from './notice.tsx';

type MarketPreviewProps = { title: string; preview: MarketPreviewView | null; problem: string | null };

/** The market that a new bot would trade on, and where its strategy would have spoken. */
export function MarketPreview({ title, preview, problem }: MarketPreviewProps) {
  if (!preview)
    return (
      <Card title={title} flush>
        <EmptyState title="No candles to show">{problem}</EmptyState>
      </Card>
    );
  const { chart, signals } = preview;
  return (
    <div className="grid min-w-0 gap-5">
      {preview.sentence !== null && <Notice>{preview.sentence}</Notice>}
      <ChartCard
        title={title}
        chart={chart}
        priceDecimals={preview.priceDecimals ?? undefined}
        withoutTrips
      />
      {signals && chart.candles.length > 0 && (
        <Notice>
          <p>
            On the last {countOf(chart.candles.length, 'candle')} the strategy would have said buy{' '}
            <strong className="font-semibold text-ink">{countOf(signals.buys, 'time')}</strong> and sell{' '}
            <strong className="font-semibold text-ink">{countOf(signals.sells, 'time')}</strong>: the
            triangles. A sell with nothing to sell is passed over.
          </p>
          <p className="mt-1">
            These are signals, not results: size, fees and your risk rules are not counted, and a past signal
            promises nothing.
          </p>
        </Notice>
      )}
    </div>
  );
}
