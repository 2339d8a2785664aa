import type { StoredSeriesView } from '../schemas/candles.ts';
import { DataTable, type Column } from './data-table.tsx';
import { formatMoney } from './format.ts';
import { Time } from './time.tsx';

const COLUMNS: Column<StoredSeriesView>[] = [
  {
    key: 'market',
    title: 'Market',
    cell: (row) => (
      <>
        <span className="font-medium">{row.symbol}</span>{' '}
        <span className="whitespace-nowrap text-ink-2">{row.timeframe}</span>
        <div className="text-xs text-ink-2">{row.venueName}</div>
        {row.missing > 0 && (
          <div className="text-xs text-ink-2 @lg:hidden">{formatMoney(String(row.missing), 0)} missing</div>
        )}
      </>
    ),
  },
  { key: 'first', title: 'First', wideOnly: true, cell: (row) => <Time at={row.firstTime} style="day" /> },
  { key: 'last', title: 'Last', cell: (row) => <Time at={row.lastTime} style="day" /> },
  { key: 'count', title: 'Candles', align: 'right', cell: (row) => formatMoney(String(row.count), 0) },
  {
    key: 'missing',
    title: 'Missing',
    align: 'right',
    wideOnly: true,
    cell: (row) =>
      row.missing === 0 ? (
        <span className="text-ink-3">none</span>
      ) : (
        <span title={`Between the first and the last: ${(100 * share(row)).toFixed(2)} %`}>
          {formatMoney(String(row.missing), 0)}
        </span>
      ),
  },
  {
    key: 'export',
    title: 'File',
    align: 'right',
    cell: (row) => (
      <a
        href={exportPath(row)}
        download
        className="inline-flex items-center text-accent hover:underline touch:min-h-11"
        aria-label={`Export ${row.symbol} ${row.timeframe} of ${row.venueName}`}
      >
        Export
      </a>
    ),
  },
];

const share = ({ missing, count }: StoredSeriesView) => missing / (missing + count);

function exportPath({ venue, symbol, timeframe }: StoredSeriesView): string {
  return `/candles/export?${new URLSearchParams({ exchange: venue, symbol, timeframe }).toString()}`;
}

export function CandleSeriesTable({ series }: { series: readonly StoredSeriesView[] }) {
  return (
    <DataTable
      caption="Stored candles by market and timeframe"
      columns={COLUMNS}
      rows={series}
      rowKey={({ venue, symbol, timeframe }) => `${venue} ${symbol} ${timeframe}`}
    />
  );
}
