import {
  redirect,
  type ActionFunctionArgs,
  type LoaderFunctionArgs,
  type MetaFunction,
} from '@remix-run/node';
import { Form, useLoaderData } from '@remix-run/react';
import { Badge } from '../components/badge.tsx';
import { Button, ButtonLink } from '../components/button.tsx';
import { Card } from '../components/card.tsx';
import { ConfirmForm } from '../components/confirm-form.tsx';
import { toValues } from '../components/form-values.ts';
import { OptimizationBest } from '../components/optimization-best.tsx';
import { OptimizationHeat } from '../components/optimization-heat.tsx';
import { OptimizationHistories } from '../components/optimization-histories.tsx';
import { OptimizationLuck } from '../components/optimization-luck.tsx';
import { toAgainQuery, toBotQuery } from '../components/optimization-queries.ts';
import { OptimizationSettings } from '../components/optimization-settings.tsx';
import { OptimizationWait } from '../components/optimization-wait.tsx';
import { OptimizationWalk } from '../components/optimization-walk.tsx';
import { isCheck, isUnderWay, STATUS_LOOKS } from '../components/optimization-words.ts';
import { Page } from '../components/page.tsx';
import { useLive } from '../components/use-live.ts';
import { readForm, settle } from '../page.server.ts';
import {
  cancelOptimization,
  deleteOptimization,
  getOptimization,
  resumeOptimization,
} from '../services/optimizations.server.ts';
import { requireUser } from '../services/sessions.server.ts';

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `${data?.optimization.name ?? 'Optimisation'} · Auto Bot Trader` },
];

export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const user = await requireUser(request, context);
  const { x, y } = toValues(new URL(request.url).searchParams);
  const id = params['optimizationId'] ?? '';
  return settle(getOptimization(context.deps, user.id, { id, axes: { x, y } }));
}

export async function action({ request, params, context }: ActionFunctionArgs) {
  const user = await requireUser(request, context);
  const id = params['optimizationId'] ?? '';
  const { all } = await readForm(request);
  if (all['intent'] === 'delete') {
    await settle(deleteOptimization(context.deps, user.id, id));
    return redirect('/optimizations');
  }
  if (all['intent'] === 'cancel') await settle(cancelOptimization(context.deps, user.id, id));
  if (all['intent'] === 'resume') await settle(resumeOptimization(context.deps, user.id, id));
  return redirect(`/optimizations/${id}`);
}

const FAST_MS = 2_000;
/** Nothing on the page of a finished optimisation changes. */
const HARDLY_EVER_MS = 3_600_000;

export default function OptimizationPage() {
  const { optimization: view, result } = useLoaderData<typeof loader>();
  useLive(isUnderWay(view) ? FAST_MS : HARDLY_EVER_MS);
  const { word, tone } = STATUS_LOOKS[view.status];
  return (
    <Page title={view.name} badge={<Badge tone={tone}>{word}</Badge>} actions={<Actions />}>
      {result ? <Result /> : <OptimizationWait view={view} />}
      <div className="grid items-start gap-5 lg:grid-cols-2">
        <OptimizationSettings view={view} />
        <div className="grid min-w-0 gap-5">
          {view.tried > 0 && (
            <Card title="All tried sets">
              <a className="link" href={`/optimizations/${view.id}/trials`}>
                Download them as CSV
              </a>
            </Card>
          )}
          {!isUnderWay(view) && (
            <Card title="Remove">
              <ConfirmForm
                label="Delete this optimisation"
                question="All that was tried will be gone. Candles and bots stay."
                confirm="Delete"
                intent="delete"
              />
            </Card>
          )}
        </div>
      </div>
    </Page>
  );
}

function Actions() {
  const { optimization: view, result } = useLoaderData<typeof loader>();
  const [winner] = result?.outcome.best ?? [];
  if (isUnderWay(view))
    return (
      <Form method="post">
        <Button name="intent" value="cancel">
          Call off
        </Button>
      </Form>
    );
  return (
    <>
      <ButtonLink to={`/optimizations?${toAgainQuery(view)}#new`}>Run again with changes</ButtonLink>
      {view.status !== 'done' && (
        <Form method="post">
          <Button tone="primary" name="intent" value="resume">
            Resume
          </Button>
        </Form>
      )}
      {winner && (
        <ButtonLink tone="primary" to={`/bots/new?${toBotQuery(view, winner.values)}`}>
          {isCheck(view) ? 'Make a bot of it' : 'Make a bot of the best'}
        </ButtonLink>
      )}
    </>
  );
}

function Result() {
  const { optimization: view, result } = useLoaderData<typeof loader>();
  if (!result) return null;
  const { outcome, heat } = result;
  return (
    <>
      <OptimizationLuck view={view} outcome={outcome} />
      {outcome.best.length > 0 && (
        <Card
          title={isCheck(view) ? 'What it made' : 'Best sets'}
          flush
          aside="searched above, held out below"
        >
          <OptimizationBest view={view} best={outcome.best} />
        </Card>
      )}
      {heat && outcome.best.length > 0 && <OptimizationHeat heat={heat} objective={view.plan.objective} />}
      {outcome.verdict && <OptimizationHistories verdict={outcome.verdict} />}
      {outcome.walk && <OptimizationWalk view={view} walk={outcome.walk} />}
    </>
  );
}
