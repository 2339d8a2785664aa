import type { ReactNode } from 'react';
import type { OrderDetailView, OrderView, TradeView } from '../schemas/views.ts';
import { Card } from './card.tsx';
import { Delta } from './delta.tsx';
import { formatPrice, formatQuantity, moneyDecimals } from './format.ts';
import { formatDuration, toMs } from './moment.ts';
import { Time } from './time.tsx';

/** `rank` orders what happened in the same millisecond. */
type Step = { key: string; atMs: number; rank: number; title: ReactNode; detail: ReactNode };

/** What became of an order, oldest first: each step of its life, and each execution with its fee and its profit. */
export function OrderTimeline({ order, events, fills }: OrderDetailView) {
  const steps = [...toEventSteps(order, events), ...toFillSteps(order, fills)];
  const decidedMs = toMs(order.decidedAt);
  return (
    <Card title="What became of it" aside="Times after the decision" flush>
      <ol className="divide-y">
        {steps
          .sort((a, b) => a.atMs - b.atMs || a.rank - b.rank)
          .map((step) => (
            <li
              key={step.key}
              className="grid gap-x-4 px-4 py-2 sm:grid-cols-[8.5rem_minmax(0,1fr)_auto] sm:items-baseline"
            >
              <span className="text-xs text-ink-2 sm:text-sm">
                <Time at={step.atMs} />
              </span>
              <span className="min-w-0 break-words">
                <span className="font-medium">{step.title}</span>
                {step.detail !== '' && <span className="block text-xs text-ink-2">{step.detail}</span>}
              </span>
              <span className="hidden text-xs text-ink-3 sm:block">{sayOffset(step.atMs - decidedMs)}</span>
            </li>
          ))}
      </ol>
    </Card>
  );
}

function sayOffset(ms: number): string {
  if (ms < 0) return '';
  return ms < 10_000 ? `+${ms.toLocaleString('en-US')} ms` : `+${formatDuration(ms)}`;
}

const TITLES: Record<OrderView['status'], string> = {
  intended: 'Intended',
  submitting: 'Sent',
  unknown: 'No clear answer',
  open: 'Acknowledged: it is open',
  partially_filled: 'Partly filled',
  filled: 'Filled',
  canceled: 'Cancelled',
  rejected: 'Rejected',
  expired: 'Expired',
};

const EXPLANATIONS: Partial<Record<OrderView['status'], string>> = {
  intended: 'Written down with its id before anything was sent.',
  unknown: 'It may have arrived: the exchange is asked for it by its id before anything else is done.',
};

const FIRST: OrderView['status'][] = ['intended', 'submitting'];

function toEventSteps(order: OrderView, events: OrderDetailView['events']): Step[] {
  const acknowledgedMs = order.acknowledgedAt === null ? undefined : toMs(order.acknowledgedAt);
  const steps = events.map((event, index): Step => {
    const wasLost = events[index - 1]?.status === 'unknown' && event.status !== 'submitting';
    const title = TITLES[event.status];
    return {
      key: `${String(index)} ${event.status}`,
      atMs: toMs(event.at),
      rank: FIRST.indexOf(event.status) === -1 ? 4 : FIRST.indexOf(event.status),
      title: wasLost ? `Cleared up: ${title.toLowerCase()}` : title,
      detail: event.detail || (EXPLANATIONS[event.status] ?? ''),
    };
  });
  const isTold = events.some(({ status }) => status === 'open');
  if (acknowledgedMs === undefined || isTold || order.exchangeOrderId === null) return steps;
  const detail = `The exchange calls it ${order.exchangeOrderId}.`;
  const acknowledged = { key: 'acknowledged', atMs: acknowledgedMs, rank: 2, title: 'Acknowledged', detail };
  return [...steps, acknowledged];
}

/** The exchange's clock may run behind ours: nothing was executed before it was sent. */
function toFillSteps(order: OrderView, fills: readonly TradeView[]): Step[] {
  const sentMs = order.submittedAt === null ? 0 : toMs(order.submittedAt);
  return fills.map((fill) => ({
    key: fill.id,
    atMs: Math.max(sentMs, toMs(fill.executedAt)),
    rank: 3,
    title: `${fill.side === 'BUY' ? 'Bought' : 'Sold'} ${formatQuantity(fill.quantity)} ${fill.base} at ${formatPrice(fill.price)} ${fill.quote}`,
    detail: <FillDetail fill={fill} />,
  }));
}

function FillDetail({ fill }: { fill: TradeView }) {
  const { fee, feeCurrency, feeQuote, quote, pnl } = fill;
  const decimals = moneyDecimals(quote);
  const worth =
    feeQuote === null || feeCurrency === quote ? '' : ` (${formatQuantity(feeQuote, decimals + 2)} ${quote})`;
  return (
    <>
      Fee {formatQuantity(fee)} {feeCurrency}
      {worth}
      {pnl !== null && (
        <>
          {' · profit '}
          <Delta value={pnl} decimals={decimals} /> {quote}
        </>
      )}
    </>
  );
}
