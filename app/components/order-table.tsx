import { Link } from '@remix-run/react';
import type { OrderView } from '../schemas/views.ts';
import { DataTable, type Column } from './data-table.tsx';
import { readSlot, saySlot } from '../../jobs/trading/order-strategies/order-strategy.ts';
import { formatMoney, formatQuantity } from './format.ts';
import { OrderStatusBadge, sayOrderReason, saySide } from './status-badges.tsx';
import { Time } from './time.tsx';

type OrderTableProps = { orders: readonly OrderView[]; quantityDecimals: number | undefined };

/** An order that a strategy keeps is known by its place. */
function sayWhy({ slot, reason }: OrderView): string {
  return slot !== null && readSlot(slot) ? saySlot(slot) : sayOrderReason(reason);
}

/** Orders of one bot, newest first. */
export function OrderTable({ orders, quantityDecimals = 8 }: OrderTableProps) {
  const columns: Column<OrderView>[] = [
    {
      key: 'time',
      title: 'Time, UTC',
      muted: true,
      cell: (order) => (
        <Link to={`/orders/${order.id}`} className="after:absolute after:inset-0">
          <Time at={order.createdAt} />
        </Link>
      ),
    },
    { key: 'side', title: 'Side', cell: (order) => saySide(order.side) },
    { key: 'why', title: 'Why', wideOnly: true, muted: true, cell: sayWhy },
    {
      key: 'quantity',
      title: 'Quantity',
      align: 'right',
      cell: (order) => formatMoney(order.quantity, quantityDecimals),
    },
    {
      key: 'limit',
      title: 'Limit',
      align: 'right',
      wideOnly: true,
      cell: ({ limitPrice }) => (limitPrice === null ? '–' : formatQuantity(limitPrice)),
    },
    {
      key: 'status',
      title: 'Status',
      align: 'right',
      cell: (order) => <OrderStatusBadge status={order.status} />,
    },
  ];
  return <DataTable caption="Orders" columns={columns} rows={orders} rowKey={(order) => order.id} />;
}
