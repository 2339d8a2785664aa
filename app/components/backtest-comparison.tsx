import { Link } from '@remix-run/react';
import type { ComparedBacktest } from '../schemas/backtests.ts';
import { ComparisonChart, LineSample } from './backtest-comparison-chart.tsx';
import {
  LETTERS,
  listDifferences,
  listFigures,
  sayUnlike,
  type ComparisonRow,
  type Titles,
} from './backtest-comparison-rows.ts';
import { Card } from './card.tsx';
import { Notice } from './notice.tsx';

type ComparisonProps = { all: readonly ComparedBacktest[]; titles: Titles };

/** Two to four backtests side by side: curves, figures with the best in words, and the settings that differ. */
export function BacktestComparison({ all, titles }: ComparisonProps) {
  const differences = listDifferences(all, titles);
  const unlike = sayUnlike(all);
  return (
    <>
      {unlike !== null && (
        <Notice kind="warn" title="Not the same ground">
          {unlike}
        </Notice>
      )}
      <Card title="Gain, % of what each began with" flush>
        <Legend all={all} />
        <ComparisonChart all={all} />
      </Card>
      <Card title="Settings that differ" flush>
        {differences.length === 0 ? (
          <p className="p-4 text-ink-2">None: they were asked the very same.</p>
        ) : (
          <ComparisonTable caption="Settings that differ" all={all} rows={differences} />
        )}
      </Card>
      <Card title="Figures" flush>
        <ComparisonTable caption="Figures side by side" all={all} rows={listFigures(all)} />
      </Card>
    </>
  );
}

function Legend({ all }: { all: readonly ComparedBacktest[] }) {
  return (
    <ul className="flex flex-wrap gap-x-5 gap-y-1 px-4 pt-3">
      {all.map(({ backtest }, at) => (
        <li key={backtest.id} className="flex min-w-0 items-center gap-2">
          <LineSample at={at} />
          <span className="font-semibold">{LETTERS[at]}</span>
          <Link
            to={`/backtests/${backtest.id}`}
            className="link inline-flex min-w-0 items-center touch:min-h-11"
          >
            <span className="truncate">{backtest.name}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

type TableProps = { caption: string; all: readonly ComparedBacktest[]; rows: readonly ComparisonRow[] };

function ComparisonTable({ caption, all, rows }: TableProps) {
  return (
    <div className="overflow-x-auto">
      <table className="w-full border-collapse">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr className="border-b text-xs text-ink-2">
            <td className="sticky left-0 bg-surface px-4" />
            {all.map(({ backtest }, at) => (
              <th
                key={backtest.id}
                scope="col"
                title={backtest.name}
                className="min-w-28 px-2 py-2 text-right font-normal last:pr-4"
              >
                <span className="font-semibold text-ink">{LETTERS[at]}</span>
                <span className="ml-auto block max-w-64 truncate">{backtest.name}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.label} row={row} isPair={all.length === 2} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ row, isPair }: { row: ComparisonRow; isPair: boolean }) {
  return (
    <tr className="border-b align-top last:border-0 hover:bg-sunken/60">
      <th
        scope="row"
        className="sticky left-0 w-2/5 max-w-40 min-w-32 bg-surface px-4 py-2 text-left font-normal sm:max-w-none"
      >
        {row.label}
        {row.meaning !== undefined && (
          <span className="mt-0.5 hidden text-xs text-ink-3 lg:block">{row.meaning}</span>
        )}
      </th>
      {row.texts.map((text, at) => (
        <td key={at} className="px-2 py-2 text-right break-words tabular-nums last:pr-4">
          {text ?? <span className="text-ink-3">–</span>}
          {row.best === at && (
            <span className="block text-xs font-medium text-gain">{isPair ? 'better' : 'best'}</span>
          )}
        </td>
      ))}
    </tr>
  );
}
