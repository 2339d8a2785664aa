import type { AlertView } from '../schemas/views.ts';
import { AlertLink } from './alert-link.tsx';
import { Notice } from './notice.tsx';
import { Time } from './time.tsx';

/** What wants a person's attention, newest first. */
export function AlertList({ alerts }: { alerts: readonly AlertView[] }) {
  return alerts.map((alert) => (
    <Notice key={alert.id} kind="warn" title={alert.title}>
      {alert.detail} <Time at={alert.createdAt} /> UTC. <AlertLink alert={alert} className="link underline" />
    </Notice>
  ));
}
