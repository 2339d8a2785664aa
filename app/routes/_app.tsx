import type { LoaderFunctionArgs } from '@remix-run/node';
import { Outlet, useLoaderData } from '@remix-run/react';
import { AppShell, type RailLine, type ShellMarks } from '../components/app-shell.tsx';
import { countOf } from '../components/format.ts';
import { formatDuration } from '../components/moment.ts';
import type { Health } from '../health.ts';
import type { AttentionView, RailAccountView } from '../schemas/health-views.ts';
import { listRailAccounts } from '../services/account-health.server.ts';
import { getAttention } from '../services/attention.server.ts';
import { requireUser } from '../services/sessions.server.ts';

export async function loader({ request, context }: LoaderFunctionArgs) {
  const user = await requireUser(request, context);
  const [health, accounts, attention] = await Promise.all([
    context.health(),
    listRailAccounts(context.deps, user.id),
    getAttention(context.deps, user.id),
  ]);
  return { user, health, accounts, attention };
}

export default function AppLayout() {
  const { user, health, accounts, attention } = useLoaderData<typeof loader>();
  return (
    <AppShell
      user={user}
      health={[
        ...accounts.slice(0, ACCOUNTS).map(toAccountLine),
        ...toReconciledLine(attention),
        ...toRailLines(health.body.checks),
      ]}
      marks={toMarks(attention)}
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

/** Accounts are compared every minute: three misses in a row want attention. */
const LATE_MS = 200_000;

function toReconciledLine({ reconciledAgoMs }: AttentionView): RailLine[] {
  if (reconciledAgoMs === null) return [];
  const value = `${roughly(reconciledAgoMs)} ago`;
  return [{ label: 'Reconciled', value, isWell: reconciledAgoMs < LATE_MS ? null : false }];
}

/** What on the Risk page wants an answer. */
function toMarks({ haltedBots, openDrifts }: AttentionView): ShellMarks {
  const halted = haltedBots > 0 ? `${countOf(haltedBots, 'bot')} halted` : '';
  const drifts = openDrifts > 0 ? `${countOf(openDrifts, 'account')} off its books` : '';
  const count = haltedBots + openDrifts;
  return count === 0 ? {} : { '/risk': { count, title: [halted, drifts].filter(Boolean).join(', ') } };
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
