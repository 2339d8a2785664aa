import { Form } from '@remix-run/react';
import type { DownloadView } from '../schemas/candles.ts';
import { Badge, type Tone } from './badge.tsx';
import { Button } from './button.tsx';
import { formatMoney } from './format.ts';
import { ProgressBar } from './progress-bar.tsx';
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
          {download.status === 'running' && (
            <ProgressBar
              label={`Download of ${download.symbol} ${download.timeframe}`}
              progress={download.progress}
            />
          )}
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
