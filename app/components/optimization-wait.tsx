import { Form } from '@remix-run/react';
import type { OptimizationView } from '../schemas/optimizations.ts';
import { Button } from './button.tsx';
import { Card } from './card.tsx';
import { formatMoney } from './format.ts';
import { Notice } from './notice.tsx';
import { isUnderWay, objectiveOf, sayScore, sayValues } from './optimization-words.ts';
import { ProgressBar } from './progress-bar.tsx';
import { Time } from './time.tsx';

const grouped = (count: number) => formatMoney(String(count), 0);

/** What is known of an optimisation without a result. Without a script the page comes again by itself. */
export function OptimizationWait({ view }: { view: OptimizationView }) {
  return (
    <>
      {view.status === 'failed' && (
        <Notice kind="error" title="It could not go on">
          {view.problem} What was tried is kept: take what is in the way away and resume it.
        </Notice>
      )}
      {view.status === 'canceled' && (
        <Notice title="It was called off">What was tried is kept: it can be resumed.</Notice>
      )}
      <Card>
        {isUnderWay(view) && (
          <noscript>
            <meta httpEquiv="refresh" content="3" />
          </noscript>
        )}
        <p className="mb-3" aria-live="polite">
          {sayStage(view)}
        </p>
        <ProgressBar label={`Optimisation ${view.name}`} progress={view.tried / Math.max(1, view.total)} />
        {view.best && (
          <p className="mt-3">
            Best so far: {objectiveOf(view.plan.objective)?.title}{' '}
            {sayScore(view.plan.objective, view.best.score)} with {sayValues(view, view.best.values)}.
          </p>
        )}
        <Troubles view={view} />
        {view.isStalled ? <Stalled view={view} /> : <GoesOn view={view} />}
      </Card>
    </>
  );
}

function Troubles({ view }: { view: OptimizationView }) {
  if (!isUnderWay(view)) return null;
  return (
    <>
      {view.problem !== null && (
        <p className="mt-3 text-xs text-warn">{view.problem} It is tried again by itself.</p>
      )}
      {view.notice !== null && <p className="mt-3 text-xs text-warn">{view.notice}</p>}
    </>
  );
}

function GoesOn({ view }: { view: OptimizationView }) {
  if (!isUnderWay(view)) return null;
  return (
    <p className="mt-3 text-xs text-ink-2">
      It goes on while you are away, and steps back for bots that trade.
    </p>
  );
}

function Stalled({ view }: { view: OptimizationView }) {
  return (
    <Form method="post" className="mt-3 flex flex-wrap items-center gap-3 text-xs text-warn">
      Nothing new since <Time at={view.movedAt} />. It goes on by itself once its server works on it.
      <Button name="intent" value="resume">
        Take it up again
      </Button>
    </Form>
  );
}

function sayStage({ status, tried, total, fetched, candles }: OptimizationView): string {
  const isGathering = status === 'running' && candles === null;
  if (isGathering) return `Gathering candles: ${String(Math.floor(100 * (fetched ?? 0)))} % asked for.`;
  const count = `${grouped(tried)} of ${grouped(total)} sets tried`;
  if (status === 'queued') return `Waiting for its turn: optimisations run one after another. ${count}.`;
  if (status !== 'running' || tried < total) return `${count}.`;
  return `${count}. Now walking forward and judging the best.`;
}
