import { Check, Hourglass, Square, TriangleAlert, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import type { BotDetailView } from '../schemas/views.ts';
import { Card } from './card.tsx';
import { formatMoney } from './format.ts';
import { Icon } from './icon.tsx';
import { Time } from './time.tsx';

/** When the bot decides again, what would make it act, and the checks on the way there. */
export function BotNext({ view }: { view: BotDetailView }) {
  const { bot, next, openOrders } = view;
  return (
    <Card title="What happens next" flush>
      <div className="border-b px-4 py-3">
        <p className="font-medium">{next.headline}</p>
        {next.detail !== '' && <p className="mt-0.5 text-ink-2">{next.detail}</p>}
      </div>
      <ul className="divide-y">
        <StatusCheck view={view} />
        <PriceCheck view={view} />
        {bot.lastSignal && (
          <CheckLine
            icon={bot.lastSignal.signal === 'HOLD' ? Hourglass : Check}
            tone="accent"
            title={`${bot.status === 'RUNNING' ? 'Signal' : 'Last signal'}: ${SIGNALS[bot.lastSignal.signal]}`}
          >
            {bot.lastSignal.reason} · confidence {bot.lastSignal.confidence.toFixed(2)}
          </CheckLine>
        )}
        {openOrders.length > 0 && (
          <CheckLine
            icon={Hourglass}
            tone="accent"
            title={
              openOrders.length === 1 ? 'An order is working' : `${openOrders.length} orders are working`
            }
          >
            No other order is sent before it is final.
          </CheckLine>
        )}
        {bot.error !== null && (
          <CheckLine icon={TriangleAlert} tone="warn" title="Something is in the way">
            {bot.error}
          </CheckLine>
        )}
      </ul>
    </Card>
  );
}

const SIGNALS = { BUY: 'buy', SELL: 'sell', HOLD: 'hold' } as const;

const COLOURS = { gain: 'text-gain', accent: 'text-accent', warn: 'text-warn', plain: 'text-ink-3' } as const;

type CheckProps = { icon: LucideIcon; tone: keyof typeof COLOURS; title: string; children: ReactNode };

function CheckLine({ icon, tone, title, children }: CheckProps) {
  return (
    <li className="flex gap-3 px-4 py-2.5">
      <Icon of={icon} className={`mt-0.5 ${COLOURS[tone]}`} />
      <div className="min-w-0">
        <p>{title}</p>
        <p className="text-xs text-ink-2">{children}</p>
      </div>
    </li>
  );
}

function StatusCheck({ view: { bot } }: { view: BotDetailView }) {
  if (bot.status === 'RUNNING')
    return (
      <CheckLine icon={Check} tone="gain" title="Running">
        since <Time at={bot.startedAt} style="full" />
      </CheckLine>
    );
  const isStopped = bot.status === 'STOPPED';
  return (
    <CheckLine
      icon={isStopped ? Square : TriangleAlert}
      tone={isStopped ? 'plain' : 'warn'}
      title={NAMES[bot.status]}
    >
      {bot.state}
    </CheckLine>
  );
}

const NAMES = {
  RUNNING: 'Running',
  STOPPING: 'Stopping',
  STOPPED: 'Stopped',
  HALTED: 'Halted',
  ERROR: 'Error',
} as const;

function PriceCheck({ view: { bot, chart, precision } }: { view: BotDetailView }) {
  if (chart.problem !== null)
    return (
      <CheckLine
        icon={TriangleAlert}
        tone="warn"
        title={chart.candles.length > 0 ? 'The newest candles are late' : 'No candles'}
      >
        {chart.problem}
      </CheckLine>
    );
  if (bot.lastPrice === null || bot.lastPriceAt === null)
    return (
      <CheckLine icon={Hourglass} tone="accent" title="No price seen yet">
        The first one comes with the next candle.
      </CheckLine>
    );
  return (
    <CheckLine
      icon={Check}
      tone={bot.status === 'RUNNING' ? 'gain' : 'plain'}
      title={`Last price ${formatMoney(bot.lastPrice, precision?.price)} ${bot.quote}`}
    >
      at <Time at={bot.lastPriceAt} style="full" />
    </CheckLine>
  );
}
