import { Form, useNavigation } from '@remix-run/react';
import type { ReactNode } from 'react';
import type { TopicView } from '../schemas/alert-views.ts';
import { AlertTopics } from './alert-topics.tsx';
import { Button } from './button.tsx';
import { Field } from './field.tsx';
import { errorOf, type FormRefusal } from './form-values.ts';

type Kind = 'email' | 'telegram' | 'webhook';

type AlertChannelFormProps = {
  kind: Kind;
  topics: readonly TopicView[];
  hasEmail: boolean;
  refusal: FormRefusal | undefined;
};

/** A new channel of one kind. Its secrets go one way only: they are never sent back to a page. */
export function AlertChannelForm({ kind, topics, hasEmail, refusal }: AlertChannelFormProps) {
  const { state, formData } = useNavigation();
  const isBusy = state !== 'idle' && formData?.get('intent') === 'add';
  const kept = refusal?.values ?? {};
  return (
    <Form method="post" className="grid gap-4">
      <input type="hidden" name="kind" value={kind} />
      <Target kind={kind} hasEmail={hasEmail} refusal={refusal} />
      <Field
        label="Label"
        name="label"
        autoComplete="off"
        maxLength={60}
        placeholder={{ email: 'E-mail', telegram: 'Telegram', webhook: 'Webhook' }[kind]}
        defaultValue={kept['label']}
        error={errorOf(refusal, 'label')}
      />
      <AlertTopics
        topics={topics}
        of="new"
        isTicked={(topic) => (refusal ? kept[`topic.${topic.name}`] === 'on' : topic.isDefault)}
      />
      <Button tone="primary" name="intent" value="add" isBusy={isBusy}>
        Add channel
      </Button>
    </Form>
  );
}

function Target({ kind, hasEmail, refusal }: Omit<AlertChannelFormProps, 'topics'>): ReactNode {
  const kept = refusal?.values ?? {};
  if (kind === 'email')
    return (
      <Field
        label="E-mail address"
        name="address"
        type="email"
        required
        defaultValue={kept['address']}
        hint={hasEmail ? undefined : 'This server sends no e-mail yet: its operator sets SMTP_URL.'}
        error={errorOf(refusal, 'address')}
      />
    );
  if (kind === 'webhook')
    return (
      <Field
        label="Address"
        name="url"
        type="url"
        required
        placeholder="https://"
        autoComplete="off"
        hint="Each alert is posted there as JSON, signed with a secret that you see once. Stored encrypted."
        error={errorOf(refusal, 'url')}
      />
    );
  return (
    <>
      <Field
        label="Bot token"
        name="bot_token"
        type="password"
        required
        autoComplete="off"
        spellCheck={false}
        hint="From @BotFather at Telegram. Stored encrypted; no page shows it again."
        error={errorOf(refusal, 'bot_token')}
      />
      <Field
        label="Chat id"
        name="chat_id"
        required
        autoComplete="off"
        defaultValue={kept['chat_id']}
        hint="Send your bot a message first; @userinfobot tells your id."
        error={errorOf(refusal, 'chat_id')}
      />
    </>
  );
}
