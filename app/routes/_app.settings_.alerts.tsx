import {
  data,
  redirect,
  type ActionFunctionArgs,
  type LoaderFunctionArgs,
  type MetaFunction,
} from '@remix-run/node';
import { useActionData, useLoaderData, useSearchParams } from '@remix-run/react';
import { AlertChannelForm } from '../components/alert-channel-form.tsx';
import { AlertChannelList } from '../components/alert-channel-list.tsx';
import { Card } from '../components/card.tsx';
import { CopyText } from '../components/copy-text.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { parseInput, toNested, type FormValues } from '../components/form-values.ts';
import { Notice } from '../components/notice.tsx';
import { Page } from '../components/page.tsx';
import { Refused } from '../components/refused.tsx';
import { Segments } from '../components/segments.tsx';
import { readForm, refuse } from '../page.server.ts';
import { addChannelInput, updateChannelInput } from '../schemas/alert-channels.ts';
import {
  addChannel,
  changeChannel,
  deleteChannel,
  listChannels,
  listTopics,
  testChannel,
} from '../services/alert-channels.server.ts';
import { AppError, attempt } from '../services/app-error.ts';
import { requireUser } from '../services/sessions.server.ts';

export const meta: MetaFunction = () => [{ title: 'Where alerts go · Auto Bot Trader' }];

const SECRET = ['bot_token', 'url'];

export async function loader({ request, context }: LoaderFunctionArgs) {
  const user = await requireUser(request, context);
  return {
    channels: await listChannels(context.deps, user.id),
    topics: listTopics(),
    hasEmail: context.deps.notifier.hasEmail,
  };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const user = await requireUser(request, context);
  const { all, kept } = await readForm(request, SECRET);
  const { deps } = context;
  if (all['intent'] === 'add') return add(deps, user.id, { all, kept });
  const id = all['channel_id'] ?? '';
  if (all['intent'] === 'test') {
    const tested = await attempt(testChannel(deps, user.id, id));
    return tested.ok ? data({ tested: tested.value }) : refuse(tested.refusal, {});
  }
  const done = await attempt(
    all['intent'] === 'delete' ? deleteChannel(deps, user.id, id) : change(deps, user.id, all),
  );
  return done.ok ? redirect('/settings/alerts') : refuse(done.refusal, {});
}

type Deps = LoaderFunctionArgs['context']['deps'];

async function add(deps: Deps, userId: string, { all, kept }: { all: FormValues; kept: FormValues }) {
  const parsed = parseInput(addChannelInput, toNested(all));
  if (!parsed.ok) return refuse(parsed, kept);
  const added = await attempt(addChannel(deps, userId, parsed.value));
  if (!added.ok) return refuse(added.refusal, kept);
  return data({ added: { label: added.value.channel.label, secret: added.value.secret } });
}

async function change(deps: Deps, userId: string, all: FormValues): Promise<void> {
  const parsed = updateChannelInput.safeParse(toNested(all));
  if (!parsed.success) throw new AppError('malformed', 'This form was not one of ours: nothing was saved.');
  await changeChannel(deps, userId, parsed.data);
}

const KINDS = [
  { value: 'email', label: 'E-mail' },
  { value: 'telegram', label: 'Telegram' },
  { value: 'webhook', label: 'Webhook' },
] as const;

export default function AlertSettingsPage() {
  const { channels, topics, hasEmail } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const [query] = useSearchParams();
  const kind = KINDS.find(({ value }) => value === query.get('kind'))?.value ?? 'email';
  const refusal = answer && 'message' in answer ? answer : undefined;
  return (
    <Page title="Where alerts go">
      <Refused refusal={refusal} />
      <Outcome />
      <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,1fr)_24rem]">
        <Card title="Channels" flush>
          {channels.length > 0 ? (
            <AlertChannelList channels={channels} topics={topics} />
          ) : (
            <EmptyState title="Alerts stay in the app">
              Add a channel to hear of them elsewhere: your mailbox, a chat at Telegram, or a program of your
              own. A channel that fails is shown here and never keeps a bot waiting.
            </EmptyState>
          )}
        </Card>
        <Card title="Add a channel">
          <div className="mb-4">
            <Segments
              label="Kind of channel"
              segments={KINDS.map(({ value, label }) => ({
                to: `?kind=${value}`,
                label,
                isActive: value === kind,
              }))}
            />
          </div>
          <AlertChannelForm
            key={`${kind} ${channels.length}`}
            kind={kind}
            topics={topics}
            hasEmail={hasEmail}
            refusal={refusal}
          />
        </Card>
      </div>
    </Page>
  );
}

function Outcome() {
  const answer = useActionData<typeof action>();
  if (!answer || 'message' in answer) return null;
  if ('tested' in answer) {
    const { label, failure } = answer.tested;
    return failure === null ? (
      <Notice kind="done" title={`The test message went out by ${label}.`} />
    ) : (
      <Notice kind="error" title={`The test message did not go out by ${label}.`}>
        {failure}
      </Notice>
    );
  }
  const { label, secret } = answer.added;
  if (secret === null)
    return (
      <Notice kind="done" title={`${label} is ready.`}>
        Send a test to see that it arrives.
      </Notice>
    );
  return (
    <Notice kind="done" title={`${label} is ready. Its signing secret is shown once, here.`}>
      <div className="mt-2 grid gap-2">
        <CopyText label="Signing secret" text={secret} />
        <p className="text-xs">
          X-Webhook-Signature is sha256= and the hex HMAC-SHA256, by this secret, of X-Webhook-Timestamp, a
          full stop and the body.
        </p>
      </div>
    </Notice>
  );
}
