import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { Link, useLoaderData } from '@remix-run/react';
import { Card } from '../components/card.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { Facts } from '../components/facts.tsx';
import { formatQuantity } from '../components/format.ts';
import { Page } from '../components/page.tsx';
import { OrderStatusBadge, sayOrderReason, sayOrderStatus, saySide } from '../components/status-badges.tsx';
import { Time } from '../components/time.tsx';
import { ProfitMeaning, TradeTable } from '../components/trade-table.tsx';
import { settle } from '../page.server.ts';
import { getOrder } from '../services/bots.server.ts';
import { venueName } from '../services/markets.server.ts';
import { requireUser } from '../services/sessions.server.ts';

export const meta: MetaFunction = () => [{ title: 'Order · Auto Bot Trader' }];

export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const user = await requireUser(request, context);
  const view = await settle(getOrder(context.deps, user.id, params['orderId'] ?? ''));
  return { ...view, venue: venueName(view.order.venue) };
}

export default function OrderPage() {
  const { order, events, fills, venue } = useLoaderData<typeof loader>();
  const title = `${saySide(order.side)} ${formatQuantity(order.quantity)} ${order.base}`;
  return (
    <Page title={title} badge={<OrderStatusBadge status={order.status} />}>
      <p className="text-ink-2">
        For{' '}
        <Link to={`/bots/${order.botRunId}`} className="link">
          {order.botName}
        </Link>{' '}
        on {venue}. {sayOrderReason(order.reason)}, decided <Time at={order.decidedAt} style="full" />.
        {order.statusDetail !== null && ` ${order.statusDetail}`}
      </p>
      <div className="grid items-start gap-5 lg:grid-cols-2">
        <OrderFacts />
        <Card title="What became of it" flush>
          <ol className="divide-y">
            {events.map((event) => (
              <li
                key={`${event.at} ${event.status}`}
                className="grid grid-cols-[8.5rem_1fr] gap-x-3 px-4 py-2"
              >
                <span className="text-ink-3">
                  <Time at={event.at} />
                </span>
                <span>
                  <span className="font-medium">{sayOrderStatus(event.status)}</span>
                  {event.detail !== '' && <span className="block text-xs text-ink-2">{event.detail}</span>}
                </span>
              </li>
            ))}
          </ol>
        </Card>
      </div>
      <Card title="Fills" flush>
        {fills.length > 0 ? (
          <>
            <TradeTable trades={fills} withFifo />
            {order.side === 'SELL' && <ProfitMeaning />}
          </>
        ) : (
          <EmptyState title="Nothing was executed">Only executions move money.</EmptyState>
        )}
      </Card>
    </Page>
  );
}

function OrderFacts() {
  const { order, sends, lookedFor } = useLoaderData<typeof loader>();
  const optional = (value: string | null) => (value === null ? undefined : formatQuantity(value));
  return (
    <Card title="The order" flush>
      <Facts
        facts={[
          ['Market', order.symbol],
          ['Type', order.type],
          ['Quantity', `${formatQuantity(order.quantity)} ${order.base}`],
          ['Executed', `${formatQuantity(order.filledQuantity)} ${order.base}`],
          ['Limit price', optional(order.limitPrice)],
          ['Stop price', optional(order.stopPrice)],
          ['Our id', <code key="ours">{order.clientOrderId}</code>],
          ['The exchange’s id', order.exchangeOrderId && <code key="theirs">{order.exchangeOrderId}</code>],
          [
            sends > 1 ? 'Sent again' : 'Sent',
            order.submittedAt && <Time key="sent" at={order.submittedAt} style="full" />,
          ],
          ['Looked for', lookedFor],
          ['Final', order.closedAt && <Time key="closed" at={order.closedAt} style="full" />],
        ]}
      />
    </Card>
  );
}
