import type { InvitationView } from '../schemas/views.ts';
import { Badge } from './badge.tsx';
import { ConfirmForm } from './confirm-form.tsx';
import { DataTable, type Column } from './data-table.tsx';
import { Time } from './time.tsx';

export function InvitationTable({ invitations }: { invitations: readonly InvitationView[] }) {
  return (
    <DataTable
      caption="Invitations"
      columns={COLUMNS}
      rows={invitations}
      rowKey={(invitation) => invitation.id}
    />
  );
}

const COLUMNS: Column<InvitationView>[] = [
  {
    key: 'for',
    title: 'For',
    cell: (invitation) => (
      <div className="py-1">
        {invitation.note === '' ? 'Anybody' : invitation.note}
        <div className="text-xs text-ink-3">
          made <Time at={invitation.createdAt} style="day" />
        </div>
      </div>
    ),
  },
  { key: 'status', title: 'Status', cell: (invitation) => <Status invitation={invitation} /> },
  {
    key: 'revoke',
    title: '',
    align: 'right',
    cell: (invitation) =>
      invitation.status === 'open' && (
        <ConfirmForm
          label="Revoke"
          question="Its link will not work any more."
          confirm="Revoke invitation"
          intent="revoke"
          fields={{ invitation_id: invitation.id }}
        />
      ),
  },
];

function Status({ invitation }: { invitation: InvitationView }) {
  if (invitation.status === 'used')
    return (
      <span className="flex flex-wrap items-center gap-2">
        <Badge tone="gain">Used</Badge>
        <span className="text-xs break-all text-ink-2">{invitation.usedByEmail}</span>
      </span>
    );
  if (invitation.status === 'expired') return <Badge>Expired</Badge>;
  return (
    <span className="flex flex-wrap items-center gap-2">
      <Badge tone="accent">Open</Badge>
      <span className="text-xs text-ink-2">
        until <Time at={invitation.expiresAt} style="day" />
      </span>
    </span>
  );
}
