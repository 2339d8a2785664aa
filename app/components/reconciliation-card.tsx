import { Form } from '@remix-run/react';
import type { ForeignOrderView, ReconciliationView } from '../schemas/reconciliation-views.ts';
import { Badge } from './badge.tsx';
import { Button } from './button.tsx';
import { Card } from './card.tsx';
import { Delta } from './delta.tsx';
import { decimalsOf, formatQuantity } from './format.ts';
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
      {error !== null && (
        <p className="break-words text-warn">The newest comparison could not be made: {error}</p>
      )}
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
          <ul className="text-figure font-semibold">
            {differences.map(({ asset, amount }) => (
              <li key={asset}>
                <Delta value={amount} decimals={Math.max(2, decimalsOf([amount], 18))} /> {asset}
              </li>
            ))}
          </ul>
          <Form method="post" className="flex flex-wrap items-center gap-x-3 gap-y-2">
            <Button name="intent" value="accept">
              Accept the difference
            </Button>
            <span className="text-xs text-ink-2">
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
  return (
    <Card title="Orders that are not your bots’" flush>
      {view.foreignOrders.length === 0 ? (
        <p className="p-4 text-ink-2">None seen. Orders placed by hand or by another program appear here.</p>
      ) : (
        <ul className="divide-y">
          {view.foreignOrders.map((order) => (
            <ForeignOrder key={order.id} order={order} view={view} />
          ))}
        </ul>
      )}
    </Card>
  );
}

const CHOICES = { adopted: 'Adopted', canceled: 'Cancelled here', ignored: 'Ignored' } as const;

function ForeignOrder({ order, view }: { order: ForeignOrderView; view: ReconciliationView }) {
  const { symbol, side, type, quantity, filledQuantity, choice, isOpen, placedAt } = order;
  const [base = symbol] = symbol.split('/');
  const status = choice ? CHOICES[choice] : capitalized(order.status.replaceAll('_', ' '));
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 px-4 py-3">
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-2">
          {saySide(side)} {formatQuantity(quantity)} {base} on {symbol}
          <Badge tone={isOpen && choice === null ? 'warn' : 'plain'}>{status}</Badge>
        </p>
        <p className="text-xs text-ink-2">
          {capitalized(type.replaceAll('_', ' '))} order, placed <Time at={placedAt} />.{' '}
          {Number(filledQuantity) > 0
            ? `${formatQuantity(filledQuantity)} ${base} of it executed.`
            : 'Nothing of it executed.'}
        </p>
      </div>
      <Choices order={order} view={view} />
    </li>
  );
}

const capitalized = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

function Choices({ order, view }: { order: ForeignOrderView; view: ReconciliationView }) {
  if (!order.isOpen || order.choice !== null) return null;
  const bots = view.bots.filter((bot) => bot.symbol === order.symbol);
  return (
    <Form method="post" className="flex flex-wrap gap-2">
      <input type="hidden" name="foreign_order_id" value={order.id} />
      {bots.length > 0 && <Adoption bots={bots} />}
      <Button name="intent" value="ignore">
        Ignore
      </Button>
      <Button name="intent" value="cancel" tone="danger">
        Cancel it
      </Button>
    </Form>
  );
}

/** With one bot of the market there is nothing to choose. */
function Adoption({ bots }: { bots: ReconciliationView['bots'] }) {
  const [only] = bots;
  return (
    <>
      {bots.length === 1 && only ? (
        <input type="hidden" name="bot_run_id" value={only.id} />
      ) : (
        <select
          name="bot_run_id"
          aria-label="Bot that adopts it"
          className="h-9 max-w-48 rounded-control border border-line-strong bg-surface px-2 touch:h-11"
        >
          {bots.map((bot) => (
            <option key={bot.id} value={bot.id}>
              {bot.name}
            </option>
          ))}
        </select>
      )}
      <Button name="intent" value="adopt">
        {bots.length === 1 && only ? `Adopt into ${only.name}` : 'Adopt'}
      </Button>
    </>
  );
}

const KINDS: Record<string, string> = {
  trade: 'Trade',
  deposit: 'Deposit',
  withdrawal: 'Withdrawal',
  accepted: 'Accepted',
};

/** Trades by hand, deposits, withdrawals and accepted differences: part of the account, never of a bot's profit. */
export function AccountChangesCard({ view }: { view: ReconciliationView }) {
  return (
    <Card title="Trades and transfers that are not your bots’" flush>
      {view.changes.length === 0 ? (
        <p className="p-4 text-ink-2">
          None since the books were opened. What is bought, sold, paid in or taken out here without a bot
          never counts as a bot’s profit.
        </p>
      ) : (
        <ul className="divide-y">
          {view.changes.map((change) => (
            <li
              key={change.id}
              className="grid gap-x-4 px-4 py-2 sm:grid-cols-[8.5rem_6rem_minmax(0,1fr)] sm:items-baseline"
            >
              <span className="text-xs text-ink-2 sm:text-sm">
                <Time at={change.happenedAt} />
              </span>
              <span className="hidden text-ink-2 sm:block">{KINDS[change.kind] ?? change.kind}</span>
              <span className="break-words">{change.detail}</span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
