import {
  redirect,
  type ActionFunctionArgs,
  type LoaderFunctionArgs,
  type MetaFunction,
} from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';
import { AccountHealthCard, AccountPauses } from '../components/account-health-card.tsx';
import { BotTable } from '../components/bot-table.tsx';
import { Card } from '../components/card.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { HoldingsCard } from '../components/holdings-card.tsx';
import { LiveMark } from '../components/live-mark.tsx';
import { Notice } from '../components/notice.tsx';
import { Page } from '../components/page.tsx';
import {
  AccountChangesCard,
  ForeignOrdersCard,
  ReconciliationCard,
} from '../components/reconciliation-card.tsx';
import { useLive } from '../components/use-live.ts';
import { readForm, refuse, settle } from '../page.server.ts';
import type { RefreshHandle } from '../root.tsx';
import { getAccountHealth } from '../services/account-health.server.ts';
import { attempt } from '../services/app-error.ts';
import { getKey } from '../services/exchange-keys.server.ts';
import { getHoldings } from '../services/holdings.server.ts';
import {
  acceptDifferences,
  adoptForeignOrder,
  cancelForeignOrder,
  getReconciliation,
  ignoreForeignOrder,
  reconcileNow,
} from '../services/reconciliation.server.ts';
import { requireUser } from '../services/sessions.server.ts';

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `${data?.key.label ?? 'Account'} · Auto Bot Trader` },
];

export const handle: RefreshHandle = { refreshWithoutScriptS: 30 };

const REFRESH_MS = 5_000;

export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const user = await requireUser(request, context);
  const keyId = params['keyId'] ?? '';
  const { deps } = context;
  const [key, health, reconciliation, holdings] = await settle(
    Promise.all([
      getKey(deps, user.id, keyId),
      getAccountHealth(deps, user.id, keyId),
      getReconciliation(deps, user.id, keyId),
      getHoldings(deps, user.id, keyId),
    ]),
  );
  return { key, health, reconciliation, holdings };
}

export async function action({ request, params, context }: ActionFunctionArgs) {
  const user = await requireUser(request, context);
  const { all } = await readForm(request);
  const keyId = params['keyId'] ?? '';
  const chosen = {
    keyId,
    foreignOrderId: all['foreign_order_id'] ?? '',
    botRunId: all['bot_run_id'] ?? '',
  };
  const work = {
    reconcile: () => reconcileNow(context.deps, user.id, keyId),
    accept: () => acceptDifferences(context.deps, user.id, keyId),
    ignore: () => ignoreForeignOrder(context.deps, user.id, chosen),
    cancel: () => cancelForeignOrder(context.deps, user.id, chosen),
    adopt: () => adoptForeignOrder(context.deps, user.id, chosen),
  }[all['intent'] ?? ''];
  if (!work) throw new Response('There is nothing of that kind to do here.', { status: 400 });
  const result = await attempt(work());
  if (!result.ok) return refuse(result.refusal, {});
  return redirect(`/accounts/${keyId}`);
}

export default function AccountPage() {
  const { key, health, reconciliation, holdings } = useLoaderData<typeof loader>();
  const refusal = useActionData<typeof action>();
  const liveness = useLive(REFRESH_MS);
  return (
    <Page title={`${key.exchangeName} · ${key.label}`} badge={<LiveMark liveness={liveness} />}>
      {refusal && <Notice kind="error" title={refusal.message} />}
      {key.warning !== null && <Notice kind="warn" title={key.warning} />}
      <AccountPauses health={health} exchange={key.exchangeName} />
      <div className="grid items-start gap-5 lg:grid-cols-2">
        <div className="grid min-w-0 gap-5">
          <ReconciliationCard view={reconciliation} />
          <AccountHealthCard health={health} exchange={key.exchangeName} />
        </div>
        <HoldingsCard view={holdings} />
      </div>
      <Card title="Bots on this account" flush>
        {health.bots.length > 0 ? (
          <BotTable bots={health.bots} />
        ) : (
          <EmptyState title="No bot trades on this account">
            Choose this key when you start a live bot.
          </EmptyState>
        )}
      </Card>
      <ForeignOrdersCard view={reconciliation} />
      <AccountChangesCard view={reconciliation} />
    </Page>
  );
}
