import { Form, Link } from '@remix-run/react';
import { Check, Hourglass, TriangleAlert } from 'lucide-react';
import type { KillResult, KillSwitchView } from '../schemas/risk.ts';
import { Badge } from './badge.tsx';
import { Button } from './button.tsx';
import { Card } from './card.tsx';
import { DataTable, type Column } from './data-table.tsx';
import { EmptyState } from './empty-state.tsx';
import { countOf } from './format.ts';
import { Icon } from './icon.tsx';
import { sayLevel } from './kill-switch-form.tsx';
import { Time } from './time.tsx';

const LOOKS = {
  done: { icon: Check, colour: 'text-gain', text: 'Done' },
  working: { icon: Hourglass, colour: 'text-accent', text: 'Being done' },
  failed: { icon: TriangleAlert, colour: 'text-warn', text: 'Not achieved' },
} as const;

const COLUMNS: Column<KillResult>[] = [
  {
    key: 'bot',
    title: 'Bot',
    cell: (result) => (
      <div className="py-1">
        <Link to={`/bots/${result.botRunId}`} className="font-medium after:absolute after:inset-0">
          {result.botName}
        </Link>
        <p className="text-xs text-ink-2 @lg:hidden">
          {result.entries} · Orders: {result.orders} · Position: {result.position}
        </p>
      </div>
    ),
  },
  { key: 'entries', title: 'Entries', wideOnly: true, cell: (result) => result.entries },
  { key: 'orders', title: 'Orders', wideOnly: true, cell: (result) => result.orders },
  { key: 'position', title: 'Position', wideOnly: true, cell: (result) => result.position },
  {
    key: 'outcome',
    title: '',
    align: 'right',
    cell: ({ outcome }) => (
      <span className={`inline-flex items-center gap-1.5 align-middle ${LOOKS[outcome].colour}`}>
        <Icon of={LOOKS[outcome].icon} />
        {LOOKS[outcome].text}
      </span>
    ),
  },
];

type KillSwitchResultsProps = {
  pulled: KillSwitchView;
  /** Where something else on the page lets the bot trade again. */
  withoutLift?: boolean;
};

/** What a pull achieved so far, and how it is lifted. */
export function KillSwitchResults({ pulled, withoutLift }: KillSwitchResultsProps) {
  const isActive = pulled.liftedAt === null;
  return (
    <Card
      title={
        <span className="flex flex-wrap items-center gap-2">
          Kill switch for {pulled.targetName}
          {isActive ? <Badge tone="loss">On</Badge> : <Badge>Lifted</Badge>}
        </span>
      }
      aside={<Time at={pulled.pulledAt} />}
      flush
    >
      <div className="flex flex-wrap items-center justify-between gap-3 border-b px-4 py-3">
        <p className="text-ink-2">Asked for: {sayLevel(pulled.level)}.</p>
        {isActive && !withoutLift && (
          <Form method="post" action="/risk">
            <input type="hidden" name="kill_switch_id" value={pulled.id} />
            <Button name="intent" value="lift">
              {pulled.halted > 0 ? `Lift it: ${countOf(pulled.halted, 'bot')} may trade again` : 'Lift it'}
            </Button>
          </Form>
        )}
      </div>
      {pulled.results.length > 0 ? (
        <DataTable
          caption="What was achieved"
          columns={COLUMNS}
          rows={pulled.results}
          rowKey={(result) => result.botRunId}
        />
      ) : (
        <EmptyState title="It found nothing to stop">No bot was running and nothing was held.</EmptyState>
      )}
    </Card>
  );
}
