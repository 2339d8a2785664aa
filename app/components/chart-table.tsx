import type { ChartView } from '../schemas/views.ts';
import { DataTable, type Column } from './data-table.tsx';
import { Disclosure } from './disclosure.tsx';
import { formatMoney } from './format.ts';
import { Time } from './time.tsx';

const ROWS = 20;

type Row = { timeMs: number; prices: number[]; indicators: (number | null)[] };

/** The chart's newest candles as figures. */
export function ChartTable({ chart, priceDecimals }: { chart: ChartView; priceDecimals: number }) {
  const first = Math.max(0, chart.candles.length - ROWS);
  const rows = chart.candles.slice(first).map((candle, index) => ({
    timeMs: candle.timeMs,
    prices: [candle.open, candle.high, candle.low, candle.close],
    indicators: chart.indicators.map((line) => line.values[first + index] ?? null),
  }));
  return (
    <Disclosure label={`The last ${rows.length} candles as a table`}>
      <DataTable
        caption="Newest candles"
        columns={columnsFor(chart, priceDecimals)}
        rows={rows.reverse()}
        rowKey={(row) => row.timeMs}
      />
    </Disclosure>
  );
}

function columnsFor(chart: ChartView, decimals: number): Column<Row>[] {
  const prices = ['Open', 'High', 'Low', 'Close'].map((title, index): Column<Row> => ({
    key: title,
    title,
    align: 'right',
    wideOnly: index < 3,
    cell: (row) => formatMoney((row.prices[index] ?? 0).toFixed(8), decimals),
  }));
  const lines = chart.indicators.map((line, index): Column<Row> => ({
    key: line.name,
    title: line.name,
    align: 'right',
    cell: (row) => row.indicators[index]?.toFixed(2) ?? '–',
  }));
  return [
    { key: 'time', title: 'Opened, UTC', muted: true, cell: (row) => <Time at={row.timeMs} /> },
    ...prices,
    ...lines,
  ];
}
