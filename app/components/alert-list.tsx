import { Link } from '@remix-run/react';
import type { AlertView } from '../schemas/views.ts';
import { Notice } from './notice.tsx';
import { Time } from './time.tsx';

/** What wants a person's attention, newest first. */
export function AlertList({ alerts }: { alerts: readonly AlertView[] }) {
  return alerts.map((alert) => (
    <Notice key={alert.id} kind="warn" title={alert.title}>
      {alert.detail} <Time at={alert.createdAt} /> UTC.{' '}
      {alert.botRunId !== null && (
        <Link to={`/bots/${alert.botRunId}`} className="link underline">
          See what happened
        </Link>
      )}
    </Notice>
  ));
}
