import { Link } from '@remix-run/react';
import type { BacktestView } from '../schemas/backtests.ts';
import { isUnderWay, STATUS_WORDS } from './backtest-words.ts';
import { Badge } from './badge.tsx';
import { DataTable, type Column } from './data-table.tsx';
import { Delta } from './delta.tsx';
import { countOf, formatPercent } from './format.ts';
import { ProgressBar } from './progress-bar.tsx';
import { Time } from './time.tsx';

/** Backtests, newest first: what was tried, on what, and what it came to beside holding. Ticked ones can be compared. */
export function BacktestTable({ backtests }: { backtests: readonly BacktestView[] }) {
  return <DataTable caption="Backtests" columns={COLUMNS} rows={backtests} rowKey={({ id }) => id} />;
}

const COLUMNS: Column<BacktestView>[] = [
  {
    key: 'pick',
    title: 'Pick',
    cell: (row) => row.status === 'done' && <Pick row={row} />,
  },
  {
    key: 'name',
    title: 'Backtest',
    cell: (row) => (
      <div className="min-w-0 py-1">
        <Link to={`/backtests/${row.id}`} className="font-medium after:absolute after:inset-0">
          {row.name}
        </Link>
        <div className="text-xs text-ink-2">
          {row.timeframe} · {row.venueName} · <Time at={row.fromTime} style="day" /> to{' '}
          <Time at={Date.parse(row.toTime) - 1} style="day" />
        </div>
        {row.status === 'failed' && <div className="text-xs text-loss">{row.problem}</div>}
      </div>
    ),
  },
  {
    key: 'state',
    title: 'State',
    wideOnly: true,
    cell: (row) => <State row={row} />,
  },
  { key: 'result', title: 'Result', align: 'right', cell: (row) => <Result row={row} /> },
  {
    key: 'hold',
    title: 'Holding',
    align: 'right',
    wideOnly: true,
    cell: ({ metrics }) => <Percent value={metrics?.buy_and_hold ?? null} />,
  },
  {
    key: 'fall',
    title: 'Worst fall',
    align: 'right',
    wideOnly: true,
    cell: ({ metrics }) => (metrics ? formatPercent(100 * metrics.max_drawdown, 1) : <None />),
  },
  {
    key: 'trades',
    title: 'Trades',
    align: 'right',
    wideOnly: true,
    cell: ({ metrics }) => metrics?.trades ?? <None />,
  },
];

/** Above the link that covers the row. */
function Pick({ row }: { row: BacktestView }) {
  return (
    <label className="relative z-10 flex min-h-9 items-center touch:min-h-11 touch:min-w-9">
      <input type="checkbox" name="ids" value={row.id} className="size-4 accent-accent" />
      <span className="sr-only">Compare {row.name}</span>
    </label>
  );
}

const None = () => <span className="text-ink-3">–</span>;

function Percent({ value }: { value: number | null }) {
  if (value === null) return <None />;
  return <Delta value={(100 * value).toFixed(8)} decimals={1} asPercent />;
}

function State({ row }: { row: BacktestView }) {
  const { word, tone } = STATUS_WORDS[row.status];
  if (row.status === 'running')
    return (
      <div className="w-28">
        <ProgressBar label={`Backtest ${row.name}`} progress={row.progress} />
      </div>
    );
  return <Badge tone={tone}>{word}</Badge>;
}

function Result({ row }: { row: BacktestView }) {
  const { metrics } = row;
  if (!metrics)
    return (
      <>
        <span className="hidden @lg:inline">
          <None />
        </span>
        <span className="text-xs text-ink-2 @lg:hidden">
          {isUnderWay(row) ? `${Math.floor(100 * row.progress)} %` : STATUS_WORDS[row.status].word}
        </span>
      </>
    );
  return (
    <>
      <Percent value={metrics.total_return} />
      <div className="text-xs text-ink-2 @lg:hidden">{countOf(metrics.trades, 'trade')}</div>
    </>
  );
}
