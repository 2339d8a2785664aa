import { Check, Hourglass, X, type LucideIcon } from 'lucide-react';
import type { BotDetailView, CheckView } from '../schemas/views.ts';
import { Badge } from './badge.tsx';
import { Card } from './card.tsx';
import { Icon } from './icon.tsx';

/** When the bot decides again, what would make it act, and each check on the way there. */
export function BotNext({ view: { next, checks } }: { view: BotDetailView }) {
  return (
    <Card title="What happens next" flush>
      <div className="border-b px-4 py-3">
        <p className="font-medium">{next.headline}</p>
        {next.detail !== '' && <p className="mt-0.5 text-ink-2">{next.detail}</p>}
      </div>
      <ol className="divide-y" aria-label="What stands between the bot and its next buy">
        {checks.map((check) => (
          <CheckLine key={check.title} check={check} />
        ))}
      </ol>
    </Card>
  );
}

const LOOKS: Record<CheckView['outcome'], { icon: LucideIcon; colour: string; text: string }> = {
  pass: { icon: Check, colour: 'text-gain', text: 'Passed' },
  wait: { icon: Hourglass, colour: 'text-accent', text: 'Waits' },
  block: { icon: X, colour: 'text-warn', text: 'Blocked' },
};

function CheckLine({ check: { outcome, title, detail, isReason } }: { check: CheckView }) {
  const { icon, colour, text } = LOOKS[outcome];
  const isBlocking = isReason && outcome === 'block';
  return (
    <li className={`flex gap-3 px-4 py-2.5 ${isBlocking ? 'bg-warn-soft' : ''}`}>
      <Icon of={icon} className={`mt-0.5 ${colour}`} />
      <span className="sr-only">{text}:</span>
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-2">
          {title}
          {isReason && (
            <Badge tone={isBlocking ? 'warn' : 'accent'}>
              {isBlocking ? 'Why it does not trade' : 'Waits for this'}
            </Badge>
          )}
        </p>
        <p className="text-xs break-words text-ink-2">{detail}</p>
      </div>
    </li>
  );
}
