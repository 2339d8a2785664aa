import { Form } from '@remix-run/react';
import type { ForeignOrderView, ReconciliationView } from '../schemas/reconciliation-views.ts';
import { Button } from './button.tsx';
import { Card } from './card.tsx';
import { DataTable, type Column } from './data-table.tsx';
import { Notice } from './notice.tsx';
import { saySide } from './status-badges.tsx';
import { Time } from './time.tsx';

/** How the account compares with its exchange, with what can be done about each difference. */
export function ReconciliationCard({ view }: { view: ReconciliationView }) {
  return (
    <Card
      title="Books and exchange"
      aside={
        <Form method="post">
          <Button name="intent" value="reconcile" tone="quiet">
            Compare now
          </Button>
        </Form>
      }
    >
      <Verdict view={view} />
    </Card>
  );
}

function Verdict({ view }: { view: ReconciliationView }) {
  const { checkedAt, error, differences } = view;
  if (checkedAt === null)
    return (
      <p className="text-ink-2">
        {error === null
          ? 'Not compared yet. It is once a bot trades on this account.'
          : `Not compared yet: ${error}`}
      </p>
    );
  return (
    <div className="grid gap-3">
      {error !== null && <Notice kind="warn" title={`The newest comparison failed: ${error}`} />}
      {differences.length === 0 ? (
        <p>
          Every balance equals the books. Compared <Time at={checkedAt} />.
        </p>
      ) : (
        <>
          <p>
            The exchange differs from what bots, known trades and transfers explain, as of{' '}
            <Time at={checkedAt} />:
          </p>
          <ul className="tabular-nums">
            {differences.map(({ asset, amount }) => (
              <li key={asset}>
                {amount.startsWith('-') ? `▼ −${amount.slice(1)}` : `▲ +${amount}`} {asset}
              </li>
            ))}
          </ul>
          <Form method="post" className="flex items-center gap-3">
            <Button name="intent" value="accept">
              Accept the difference
            </Button>
            <span className="text-xs text-ink-3">
              For a trade in another market, say. It is booked as accepted; no order is sent.
            </span>
          </Form>
        </>
      )}
    </div>
  );
}

/** Orders of the account that no bot of ours placed. */
export function ForeignOrdersCard({ view }: { view: ReconciliationView }) {
  const columns: Column<ForeignOrderView>[] = [
    { key: 'time', title: 'Placed, UTC', muted: true, cell: (order) => <Time at={order.placedAt} /> },
    {
      key: 'what',
      title: 'Order',
      cell: (order) => `${saySide(order.side)} ${order.quantity} ${order.symbol}`,
    },
    { key: 'filled', title: 'Filled', align: 'right', wideOnly: true, cell: (order) => order.filledQuantity },
    { key: 'status', title: 'Status', cell: (order) => order.choice ?? order.status.replaceAll('_', ' ') },
    { key: 'do', title: '', align: 'right', cell: (order) => <Choices order={order} view={view} /> },
  ];
  return (
    <Card title="Orders that are not your bots'" flush>
      {view.foreignOrders.length === 0 ? (
        <p className="p-4 text-ink-2">None seen. Orders placed by hand or by another program appear here.</p>
      ) : (
        <DataTable
          caption="Orders that are not your bots'"
          columns={columns}
          rows={view.foreignOrders}
          rowKey={(order) => order.id}
        />
      )}
    </Card>
  );
}

function Choices({ order, view }: { order: ForeignOrderView; view: ReconciliationView }) {
  if (!order.isOpen || order.choice !== null) return null;
  const bots = view.bots.filter((bot) => bot.symbol === order.symbol);
  return (
    <Form method="post" className="flex flex-wrap justify-end gap-2">
      <input type="hidden" name="foreign_order_id" value={order.id} />
      {bots.length > 0 && (
        <>
          <select
            name="bot_run_id"
            aria-label="Bot that adopts it"
            className="h-9 rounded-control border bg-surface px-2 touch:h-11"
          >
            {bots.map((bot) => (
              <option key={bot.id} value={bot.id}>
                {bot.name}
              </option>
            ))}
          </select>
          <Button name="intent" value="adopt">
            Adopt
          </Button>
        </>
      )}
      <Button name="intent" value="ignore">
        Ignore
      </Button>
      <Button name="intent" value="cancel" tone="danger">
        Cancel it
      </Button>
    </Form>
  );
}

/** Trades by hand, deposits, withdrawals and accepted differences: part of the account, never of a bot's profit. */
export function AccountChangesCard({ view }: { view: ReconciliationView }) {
  return (
    <Card title="Trades and transfers that are not your bots'" flush>
      {view.changes.length === 0 ? (
        <p className="p-4 text-ink-2">None since the books were opened.</p>
      ) : (
        <ul className="divide-y">
          {view.changes.map((change) => (
            <li key={change.id} className="flex gap-4 px-4 py-2">
              <span className="shrink-0 text-ink-2 tabular-nums">
                <Time at={change.happenedAt} />
              </span>
              <span>{change.detail}</span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
