import { Link } from '@remix-run/react';
import type { TradeView } from '../schemas/views.ts';
import { Delta } from './delta.tsx';
import { formatPrice, formatQuantity, moneyDecimals } from './format.ts';
import { Time } from './time.tsx';

/** Fills as sentences, newest first: for a narrow column. */
export function TradeList({ trades }: { trades: readonly TradeView[] }) {
  return (
    <ol className="py-1.5">
      {trades.map((trade) => (
        <li
          key={trade.id}
          className="relative grid grid-cols-[4.25rem_1fr_auto] gap-x-2 px-4 py-1.5 hover:bg-sunken/60"
        >
          <span className="text-ink-3">
            <Time at={trade.executedAt} style="clock" />
          </span>
          <div className="min-w-0">
            <Link to={`/orders/${trade.orderId}`} className="after:absolute after:inset-0">
              {trade.side === 'BUY' ? 'Bought' : 'Sold'} {formatQuantity(trade.quantity)} {trade.base}
            </Link>
            <p className="text-xs text-ink-2">
              at {formatPrice(trade.price)} · {trade.botName}
            </p>
          </div>
          {trade.pnl !== null && (
            <span className="text-right">
              <Delta value={trade.pnl} decimals={moneyDecimals(trade.quote)} />
              <span className="block text-xs text-ink-3">{trade.quote}</span>
            </span>
          )}
        </li>
      ))}
    </ol>
  );
}
