import { Link } from '@remix-run/react';
import type { OrderView } from '../schemas/views.ts';
import { DataTable, type Column } from './data-table.tsx';
import { formatMoney } from './format.ts';
import { OrderStatusBadge, sayOrderReason, saySide } from './status-badges.tsx';
import { Time } from './time.tsx';

type OrderTableProps = { orders: readonly OrderView[]; quantityDecimals: number | undefined };

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
    { key: 'why', title: 'Why', wideOnly: true, muted: true, cell: (order) => sayOrderReason(order.reason) },
    {
      key: 'quantity',
      title: 'Quantity',
      align: 'right',
      cell: (order) => formatMoney(order.quantity, quantityDecimals),
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
