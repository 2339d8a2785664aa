import { Link } from '@remix-run/react';
import type { OpenPositionView } from '../schemas/views.ts';
import { DataTable, type Column } from './data-table.tsx';
import { Delta } from './delta.tsx';
import { decimalsOf, formatMoney, formatQuantity, moneyDecimals } from './format.ts';

const PRICE_DECIMALS = 6;

/** What is held now, and what it is worth. */
export function PositionTable({ positions }: { positions: readonly OpenPositionView[] }) {
  return (
    <DataTable
      caption="Open positions"
      columns={columnsFor(positions)}
      rows={positions}
      rowKey={(position) => position.botRunId}
    />
  );
}

function columnsFor(positions: readonly OpenPositionView[]): Column<OpenPositionView>[] {
  const prices = positions.flatMap(({ averagePrice, lastPrice }) => [
    averagePrice,
    lastPrice ?? averagePrice,
  ]);
  const decimals = Math.min(PRICE_DECIMALS, Math.max(2, decimalsOf(prices.slice(1, 2))));
  return [
    {
      key: 'held',
      title: 'Held',
      cell: (position) => (
        <div className="py-1">
          <Link to={`/bots/${position.botRunId}`} className="font-medium after:absolute after:inset-0">
            {formatQuantity(position.quantity)} {position.base}
          </Link>
          <div className="text-xs text-ink-2">{position.botName}</div>
        </div>
      ),
    },
    {
      key: 'bought',
      title: 'Bought at',
      align: 'right',
      wideOnly: true,
      cell: (position) => formatMoney(position.averagePrice, decimals),
    },
    {
      key: 'now',
      title: 'Now',
      align: 'right',
      wideOnly: true,
      cell: (position) => (position.lastPrice === null ? '–' : formatMoney(position.lastPrice, decimals)),
    },
    {
      key: 'value',
      title: 'Worth',
      align: 'right',
      cell: (position) => `${formatMoney(position.value, moneyDecimals(position.quote))} ${position.quote}`,
    },
    {
      key: 'unrealized',
      title: 'Unrealised',
      align: 'right',
      cell: (position) => <Delta value={position.unrealizedPnl} decimals={moneyDecimals(position.quote)} />,
    },
  ];
}
