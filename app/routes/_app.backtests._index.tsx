import {
  redirect,
  type ActionFunctionArgs,
  type AppLoadContext,
  type LoaderFunctionArgs,
  type MetaFunction,
} from '@remix-run/node';
import { Form, useActionData, useLoaderData, useNavigation } from '@remix-run/react';
import { Columns2, Play } from 'lucide-react';
import { toBacktestInput } from '../components/backtest-form-input.ts';
import { toMarketOf, usualValues, withFees } from '../components/backtest-form-values.ts';
import { BacktestForm } from '../components/backtest-form.tsx';
import { BacktestTable } from '../components/backtest-table.tsx';
import { isUnderWay } from '../components/backtest-words.ts';
import { Button, ButtonLink } from '../components/button.tsx';
import { Card } from '../components/card.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { parseInput, toValues, type FormValues } from '../components/form-values.ts';
import { LiveMark } from '../components/live-mark.tsx';
import { Page } from '../components/page.tsx';
import { listFigures } from '../components/rule-figures.ts';
import { readRules } from '../components/rule-rows.ts';
import { Refused } from '../components/refused.tsx';
import { useLive } from '../components/use-live.ts';
import { readWeightRows } from '../components/weight-rows.ts';
import { readForm, refuse } from '../page.server.ts';
import { startBacktestInput } from '../schemas/backtests.ts';
import { attempt } from '../services/app-error.ts';
import { listBacktestChoices } from '../services/backtest-choices.server.ts';
import { actsOnCandles } from '../services/backtest-plan.server.ts';
import { listBacktests, startBacktest } from '../services/backtests.server.ts';
import { requireUser } from '../services/sessions.server.ts';
import { findStrategyView, listStrategies } from '../services/strategies.server.ts';

export const meta: MetaFunction = () => [{ title: 'Backtests · Auto Bot Trader' }];

const A_PAGE = 20;

export async function loader({ request, context }: LoaderFunctionArgs) {
  const user = await requireUser(request, context);
  const { deps } = context;
  const { page: asked, ...query } = toValues(new URL(request.url).searchParams);
  const given = await readRulesOf(deps, { ...usualValues(deps.clock.now()), ...query });
  const page = Math.max(1, Number.parseInt(asked ?? '1', 10) || 1);
  const [choices, strategies, list] = await Promise.all([
    listBacktestChoices(deps, toMarketOf(given)),
    listTriable(deps),
    listBacktests(deps, user.id, { page, size: A_PAGE }),
  ]);
  const first = strategies.find((each) => each.enabled)?.name ?? '';
  const isSilent: FormValues = choices.problem === null ? {} : { market_rules: 'false' };
  return {
    choices,
    strategies,
    ...list,
    page,
    values: { strategy: first, ...isSilent, ...withFees(given, choices.fees) },
  };
}

/** Rows of own rules and of weights become the parameters that they say. */
async function readRulesOf(deps: AppLoadContext['deps'], values: FormValues): Promise<FormValues> {
  const strategy = await findStrategyView(deps, values['strategy'] ?? '');
  const read = readWeightRows(values);
  return strategy ? readRules(read, listFigures(strategy.paramsSchema)) : read;
}

/** Strategies that act on candles. */
const listTriable = async (deps: AppLoadContext['deps']) =>
  (await listStrategies(deps)).filter(({ name }) => actsOnCandles(name));

export async function action({ request, context }: ActionFunctionArgs) {
  const user = await requireUser(request, context);
  const all = await readRulesOf(context.deps, (await readForm(request)).all);
  const parsed = parseInput(startBacktestInput, toBacktestInput(all));
  if (!parsed.ok) return refuse({ ...parsed, message: LOOK }, all);
  const started = await attempt(startBacktest(context.deps, user.id, parsed.value));
  if (started.ok) return redirect(`/backtests/${started.value.id}`);
  const { refusal } = started;
  const isOfParams = refusal.errors.some(({ path }) => path.startsWith('params.'));
  return refuse(isOfParams ? { ...refusal, message: LOOK } : refusal, all);
}

const LOOK = 'Nothing was started. Please look at the marked fields.';

const FAST_MS = 2_000;
const SLOW_MS = 30_000;

export default function BacktestsPage() {
  const { choices, strategies, backtests, values, page } = useLoaderData<typeof loader>();
  const refusal = useActionData<typeof action>() ?? undefined;
  const liveness = useLive(backtests.some(isUnderWay) ? FAST_MS : SLOW_MS);
  const isEmpty = backtests.length === 0 && page === 1;
  return (
    <Page title="Backtests" badge={!isEmpty && <LiveMark liveness={liveness} />} actions={<StartActions />}>
      <Refused refusal={refusal} />
      <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,1fr)_26rem]">
        <div className="grid min-w-0 gap-5">{isEmpty ? <NoBacktests /> : <Runs />}</div>
        <BacktestForm
          choices={choices}
          strategies={strategies}
          values={{ ...values, ...refusal?.values }}
          refusal={refusal}
        />
      </div>
    </Page>
  );
}

/** Where the form stands beside the list its button is at hand; on a phone the way to it. */
function StartActions() {
  const navigation = useNavigation();
  return (
    <>
      <span className="hidden lg:block">
        <Button tone="primary" icon={Play} form="new" isBusy={navigation.formMethod === 'POST'}>
          Start backtest
        </Button>
      </span>
      <a
        href="#new"
        className="control-height inline-flex items-center rounded-control border border-accent bg-accent px-3 font-medium text-on-accent lg:hidden"
      >
        New backtest
      </a>
    </>
  );
}

function Runs() {
  const { backtests, hasMore, page } = useLoaderData<typeof loader>();
  return (
    <>
      <Card flush>
        {backtests.length === 0 ? (
          <EmptyState title="No more backtests" />
        ) : (
          <Form action="/backtests/compare">
            <BacktestTable backtests={backtests} />
            {backtests.filter(({ status }) => status === 'done').length > 1 && <CompareBar />}
          </Form>
        )}
      </Card>
      {(hasMore || page > 1) && (
        <div className="flex gap-2">
          {page > 1 && <ButtonLink to={`?page=${page - 1}`}>Newer</ButtonLink>}
          {hasMore && <ButtonLink to={`?page=${page + 1}`}>Older</ButtonLink>}
        </div>
      )}
    </>
  );
}

function CompareBar() {
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2 border-t px-4 py-2.5">
      <Button icon={Columns2}>Compare</Button>
      <span className="text-xs text-ink-2">Tick two to four backtests to see them side by side.</span>
    </div>
  );
}

function NoBacktests() {
  return (
    <Card flush>
      <EmptyState
        title="No backtests yet"
        action={
          <a href="#new" className="link inline-flex items-center lg:hidden touch:min-h-11">
            To the first one
          </a>
        }
      >
        <p>
          A backtest shows what a strategy would have done on past prices, before it costs anything: what it
          would have made beside buying and holding, how far it would have fallen, and each of its trades. It
          decides with the very code that bots trade with.
        </p>
        <p className="mt-2">
          As the form stands, it tries RSI cross on a year of the demo market. Press “Start backtest”; it
          takes seconds.
        </p>
      </EmptyState>
    </Card>
  );
}
