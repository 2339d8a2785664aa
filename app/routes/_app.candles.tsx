import {
  data,
  redirect,
  type ActionFunctionArgs,
  type LoaderFunctionArgs,
  type MetaFunction,
} from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';
import type { AppContext } from '../context.server.ts';
import { CandleDownloads } from '../components/candle-downloads.tsx';
import { DownloadForm, UploadForm } from '../components/candle-forms.tsx';
import { CandleSeriesTable } from '../components/candle-series-table.tsx';
import { Card } from '../components/card.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { parseInput, type FormRefusal } from '../components/form-values.ts';
import { countOf } from '../components/format.ts';
import { LiveMark } from '../components/live-mark.tsx';
import { Notice } from '../components/notice.tsx';
import { Page } from '../components/page.tsx';
import { Refused } from '../components/refused.tsx';
import { useLive } from '../components/use-live.ts';
import { readForm, refuse, settle } from '../page.server.ts';
import { downloadInput, uploadInput, type StoredSeriesView } from '../schemas/candles.ts';
import { attempt } from '../services/app-error.ts';
import { importUpload, UPLOAD_LIMITS } from '../services/candle-upload.server.ts';
import {
  cancelDownload,
  listDownloads,
  listStoredSeries,
  startDownload,
} from '../services/candles.server.ts';
import { listVenues } from '../services/markets.server.ts';
import { requireAdmin, requireUser } from '../services/sessions.server.ts';
import { isUpload, readUpload } from '../upload.server.ts';

export const meta: MetaFunction = () => [{ title: 'Candles · Auto Bot Trader' }];

const DAY_MS = 86_400_000;
const MONTH = 30;
const toDay = (timeMs: number) => new Date(timeMs).toISOString().slice(0, 10);

export async function loader({ request, context }: LoaderFunctionArgs) {
  const user = await requireUser(request, context);
  const nowMs = context.deps.clock.now();
  return {
    series: await listStoredSeries(context.deps),
    downloads: await listDownloads(context.deps, user.id),
    venues: listVenues(),
    days: { from: toDay(nowMs - MONTH * DAY_MS), to: toDay(nowMs) },
    limits: UPLOAD_LIMITS,
    mayImport: user.role === 'admin',
  };
}

export async function action({ request, context }: ActionFunctionArgs) {
  if (isUpload(request)) return takeFile(request, context);
  const user = await requireUser(request, context);
  const { all } = await readForm(request);
  if (all['intent'] === 'cancel') {
    await settle(cancelDownload(context.deps, user.id, all['download_id'] ?? ''));
    return redirect('/candles');
  }
  const parsed = parseInput(downloadInput, all);
  if (!parsed.ok) return refuse(parsed, all);
  const started = await attempt(startDownload(context.deps, user.id, parsed.value));
  return started.ok ? redirect('/candles') : refuse(started.refusal, all);
}

/** All bots read these candles, so only an admin may bring in others than an exchange's own. */
async function takeFile(request: Request, context: AppContext) {
  await requireAdmin(request, context);
  const upload = readUpload(request, {
    maxBytes: UPLOAD_LIMITS.bytes,
    read: async (file, fields) => {
      const parsed = parseInput(uploadInput, fields);
      if (!parsed.ok) return refuse(parsed, { ...fields, intent: 'upload' });
      const done = await attempt(importUpload(context.deps, file, parsed.value));
      return done.ok ? data({ done: done.value }) : refuse(done.refusal, { ...fields, intent: 'upload' });
    },
  });
  const { values, result } = await settle(upload);
  if (result) return result;
  const message = 'Choose a file first.';
  return refuse({ message, errors: [{ path: 'file', message }] }, { ...values, intent: 'upload' });
}

const FAST_MS = 2_000;
const SLOW_MS = 30_000;

/** The refused form's, told apart by which form it was. */
function partRefusal(answer: ReturnType<typeof useActionData<typeof action>>) {
  const refusal = answer && 'message' in answer ? answer : undefined;
  const isUploads = refusal?.values['intent'] === 'upload';
  return { refusal, ofUpload: isUploads ? refusal : undefined, ofDownload: isUploads ? undefined : refusal };
}

export default function CandlesPage() {
  const { series, downloads, venues, days, limits, mayImport } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const { refusal, ofUpload, ofDownload } = partRefusal(answer);
  const isRunning = downloads.some(({ status }) => status === 'running');
  const liveness = useLive(isRunning ? FAST_MS : SLOW_MS);
  return (
    <Page title="Candles" badge={<LiveMark liveness={liveness} />}>
      <Refused refusal={refusal} />
      {ofUpload && <Problems refusal={ofUpload} />}
      {answer && 'done' in answer && (
        <Notice kind="done" title={answer.done.title}>
          {answer.done.details.join(' ')}
        </Notice>
      )}
      <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,1fr)_24rem]">
        <div className="grid min-w-0 gap-5">
          <Stored series={series} />
          {downloads.length > 0 && (
            <Card title="Downloads" flush>
              <CandleDownloads downloads={downloads} />
            </Card>
          )}
        </div>
        <div className="grid min-w-0 gap-5">
          <DownloadForm venues={venues} refusal={ofDownload} days={days} />
          {mayImport && <UploadForm venues={venues} refusal={ofUpload} limits={limits} />}
        </div>
      </div>
    </Page>
  );
}

function Stored({ series }: { series: readonly StoredSeriesView[] }) {
  if (series.length === 0)
    return (
      <Card title="Stored candles" flush>
        <EmptyState title="No candles yet">
          Past prices, on which a strategy can be tried before it trades. Download them from an exchange, or
          import a file: such candles are kept for good. Running bots add what they watch.
        </EmptyState>
      </Card>
    );
  return (
    <Card title="Stored candles" flush aside={countOf(series.length, 'series', 'series')}>
      <CandleSeriesTable series={series} />
    </Card>
  );
}

function Problems({ refusal }: { refusal: FormRefusal }) {
  const problems = refusal.errors.filter(
    ({ path, message }) => path === 'file' && message !== refusal.message,
  );
  if (problems.length === 0) return null;
  return (
    <Card title="What is wrong with the file">
      <ul className="grid gap-1 break-words">
        {problems.map(({ message }) => (
          <li key={message}>{message}</li>
        ))}
      </ul>
      <p className="mt-3 text-ink-2">Correct the file, or tick what may be mended and import it again.</p>
    </Card>
  );
}
