import {
  redirect,
  type ActionFunctionArgs,
  type LoaderFunctionArgs,
  type MetaFunction,
} from '@remix-run/node';
import { Form, useLoaderData } from '@remix-run/react';
import { Settings2 } from 'lucide-react';
import { AlertInbox } from '../components/alert-inbox.tsx';
import { AlertTable } from '../components/alert-table.tsx';
import { Button, ButtonLink } from '../components/button.tsx';
import { Card } from '../components/card.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { countOf } from '../components/format.ts';
import { Page } from '../components/page.tsx';
import { readForm, settle } from '../page.server.ts';
import { acknowledgeAlert, acknowledgeAllAlerts, listAlertsOf } from '../services/alerts.server.ts';
import { requireUser } from '../services/sessions.server.ts';

export const meta: MetaFunction = () => [{ title: 'Alerts · Auto Bot Trader' }];

export async function loader({ request, context }: LoaderFunctionArgs) {
  const user = await requireUser(request, context);
  return listAlertsOf(context.deps, user.id);
}

export async function action({ request, context }: ActionFunctionArgs) {
  const user = await requireUser(request, context);
  const { all } = await readForm(request);
  if (all['intent'] === 'acknowledge-all') await settle(acknowledgeAllAlerts(context.deps, user.id));
  else await settle(acknowledgeAlert(context.deps, user.id, all['alert_id'] ?? ''));
  return redirect('/alerts');
}

export default function AlertsPage() {
  const { open, past } = useLoaderData<typeof loader>();
  return (
    <Page
      title="Alerts"
      actions={
        <>
          {open.length > 1 && (
            <Form method="post">
              <Button name="intent" value="acknowledge-all">
                Acknowledge all
              </Button>
            </Form>
          )}
          <ButtonLink to="/settings/alerts" icon={Settings2}>
            Where alerts go
          </ButtonLink>
        </>
      }
    >
      <Card title="Open" flush aside={open.length > 0 && countOf(open.length, 'alert')}>
        {open.length > 0 ? (
          <AlertInbox alerts={open} />
        ) : (
          <EmptyState title="Nothing wants your attention">
            An alert stays here until its cause is over or you acknowledge it.
          </EmptyState>
        )}
      </Card>
      <Card title="Past" flush aside={past.length > 0 && `newest ${countOf(past.length, 'alert')}`}>
        {past.length > 0 ? (
          <AlertTable alerts={past} />
        ) : (
          <EmptyState title="No past alerts">What is over or acknowledged is kept here.</EmptyState>
        )}
      </Card>
    </Page>
  );
}
