import type { AccountHealthView } from '../schemas/health-views.ts';
import { Card } from './card.tsx';
import { Facts } from './facts.tsx';
import { formatDuration } from './moment.ts';
import { Notice } from './notice.tsx';
import { Time } from './time.tsx';

/** How the exchange answers this account: pauses first, then the figures. */
export function AccountHealthCard({ health, exchange }: { health: AccountHealthView; exchange: string }) {
  const { latencyMs, weight, clockOffsetMs, lastOkAt, lastError } = health;
  const isKnown = latencyMs !== null || lastError !== null;
  return (
    <Card title={`How ${exchange} answers`} flush>
      {isKnown ? (
        <Facts
          facts={[
            ['Latency, median', latencyMs !== null && `${latencyMs} ms`],
            ['Request weight used', weight !== null && <WeightUsed key="weight" weight={weight} />],
            ['Its clock against ours', clockOffsetMs !== null && sayOffset(clockOffsetMs)],
            ['Last answer', lastOkAt !== null && <Time key="ok" at={lastOkAt} />],
            ['Last error', lastError === null ? 'none' : <LastError key="error" error={lastError} />],
          ]}
        />
      ) : (
        <p className="p-4 text-ink-2">
          Not called yet. The figures appear once a bot trades on this account.
        </p>
      )}
    </Card>
  );
}

/** What the exchange asked us not to do for a while; nothing when it did not. */
export function AccountPauses({ health, exchange }: { health: AccountHealthView; exchange: string }) {
  const { ban, venueBan } = health;
  return (
    <>
      {ban !== null && (
        <Notice kind="warn" title={`${exchange} shut this account out: ${formatDuration(ban.leftMs)} left.`}>
          {ban.reason} Nothing is sent to it before <Time at={ban.until} /> UTC, by any process: calling on
          would make the ban longer. Buys that come due until then are dropped, sells are sent after it. Stops
          that rest at the exchange still work.
        </Notice>
      )}
      {venueBan !== null && (
        <Notice
          kind="warn"
          title={`${exchange} gives out no prices to this server: ${formatDuration(venueBan.leftMs)} left.`}
        >
          {venueBan.reason} Bots on it wait until <Time at={venueBan.until} /> UTC.
        </Notice>
      )}
    </>
  );
}

function WeightUsed({ weight: { used, limit, at } }: { weight: NonNullable<AccountHealthView['weight']> }) {
  const share = limit > 0 ? used / limit : 0;
  return (
    <span className={`tabular-nums ${share > 0.8 ? 'text-warn' : ''}`}>
      {used.toLocaleString('en-US')} of {limit.toLocaleString('en-US')}{' '}
      <span className="text-ink-3">
        ({Math.round(share * 100)} %) at <Time at={at} style="clock" />
      </span>
    </span>
  );
}

function sayOffset(offsetMs: number): string {
  if (offsetMs === 0) return 'the same';
  return `${Math.abs(offsetMs)} ms ${offsetMs > 0 ? 'ahead' : 'behind'}`;
}

function LastError({ error }: { error: { at: string; message: string } }) {
  return (
    <div className="text-left sm:text-right">
      <Time at={error.at} />
      <span className="block max-w-md text-xs text-ink-2">{error.message}</span>
    </div>
  );
}
