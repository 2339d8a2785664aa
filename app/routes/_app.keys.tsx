import {
  redirect,
  type ActionFunctionArgs,
  type LoaderFunctionArgs,
  type MetaFunction,
} from '@remix-run/node';
import { useActionData, useLoaderData, useSearchParams } from '@remix-run/react';
import { Card } from '../components/card.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { parseInput } from '../components/form-values.ts';
import { countOf } from '../components/format.ts';
import { KeyForm } from '../components/key-form.tsx';
import { KeyList } from '../components/key-list.tsx';
import { Notice } from '../components/notice.tsx';
import { Page } from '../components/page.tsx';
import { Refused } from '../components/refused.tsx';
import { readForm, refuse } from '../page.server.ts';
import { addKeyInput } from '../schemas/exchange-keys.ts';
import type { ExchangeKeyView } from '../schemas/views.ts';
import { attempt } from '../services/app-error.ts';
import { addKey, deleteKey, listKeys } from '../services/exchange-keys.server.ts';
import { listExchanges } from '../services/markets.server.ts';
import { requireUser } from '../services/sessions.server.ts';

export const meta: MetaFunction = () => [{ title: 'Keys · Auto Bot Trader' }];

const SECRET = ['api_key', 'api_secret', 'passphrase'];

export async function loader({ request, context }: LoaderFunctionArgs) {
  const user = await requireUser(request, context);
  return {
    keys: await listKeys(context.deps, user.id),
    venues: listExchanges(),
  };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const user = await requireUser(request, context);
  const form = await readForm(request, SECRET);
  if (form.all['intent'] === 'delete') {
    const deleted = await attempt(deleteKey(context.deps, user.id, form.all['key_id'] ?? ''));
    return deleted.ok ? redirect('/keys?deleted=1') : refuse(deleted.refusal, {});
  }
  const parsed = parseInput(addKeyInput, form.all);
  if (!parsed.ok) return refuse(parsed, form.kept);
  const added = await attempt(addKey(context.deps, user.id, parsed.value));
  return added.ok ? redirect(`/keys?added=${added.value.id}`) : refuse(added.refusal, form.kept);
}

export default function KeysPage() {
  const { keys, venues } = useLoaderData<typeof loader>();
  const refusal = useActionData<typeof action>();
  const [query] = useSearchParams();
  const added = keys.find((key) => key.id === query.get('added'));
  return (
    <Page title="Keys">
      <Refused refusal={refusal} />
      {!refusal && added && <Added added={added} />}
      {!refusal && query.has('deleted') && <Notice kind="done" title="The key was deleted." />}
      <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,1fr)_24rem]">
        <Card title="Your exchange keys" flush aside={keys.length > 0 && countOf(keys.length, 'key')}>
          {keys.length > 0 ? (
            <KeyList keys={keys} />
          ) : (
            <EmptyState title="No keys yet">
              A key lets bots trade on your account at an exchange. Paper bots need none. Make one at your
              exchange, allow reading and trading, leave withdrawals off, and add it here.
            </EmptyState>
          )}
        </Card>
        <KeyForm key={keys.length} venues={venues} refusal={refusal ?? undefined} />
      </div>
    </Page>
  );
}

function Added({ added }: { added: ExchangeKeyView }) {
  if (added.permissions === null)
    return (
      <Notice kind="info" title={`${added.label} is stored and not checked yet.`}>
        {added.exchangeName} did not say what the key may do, or could not be reached. It is checked again
        when a bot uses it.
      </Notice>
    );
  return (
    <Notice kind="done" title={`${added.label} works.`}>
      {added.exchangeName} accepted it
      {added.permissions.trade ? ' for reading and trading.' : ' for reading.'}
    </Notice>
  );
}
