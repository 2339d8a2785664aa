import { Link } from '@remix-run/react';
import type { ComparedSet, OptimizationOutcome } from '../../jobs/trading/research/outcome.ts';
import type { TrialMetrics } from '../../jobs/trading/research/trial.ts';
import type { OptimizationView } from '../schemas/optimizations.ts';
import { DataTable, type Column } from './data-table.tsx';
import { Delta } from './delta.tsx';
import { toBacktestQuery, toBotQuery } from './optimization-queries.ts';
import { figure, objectiveOf, sayScore, sayValues, share } from './optimization-words.ts';

type Row = ComparedSet & { rank: number };
type BestProps = { view: OptimizationView; best: OptimizationOutcome['best'] };

/** The best sets as the search saw them, beside what they made where it did not look. */
export function OptimizationBest({ view, best }: BestProps) {
  const rows = best.map((set, index): Row => ({ ...set, rank: index + 1 }));
  return (
    <DataTable
      caption="Best parameter sets, searched and held out"
      columns={columnsFor(view)}
      rows={rows}
      rowKey={(row) => row.point}
    />
  );
}

function columnsFor(view: OptimizationView): Column<Row>[] {
  const { objective } = view.plan;
  return [
    {
      key: 'set',
      title: 'Set',
      cell: (row) => (
        <>
          <span className="text-ink-3 tabular-nums">{row.rank}. </span>
          {sayValues(view, row.values)}
          <span className="flex flex-wrap gap-x-3 text-xs">
            <Link
              className="link inline-flex items-center touch:min-h-11"
              to={`/bots/new?${toBotQuery(view, row.values)}`}
            >
              Make a bot
            </Link>
            <Link
              className="link inline-flex items-center touch:min-h-11"
              to={`/backtests?${toBacktestQuery(view, row.values)}#new`}
            >
              Backtest
            </Link>
          </span>
        </>
      ),
    },
    {
      key: 'score',
      title: objectiveOf(objective)?.title ?? 'Score',
      align: 'right',
      cell: (row) => (
        <Pair inside={sayScore(objective, row.score)} outside={sayScore(objective, row.outOfSampleScore)} />
      ),
    },
    {
      key: 'return',
      title: 'Return',
      align: 'right',
      cell: (row) => (
        <Pair inside={<Return metrics={row.inSample} />} outside={<Return metrics={row.outOfSample} />} />
      ),
    },
    {
      key: 'drawdown',
      title: 'Deepest fall',
      align: 'right',
      wideOnly: true,
      cell: (row) => (
        <Pair
          inside={share(row.inSample.maxDrawdown)}
          outside={share(row.outOfSample?.maxDrawdown ?? null)}
        />
      ),
    },
    {
      key: 'trades',
      title: 'Trades',
      align: 'right',
      wideOnly: true,
      cell: (row) => (
        <Pair inside={figure(row.inSample.trades, 0)} outside={figure(row.outOfSample?.trades ?? null, 0)} />
      ),
    },
  ];
}

/** What the search saw above what was held out. */
function Pair({ inside, outside }: { inside: React.ReactNode; outside: React.ReactNode }) {
  return (
    <span className="tabular-nums">
      <span className="block">
        <span className="sr-only">searched </span>
        {inside}
      </span>
      <span className="block text-ink-2">
        <span className="text-xs">held out </span>
        {outside}
      </span>
    </span>
  );
}

function Return({ metrics }: { metrics: TrialMetrics | null }) {
  const earned = metrics?.totalReturn ?? null;
  if (earned === null) return '–';
  return <Delta value={(100 * earned).toFixed(6)} asPercent withGlyph={false} decimals={1} />;
}
