import type { UserView } from '../schemas/views.ts';
import { Badge } from './badge.tsx';
import { DataTable, type Column } from './data-table.tsx';
import { Time } from './time.tsx';

const COLUMNS: Column<UserView>[] = [
  { key: 'email', title: 'E-mail', cell: (user) => <span className="break-words">{user.email}</span> },
  {
    key: 'role',
    title: 'Role',
    cell: (user) =>
      user.role === 'admin' ? <Badge tone="accent">Administrator</Badge> : <Badge>Trader</Badge>,
  },
  {
    key: 'since',
    title: 'Since',
    align: 'right',
    muted: true,
    wideOnly: true,
    cell: (user) => <Time at={user.createdAt} style="day" />,
  },
];

export function PeopleTable({ people }: { people: readonly UserView[] }) {
  return <DataTable caption="Accounts" columns={COLUMNS} rows={people} rowKey={(user) => user.id} />;
}
