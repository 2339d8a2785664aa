import {
  redirect,
  type ActionFunctionArgs,
  type LoaderFunctionArgs,
  type MetaFunction,
} from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';
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
import { attempt } from '../services/app-error.ts';
import { getKey } from '../services/exchange-keys.server.ts';
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
  const [key, reconciliation] = await settle(
    Promise.all([getKey(context.deps, user.id, keyId), getReconciliation(context.deps, user.id, keyId)]),
  );
  return { key, reconciliation };
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
  const { key, reconciliation } = useLoaderData<typeof loader>();
  const refusal = useActionData<typeof action>();
  const liveness = useLive(REFRESH_MS);
  return (
    <Page title={`${key.exchangeName} · ${key.label}`} badge={<LiveMark liveness={liveness} />}>
      {refusal && <Notice kind="error" title={refusal.message} />}
      {key.warning !== null && <Notice kind="warn" title={key.warning} />}
      <ReconciliationCard view={reconciliation} />
      <ForeignOrdersCard view={reconciliation} />
      <AccountChangesCard view={reconciliation} />
    </Page>
  );
}
