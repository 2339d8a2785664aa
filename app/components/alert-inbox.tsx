import { Form } from '@remix-run/react';
import type { AlertView } from '../schemas/views.ts';
import { AlertLink } from './alert-link.tsx';
import { Button } from './button.tsx';
import { Time } from './time.tsx';

/** Open alerts, each with what can be done about it. */
export function AlertInbox({ alerts }: { alerts: readonly AlertView[] }) {
  return (
    <ul className="divide-y">
      {alerts.map((alert) => (
        <li key={alert.id} className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2 px-4 py-3">
          <div className="min-w-0 max-w-prose flex-1 basis-72">
            <p className="font-medium break-words">{alert.title}</p>
            <p className="break-words text-ink-2">{alert.detail}</p>
            <p className="mt-0.5 text-xs text-ink-3">
              Since <Time at={alert.createdAt} /> UTC
            </p>
          </div>
          <div className="flex items-center gap-3">
            <AlertLink alert={alert} className="link touch:py-3" />
            <Form method="post">
              <input type="hidden" name="alert_id" value={alert.id} />
              <Button name="intent" value="acknowledge">
                Acknowledge
              </Button>
            </Form>
          </div>
        </li>
      ))}
    </ul>
  );
}
