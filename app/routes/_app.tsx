import type { LoaderFunctionArgs } from '@remix-run/node';
import { Outlet, useLoaderData } from '@remix-run/react';
import { AppShell, type RailLine } from '../components/app-shell.tsx';
import { formatDuration } from '../components/moment.ts';
import type { Health } from '../health.ts';
import type { RailAccountView } from '../schemas/health-views.ts';
import { listRailAccounts } from '../services/account-health.server.ts';
import { requireUser } from '../services/sessions.server.ts';

export async function loader({ request, context }: LoaderFunctionArgs) {
  const user = await requireUser(request, context);
  const [health, accounts] = await Promise.all([context.health(), listRailAccounts(context.deps, user.id)]);
  return { user, health, accounts };
}

export default function AppLayout() {
  const { user, health, accounts } = useLoaderData<typeof loader>();
  return (
    <AppShell
      user={user}
      health={[...accounts.slice(0, ACCOUNTS).map(toAccountLine), ...toRailLines(health.body.checks)]}
    >
      <Outlet />
    </AppShell>
  );
}

/** More than these would push the rail's own links away; the keys page has them all. */
const ACCOUNTS = 4;

function toAccountLine({ id, label, state, latencyMs, pauseLeftMs }: RailAccountView): RailLine {
  const value = {
    well: latencyMs === null ? 'answers' : `${latencyMs} ms`,
    failing: 'failing',
    paused: `paused ${roughly(pauseLeftMs ?? 0)}`,
    unknown: 'not called yet',
  }[state];
  return {
    label,
    value,
    isWell: state === 'well' ? true : state === 'unknown' ? null : false,
    to: `/accounts/${id}`,
  };
}

/** The largest unit alone: `10 min`. */
const roughly = (lengthMs: number) => formatDuration(lengthMs).split(' ').slice(0, 2).join(' ');

function toRailLines({ database, jobs }: Health['body']['checks']): RailLine[] {
  const latency =
    database.latency_ms === null ? 'no answer' : `${Math.max(1, Math.round(database.latency_ms))} ms`;
  const lag = jobs.lag_s === null ? 'not running' : `${formatDuration(jobs.lag_s * 1_000)} ago`;
  return [
    { label: 'Engine', value: jobs.status === 'ok' ? 'running' : lag, isWell: jobs.status === 'ok' },
    { label: 'Database', value: latency, isWell: database.status === 'ok' },
  ];
}
