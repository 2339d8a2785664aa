import type { LoaderFunctionArgs } from '@remix-run/node';
import { Outlet, useLoaderData } from '@remix-run/react';
import { AppShell, type RailLine } from '../components/app-shell.tsx';
import { formatDuration } from '../components/moment.ts';
import type { Health } from '../health.ts';
import { requireUser } from '../services/sessions.server.ts';

export async function loader({ request, context }: LoaderFunctionArgs) {
  const user = await requireUser(request, context);
  return { user, health: await context.health() };
}

export default function AppLayout() {
  const { user, health } = useLoaderData<typeof loader>();
  return (
    <AppShell user={user} health={toRailLines(health.body.checks)}>
      <Outlet />
    </AppShell>
  );
}

function toRailLines({ database, jobs }: Health['body']['checks']): RailLine[] {
  const latency =
    database.latency_ms === null ? 'no answer' : `${Math.max(1, Math.round(database.latency_ms))} ms`;
  const lag = jobs.lag_s === null ? 'not running' : `${formatDuration(jobs.lag_s * 1_000)} ago`;
  return [
    { label: 'Engine', value: jobs.status === 'ok' ? 'running' : lag, isWell: jobs.status === 'ok' },
    { label: 'Database', value: latency, isWell: database.status === 'ok' },
  ];
}
