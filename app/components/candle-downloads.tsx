import { Form } from '@remix-run/react';
import type { DownloadView } from '../schemas/candles.ts';
import { Badge, type Tone } from './badge.tsx';
import { Button } from './button.tsx';
import { formatMoney } from './format.ts';
import { Time } from './time.tsx';

const STATES: Record<DownloadView['status'], { word: string; tone: Tone }> = {
  running: { word: 'Running', tone: 'accent' },
  done: { word: 'Done', tone: 'gain' },
  failed: { word: 'Failed', tone: 'loss' },
  canceled: { word: 'Called off', tone: 'plain' },
};

export function CandleDownloads({ downloads }: { downloads: readonly DownloadView[] }) {
  return (
    <ul className="divide-y">
      {downloads.map((download) => (
        <li key={download.id} className="grid gap-2 px-4 py-3">
          <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
            <p className="flex min-w-0 flex-wrap items-center gap-2">
              <span className="font-medium">
                {download.symbol} {download.timeframe}
              </span>
              <span className="text-ink-2">{download.venueName}</span>
              <Badge tone={STATES[download.status].tone} dot={download.status === 'running'}>
                {STATES[download.status].word}
              </Badge>
            </p>
            {download.status === 'running' && <CallOff download={download} />}
          </div>
          {download.status === 'running' && <Progress download={download} />}
          <p className="text-xs text-ink-2">
            <Time at={download.fromTime} style="day" /> to <Time at={download.toTime} style="day" /> ·{' '}
            {formatMoney(String(download.stored), 0)} candles stored
          </p>
          {download.problem !== null && (
            <p className={`text-xs ${download.status === 'running' ? 'text-warn' : 'text-loss'}`}>
              {download.problem}
              {download.status === 'running' && ' It is tried again by itself.'}
            </p>
          )}
        </li>
      ))}
    </ul>
  );
}

function Progress({ download }: { download: DownloadView }) {
  const percent = Math.floor(100 * download.progress);
  return (
    <div className="flex items-center gap-3">
      <div
        role="progressbar"
        aria-label={`Download of ${download.symbol} ${download.timeframe}`}
        aria-valuenow={percent}
        className="h-1.5 min-w-0 flex-1 overflow-hidden rounded-full bg-line"
      >
        <svg
          className="block h-full w-full text-accent"
          preserveAspectRatio="none"
          viewBox="0 0 100 1"
          aria-hidden
        >
          <rect width={percent} height={1} fill="currentColor" />
        </svg>
      </div>
      <span className="text-xs text-ink-2 tabular-nums">{percent} %</span>
    </div>
  );
}

function CallOff({ download }: { download: DownloadView }) {
  return (
    <Form method="post">
      <input type="hidden" name="download_id" value={download.id} />
      <Button tone="quiet" name="intent" value="cancel">
        Call off
      </Button>
    </Form>
  );
}
