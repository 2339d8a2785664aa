import { Form, useNavigation } from '@remix-run/react';
import type { VenueView } from '../schemas/views.ts';
import { Button } from './button.tsx';
import { Card } from './card.tsx';
import { CheckField, Field, SelectField } from './field.tsx';
import { errorOf, type FormRefusal } from './form-values.ts';

type KeyFormProps = { venues: readonly VenueView[]; refusal: FormRefusal | undefined };

/** A new key. Its secrets go one way only: they are never sent back to a page. */
export function KeyForm({ venues, refusal }: KeyFormProps) {
  const navigation = useNavigation();
  const isBusy = navigation.state !== 'idle' && navigation.formData?.get('intent') === 'add';
  const kept = refusal?.values ?? {};
  const secret = { type: 'password', autoComplete: 'off', spellCheck: false } as const;
  return (
    <Card title="Add a key">
      <Form method="post" className="grid gap-4">
        <SelectField
          label="Exchange"
          name="exchange"
          required
          defaultValue={kept['exchange'] ?? ''}
          options={[
            { value: '', label: 'Choose one', disabled: true },
            ...venues.map(({ id, name }) => ({ value: id, label: name })),
          ]}
          hint={`${venues.length} exchanges. Type to jump to a name.`}
          error={errorOf(refusal, 'exchange')}
        />
        <Field
          label="Label"
          name="label"
          placeholder="main"
          autoComplete="off"
          maxLength={60}
          defaultValue={kept['label']}
          hint="How you tell your accounts apart."
          error={errorOf(refusal, 'label')}
        />
        <Field label="API key" name="api_key" required {...secret} error={errorOf(refusal, 'api_key')} />
        <Field
          label="API secret"
          name="api_secret"
          required
          {...secret}
          error={errorOf(refusal, 'api_secret')}
        />
        <Field
          label="Passphrase"
          name="passphrase"
          {...secret}
          hint="Only where the exchange gave you one, as OKX and KuCoin do."
          error={errorOf(refusal, 'passphrase')}
        />
        <CheckField
          name="sandbox"
          label="Sandbox account"
          hint="The exchange’s own test market, where it has one."
          defaultChecked={kept['sandbox'] === 'on'}
        />
        <Button tone="primary" name="intent" value="add" isBusy={isBusy}>
          {isBusy ? 'Asking the exchange' : 'Check and add'}
        </Button>
        <p className="text-xs text-ink-3">
          The key is tried at the exchange before it is kept. It is stored encrypted, and no page shows it
          again.
        </p>
      </Form>
    </Card>
  );
}
