import { Link } from '@remix-run/react';
import type { ExchangeKeyView } from '../schemas/views.ts';
import { Badge } from './badge.tsx';
import { ConfirmForm } from './confirm-form.tsx';
import { countOf } from './format.ts';
import { Time } from './time.tsx';

export function KeyList({ keys }: { keys: readonly ExchangeKeyView[] }) {
  return (
    <ul className="divide-y">
      {keys.map((key) => (
        <li key={key.id} className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2 px-4 py-3">
          <div className="min-w-0">
            <p className="flex flex-wrap items-center gap-2">
              <Link to={`/accounts/${key.id}`} className="font-medium break-words">
                {key.label}
              </Link>
              <span className="text-ink-2">{key.exchangeName}</span>
              {key.sandbox && <Badge>Sandbox</Badge>}
              <Permissions permissions={key.permissions} />
            </p>
            <p className="mt-0.5 text-xs text-ink-2">
              Ends in <code className="font-mono">{key.keyHint}</code> · added{' '}
              <Time at={key.createdAt} style="day" />
              {key.activeBots > 0 && ` · used by ${countOf(key.activeBots, 'bot')}`}
            </p>
            {key.warning !== null && <p className="mt-1 text-warn">{key.warning}</p>}
          </div>
          <ConfirmForm
            label="Delete"
            question={questionFor(key)}
            confirm="Delete this key"
            intent="delete"
            fields={{ key_id: key.id }}
          />
        </li>
      ))}
    </ul>
  );
}

function questionFor(key: ExchangeKeyView): string {
  if (key.activeBots > 0)
    return `${countOf(key.activeBots, 'bot')} still trade with ${key.label}. Stop them first: the key cannot be deleted before.`;
  return `${key.label} is erased here. It stays valid at ${key.exchangeName} until you revoke it there.`;
}

function Permissions({ permissions }: Pick<ExchangeKeyView, 'permissions'>) {
  if (permissions === null) return <Badge>Not checked</Badge>;
  return (
    <>
      {permissions.read && <Badge>May read</Badge>}
      {permissions.trade && <Badge tone="gain">May trade</Badge>}
      {permissions.withdraw && <Badge tone="warn">May withdraw</Badge>}
    </>
  );
}
