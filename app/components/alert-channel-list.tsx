import { Form, useNavigation } from '@remix-run/react';
import type { ChannelView, TopicView } from '../schemas/alert-views.ts';
import { AlertTopics } from './alert-topics.tsx';
import { Badge } from './badge.tsx';
import { Button } from './button.tsx';
import { ConfirmForm } from './confirm-form.tsx';
import { CheckField } from './field.tsx';
import { Time } from './time.tsx';

type AlertChannelListProps = { channels: readonly ChannelView[]; topics: readonly TopicView[] };

const KINDS = { email: 'E-mail', telegram: 'Telegram', webhook: 'Webhook' } as const;

export function AlertChannelList({ channels, topics }: AlertChannelListProps) {
  return (
    <ul className="divide-y">
      {channels.map((channel) => (
        <li key={channel.id} className="grid gap-2 px-4 py-3">
          <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
            <div className="min-w-0 flex-1 basis-52">
              <p className="flex flex-wrap items-center gap-2">
                <span className="font-medium break-words">{channel.label}</span>
                {channel.label !== KINDS[channel.kind] && (
                  <span className="text-ink-2">{KINDS[channel.kind]}</span>
                )}
                {!channel.isOn && <Badge>Off</Badge>}
              </p>
              <p className="text-xs break-all text-ink-2">{channel.target}</p>
              <ChannelHealth channel={channel} />
            </div>
            <TestButton channel={channel} />
          </div>
          <details className="group/channel">
            <summary className="inline-flex min-h-9 list-none items-center text-ink-2 hover:text-ink touch:min-h-11">
              <span className="group-open/channel:hidden">{sayTopics(channel, topics)} · change</span>
              <span className="hidden group-open/channel:inline">Close</span>
            </summary>
            <ChannelForm channel={channel} topics={topics} />
          </details>
        </li>
      ))}
    </ul>
  );
}

function ChannelHealth({ channel: { failure, lastSentAt } }: { channel: ChannelView }) {
  if (failure !== null)
    return (
      <p className="mt-1 max-w-prose text-warn">
        Last failure <Time at={failure.at} />: {failure.message}
      </p>
    );
  return (
    <p className="mt-1 text-xs text-ink-3">
      {lastSentAt === null ? (
        'Nothing was sent yet.'
      ) : (
        <>
          Last sent <Time at={lastSentAt} /> UTC
        </>
      )}
    </p>
  );
}

function TestButton({ channel }: { channel: ChannelView }) {
  const { state, formData } = useNavigation();
  const isBusy =
    state !== 'idle' && formData?.get('intent') === 'test' && formData.get('channel_id') === channel.id;
  return (
    <Form method="post">
      <input type="hidden" name="channel_id" value={channel.id} />
      <Button name="intent" value="test" isBusy={isBusy}>
        Send a test
      </Button>
    </Form>
  );
}

function sayTopics({ topics: chosen }: ChannelView, topics: readonly TopicView[]): string {
  if (chosen.length === 0) return 'Sends nothing';
  return chosen.length === topics.length
    ? 'Sends everything'
    : `Sends ${String(chosen.length)} of ${String(topics.length)} kinds`;
}

function ChannelForm({ channel, topics }: { channel: ChannelView; topics: readonly TopicView[] }) {
  return (
    <div className="grid gap-3 rounded-card border bg-sunken p-3">
      <Form method="post" className="grid gap-3">
        <input type="hidden" name="channel_id" value={channel.id} />
        <CheckField name="is_on" label="Send alerts by this channel" defaultChecked={channel.isOn} />
        <AlertTopics
          topics={topics}
          of={channel.id}
          isTicked={(topic) => channel.topics.includes(topic.name)}
        />
        <div>
          <Button name="intent" value="change">
            Save
          </Button>
        </div>
      </Form>
      <ConfirmForm
        label="Delete this channel"
        question={`Nothing goes to ${channel.target} any more.`}
        confirm="Delete"
        intent="delete"
        fields={{ channel_id: channel.id }}
      />
    </div>
  );
}
