import type { DecisionView } from '../schemas/views.ts';
import { Card } from './card.tsx';
import { EmptyState } from './empty-state.tsx';
import { Segments } from './segments.tsx';
import { Time } from './time.tsx';

type DecisionListProps = {
  decisions: readonly DecisionView[];
  show: string | null;
  /** The same page with another choice of decisions. */
  linkTo: (show: string) => string;
};

const SHOWN = 12;

const VIEWS = [
  { show: 'all', label: 'All' },
  { show: 'orders', label: 'Orders' },
  { show: 'refused', label: 'Refused' },
];

const KEEPS: Record<string, (decision: DecisionView) => boolean> = {
  orders: (decision) => decision.outcome === 'order',
  refused: (decision) => decision.outcome === 'refused',
};

/** What was decided and why, newest first, refusals included. */
export function DecisionList({ decisions, show, linkTo }: DecisionListProps) {
  const chosen = show !== null && show in KEEPS ? show : 'all';
  const shown = decisions.filter(KEEPS[chosen] ?? (() => true)).slice(0, SHOWN);
  return (
    <Card
      title="Decisions"
      flush
      aside={
        <Segments
          label="Which decisions"
          segments={VIEWS.map((view) => ({
            to: linkTo(view.show),
            label: view.label,
            isActive: view.show === chosen,
          }))}
        />
      }
    >
      {shown.length === 0 ? (
        <EmptyState title={chosen === 'all' ? 'Nothing decided yet' : 'None of this kind'}>
          Every buy, sell and refusal will stand here with its reason. Holding is not listed.
        </EmptyState>
      ) : (
        <ol className="py-1.5">
          {shown.map((decision) => (
            <DecisionItem key={decision.id} decision={decision} />
          ))}
        </ol>
      )}
    </Card>
  );
}

const SIGNALS = { BUY: 'Buy', SELL: 'Sell', HOLD: 'Hold' } as const;

const COLOURS = {
  order: 'font-medium',
  refused: 'text-warn',
  ignored: 'text-ink-2',
  hold: 'text-ink-2',
} as const;

function titleOf({ outcome, signal, source, confidence }: DecisionView): string {
  // Of the decisions to hold, only those that account for skipped candles are logged.
  if (signal === 'HOLD') return 'Candles skipped';
  if (source !== 'candle')
    return outcome === 'refused' ? `Refused: ${SIGNALS[signal].toLowerCase()}` : SIGNALS[signal];
  if (outcome === 'refused') return `Refused: ${SIGNALS[signal].toLowerCase()} · ${confidence.toFixed(2)}`;
  return `${SIGNALS[signal]} · ${confidence.toFixed(2)}`;
}

const isSame = (one: string, other: string) => one.replace(/\.$/, '') === other.replace(/\.$/, '');

function DecisionItem({ decision }: { decision: DecisionView }) {
  return (
    <li className="grid grid-cols-[4.25rem_1fr] gap-x-2 px-4 py-1.5">
      <span className="text-ink-3">
        <Time at={decision.candleTime} style="clock" />
      </span>
      <div className="min-w-0">
        <p className={COLOURS[decision.outcome]}>{titleOf(decision)}</p>
        <p className="text-xs text-ink-2">{decision.reason}</p>
        {decision.detail !== '' && !isSame(decision.detail, decision.reason) && (
          <p className="text-xs text-ink-3">{decision.detail}</p>
        )}
      </div>
    </li>
  );
}
