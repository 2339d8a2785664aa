import type { OptimizationOutcome, WalkStep } from '../../jobs/trading/research/outcome.ts';
import type { OptimizationView } from '../schemas/optimizations.ts';
import { Card } from './card.tsx';
import { DataTable, type Column } from './data-table.tsx';
import { Delta } from './delta.tsx';
import { formatMoney } from './format.ts';
import { figure, isCheck, sayValues, share } from './optimization-words.ts';

type Row = WalkStep & { number: number };

const columnsFor = (view: OptimizationView): Column<Row>[] => [
  { key: 'number', title: 'Step', cell: (row) => row.number },
  {
    key: 'values',
    title: 'Chosen in training',
    cell: (row) => (row.values === null ? 'No set had a score' : sayValues(view, row.values)),
  },
  {
    key: 'train',
    title: 'Training',
    align: 'right',
    cell: (row) => <Return value={row.trainMetrics?.totalReturn ?? null} />,
  },
  {
    key: 'test',
    title: 'After it',
    align: 'right',
    cell: (row) => <Return value={row.testMetrics?.totalReturn ?? null} />,
  },
  {
    key: 'hold',
    title: 'Holding',
    align: 'right',
    wideOnly: true,
    muted: true,
    cell: (row) => share(row.testMetrics?.buyAndHold ?? null),
  },
  {
    key: 'trades',
    title: 'Trades',
    align: 'right',
    wideOnly: true,
    muted: true,
    cell: (row) => figure(row.testMetrics?.trades ?? null, 0),
  },
];

type WalkProps = { view: OptimizationView; walk: NonNullable<OptimizationOutcome['walk']> };

/** Chosen again and again on what had passed, and traded on what came next. */
export function OptimizationWalk({ view, walk }: WalkProps) {
  const { steps, summary } = walk;
  const candles = steps[0] ? steps[0].test.to - steps[0].test.from : 0;
  return (
    <Card title="Walking forward" flush aside={`${String(summary.steps)} steps`}>
      <p className="px-4 py-3 text-ink-2">
        {isCheck(view)
          ? `The set traded ${String(summary.steps)} stretches of ${formatMoney(String(candles), 0)} candles, one after another`
          : `Parameters were searched anew ${String(summary.steps)} times, each time on older candles, and traded on the ${formatMoney(String(candles), 0)} after them`}
        : together these made {share(summary.testReturn)}. {sayEfficiency(summary.efficiency)}
      </p>
      <DataTable
        caption="Steps of the walk-forward run, oldest first"
        columns={columnsFor(view)}
        rows={steps.map((step, index) => ({ ...step, number: index + 1 }))}
        rowKey={(row) => row.number}
      />
    </Card>
  );
}

function sayEfficiency(efficiency: number | null): string {
  if (efficiency === null) return 'What came before earned nothing, so there is nothing to compare it with.';
  if (efficiency <= 0) return 'Nothing of what came before was earned again.';
  return `A candle earned ${figure(100 * efficiency, 0)} % of what one before it had earned.`;
}

function Return({ value }: { value: number | null }) {
  if (value === null) return '–';
  return <Delta value={(100 * value).toFixed(6)} asPercent withGlyph={false} decimals={1} />;
}
