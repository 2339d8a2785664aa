import { Link } from '@remix-run/react';
import type { OptimizationView } from '../schemas/optimizations.ts';
import { Badge } from './badge.tsx';
import { DataTable, type Column } from './data-table.tsx';
import { formatMoney } from './format.ts';
import { objectiveOf, sayScore, sayValues, STATUS_LOOKS } from './optimization-words.ts';
import { Time } from './time.tsx';

const COLUMNS: Column<OptimizationView>[] = [
  {
    key: 'name',
    title: 'Optimisation',
    cell: (row) => (
      <>
        <Link to={`/optimizations/${row.id}`} className="font-medium after:absolute after:inset-0">
          {row.name}
        </Link>
        <span className="block text-xs text-ink-2">
          {row.best === null ? 'No set has a score yet' : sayValues(row, row.best.values)}
        </span>
      </>
    ),
  },
  {
    key: 'best',
    title: 'Best so far',
    align: 'right',
    cell: (row) => (
      <>
        {sayScore(row.plan.objective, row.best?.score ?? null)}
        <span className="block text-xs text-ink-2">{objectiveOf(row.plan.objective)?.title}</span>
      </>
    ),
  },
  {
    key: 'tried',
    title: 'Tried',
    align: 'right',
    wideOnly: true,
    cell: (row) => `${formatMoney(String(row.tried), 0)} of ${formatMoney(String(row.total), 0)}`,
  },
  {
    key: 'created',
    title: 'Started',
    wideOnly: true,
    muted: true,
    cell: (row) => <Time at={row.createdAt} />,
  },
  {
    key: 'status',
    title: 'State',
    cell: (row) => {
      const { word, tone } = STATUS_LOOKS[row.status];
      return (
        <Badge tone={tone} dot={row.status === 'running'}>
          {word}
        </Badge>
      );
    },
  },
];

export function OptimizationTable({ optimizations }: { optimizations: readonly OptimizationView[] }) {
  return (
    <DataTable
      caption="Optimisations, newest first"
      columns={COLUMNS}
      rows={optimizations}
      rowKey={(row) => row.id}
    />
  );
}
