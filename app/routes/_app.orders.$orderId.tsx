import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { Link, useLoaderData } from '@remix-run/react';
import { Card } from '../components/card.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { Facts } from '../components/facts.tsx';
import { formatPrice, formatQuantity } from '../components/format.ts';
import { OrderTimeline } from '../components/order-timeline.tsx';
import { sayOrderType, sayTimeInForce } from '../components/order-words.ts';
import { Page } from '../components/page.tsx';
import { OrderStatusBadge, sayOrderReason, saySide } from '../components/status-badges.tsx';
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
  const view = useLoaderData<typeof loader>();
  const { order, fills, venue } = view;
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
        <OrderTimeline {...view} />
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
  const optional = (value: string | null) =>
    value === null ? undefined : `${formatPrice(value)} ${order.quote}`;
  return (
    <Card title="The order" flush>
      <Facts
        facts={[
          ['Market', order.symbol],
          ['Type', sayOrderType(order.type)],
          ['Stands', sayTimeInForce(order)],
          ['Kept', order.slot === 'stop' ? 'on the exchange, in step with the position' : undefined],
          [
            'In place of',
            order.replacesOrderId && (
              <Link key="replaced" to={`/orders/${order.replacesOrderId}`} className="link">
                the order before it
              </Link>
            ),
          ],
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
