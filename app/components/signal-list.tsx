import { Form, Link } from '@remix-run/react';
import { Send } from 'lucide-react';
import type { SignalView } from '../schemas/webhook-views.ts';
import { Badge, type Tone } from './badge.tsx';
import { Button } from './button.tsx';
import { Card } from './card.tsx';
import { Disclosure } from './disclosure.tsx';
import { EmptyState } from './empty-state.tsx';
import { formatQuantity } from './format.ts';
import { OrderStatusBadge } from './status-badges.tsx';
import { Time } from './time.tsx';

const SHOWN = 8;

/** The signals that were posted, newest first, with what became of each. */
export function SignalList({ signals }: { signals: readonly SignalView[] }) {
  return (
    <Card id="signals" title="Signals" flush aside={<TestButton />}>
      {signals.length === 0 ? (
        <EmptyState title="No signal yet">
          Every signal posted to the address below stands here with what became of it: its order, or why there
          was none.
        </EmptyState>
      ) : (
        <Items signals={signals.slice(0, SHOWN)} />
      )}
      {signals.length > SHOWN && (
        <Disclosure label="Older signals">
          <Items signals={signals.slice(SHOWN)} />
        </Disclosure>
      )}
    </Card>
  );
}

function Items({ signals }: { signals: readonly SignalView[] }) {
  return (
    <ol className="divide-y">
      {signals.map((signal) => (
        <SignalItem key={signal.id} signal={signal} />
      ))}
    </ol>
  );
}

function TestButton() {
  return (
    <Form method="post" preventScrollReset>
      <Button icon={Send} name="intent" value="test-signal">
        Send a test
      </Button>
    </Form>
  );
}

const OUTCOMES: Record<SignalView['outcome'], { tone: Tone; text: string }> = {
  pending: { tone: 'accent', text: 'Waits' },
  order: { tone: 'accent', text: 'Order' },
  ignored: { tone: 'plain', text: 'Ignored' },
  refused: { tone: 'warn', text: 'Refused' },
  test: { tone: 'plain', text: 'Test' },
};

function SignalItem({ signal }: { signal: SignalView }) {
  const { action, outcome, receivedAt, reason, price, detail, repeats, order } = signal;
  const said = [price === null ? '' : `at ${formatQuantity(price)}`, reason].filter(Boolean).join(' · ');
  return (
    <li className="grid grid-cols-[4.25rem_1fr_auto] gap-x-2 px-4 py-2.5">
      <span className="text-ink-3">
        <Time at={receivedAt} style="clock" />
      </span>
      <div className="min-w-0">
        <p className="break-words">
          <span className="font-medium">{action === 'BUY' ? 'Buy' : 'Sell'}</span>
          {said !== '' && <span className="text-ink-2"> {said}</span>}
        </p>
        <p className="text-xs break-words text-ink-2">
          {outcome === 'pending' ? 'It waits until an order of this bot is done.' : detail}
        </p>
        {repeats > 0 && (
          <p className="text-xs text-ink-3">
            Came again {repeats === 1 ? 'once' : `${String(repeats)} times`}: answered as a duplicate, and not
            acted on.
          </p>
        )}
      </div>
      <div className="text-right">
        {order ? (
          <Link
            to={`/orders/${order.id}`}
            aria-label="See the order"
            className="inline-flex items-center touch:min-h-11"
          >
            <OrderStatusBadge status={order.status} />
          </Link>
        ) : (
          <Badge tone={OUTCOMES[outcome].tone}>{OUTCOMES[outcome].text}</Badge>
        )}
      </div>
    </li>
  );
}
