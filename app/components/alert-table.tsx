import { Link } from '@remix-run/react';
import type { PastAlertView } from '../schemas/alert-views.ts';
import { DataTable, type Column } from './data-table.tsx';
import { Time } from './time.tsx';

/** Alerts that are over or were acknowledged. */
export function AlertTable({ alerts }: { alerts: readonly PastAlertView[] }) {
  return <DataTable caption="Past alerts" columns={COLUMNS} rows={alerts} rowKey={(alert) => alert.id} />;
}

function sayEnding({ code, ending }: PastAlertView): string {
  return code === 'order-filled' ? 'for information' : ending;
}

const COLUMNS: Column<PastAlertView>[] = [
  {
    key: 'what',
    title: 'What',
    cell: (alert) => (
      <div className="max-w-prose py-0.5 break-words">
        {alert.botRunId === null ? (
          alert.title
        ) : (
          <Link to={`/bots/${alert.botRunId}`} className="link">
            {alert.title}
          </Link>
        )}
        <div className="text-xs text-ink-2">{alert.detail}</div>
      </div>
    ),
  },
  {
    key: 'since',
    title: 'Since',
    align: 'right',
    muted: true,
    wideOnly: true,
    cell: (alert) => <Time at={alert.createdAt} />,
  },
  {
    key: 'ended',
    title: 'Ended',
    align: 'right',
    muted: true,
    cell: (alert) => (
      <>
        <Time at={alert.endedAt} />
        <div className="text-xs text-ink-3">{sayEnding(alert)}</div>
      </>
    ),
  },
];
