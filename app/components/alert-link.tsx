import { Link } from '@remix-run/react';
import type { AlertView } from '../schemas/views.ts';

/** Codes of an account's alerts end in its id. */
const OF_ACCOUNT = /^(?:account-ban|drift):([0-9a-f-]{36})$/;

/** Leads to what an alert is about: its bot, or its account. */
export function AlertLink({ alert, className }: { alert: AlertView; className: string }) {
  const [, accountId] = OF_ACCOUNT.exec(alert.code) ?? [];
  if (alert.botRunId !== null)
    return (
      <Link to={`/bots/${alert.botRunId}`} className={className}>
        See the bot
      </Link>
    );
  if (accountId === undefined) return null;
  return (
    <Link to={`/accounts/${accountId}`} className={className}>
      See the account
    </Link>
  );
}
