import type { RebalanceView } from '../schemas/rebalance-views.ts';
import { Card } from './card.tsx';
import { DataTable, type Column } from './data-table.tsx';
import { formatSigned } from './format.ts';
import { Time } from './time.tsx';

type Row = { name: string; note: string; pct: string; targetPct: string; off: string };

/** What each asset is of the whole and is to be, what came of the last decision, and what the next one waits for. */
export function RebalanceCard({ view }: { view: RebalanceView }) {
  const { shares, free, decidedAt, nextAt, detail } = view;
  const rows: Row[] = [
    ...shares.map(({ symbol, isFrozen, ...figures }) => ({
      name: symbol,
      note: isFrozen ? 'Not traded now' : '',
      ...figures,
    })),
    { ...free, name: free.quote, note: 'Free' },
  ];
  return (
    <Card
      title="What happens next"
      flush
      aside={
        decidedAt !== null && (
          <>
            decided at <Time at={decidedAt} />
          </>
        )
      }
    >
      <div className="border-b px-4 py-3">
        <p className="font-medium">
          {nextAt === null ? (
            'It decides nothing while none of its pairs runs.'
          ) : (
            <>
              Decides for all of its pairs at <Time at={nextAt} />.
            </>
          )}
        </p>
        <p className="mt-0.5 break-words text-ink-2">{detail}</p>
      </div>
      {shares.length > 0 && (
        <DataTable caption="Shares of the whole" columns={COLUMNS} rows={rows} rowKey={({ name }) => name} />
      )}
    </Card>
  );
}

const COLUMNS: Column<Row>[] = [
  {
    key: 'asset',
    title: 'Asset',
    cell: ({ name, note }) => (
      <>
        {name} {note !== '' && <span className="ml-1 text-xs text-ink-2">{note}</span>}
      </>
    ),
  },
  { key: 'share', title: 'Share', align: 'right', cell: ({ pct }) => `${pct} %` },
  { key: 'target', title: 'Target', align: 'right', cell: ({ targetPct }) => `${targetPct} %` },
  { key: 'off', title: 'Off, points', align: 'right', cell: ({ off }) => formatSigned(off, 2) },
];
