import {
  redirect,
  type ActionFunctionArgs,
  type LoaderFunctionArgs,
  type MetaFunction,
} from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';
import { toBacktestInput } from '../components/backtest-form-input.ts';
import { toMarketOf, usualValues, withFees } from '../components/backtest-form-values.ts';
import { Card } from '../components/card.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { parseInput, toNested, toValues, type FormValues } from '../components/form-values.ts';
import { countOf } from '../components/format.ts';
import { LiveMark } from '../components/live-mark.tsx';
import { OptimizationForm } from '../components/optimization-form.tsx';
import { OptimizationTable } from '../components/optimization-table.tsx';
import { isUnderWay } from '../components/optimization-words.ts';
import { Page } from '../components/page.tsx';
import { Refused } from '../components/refused.tsx';
import { useLive } from '../components/use-live.ts';
import { readForm, refuse } from '../page.server.ts';
import { startBacktestInput } from '../schemas/backtests.ts';
import { OPTIMIZATION_FIELDS, optimizationInput, type VaryField } from '../schemas/optimizations.ts';
import { attempt } from '../services/app-error.ts';
import { listBacktestChoices } from '../services/backtest-choices.server.ts';
import { listVaryFields } from '../services/optimization-choices.server.ts';
import { startOptimization } from '../services/optimization-start.server.ts';
import { listOptimizations } from '../services/optimizations.server.ts';
import { requireUser } from '../services/sessions.server.ts';
import { listStrategies } from '../services/strategies.server.ts';

export const meta: MetaFunction = () => [{ title: 'Optimise · Auto Bot Trader' }];

/** Parameters that vary unless the form says otherwise. */
const SUGGESTED = 3;
const DEFAULTS: FormValues = {
  sampler: 'tpe',
  objective: 'sharpe',
  tries: '300',
  min_trades: '10',
  hold_out: '30',
  walk_steps: '4',
  market_rules: 'false',
};

export async function loader({ request, context }: LoaderFunctionArgs) {
  const user = await requireUser(request, context);
  const { deps } = context;
  const query = toValues(new URL(request.url).searchParams);
  const given: FormValues = { ...usualValues(deps.clock.now()), ...DEFAULTS, ...query };
  const varied = listVaryFields();
  const [choices, all, optimizations] = await Promise.all([
    listBacktestChoices(deps, toMarketOf(given)),
    listStrategies(deps),
    listOptimizations(deps, user.id),
  ]);
  const strategies = all.filter(({ enabled, name }) => enabled && name in varied);
  const strategy =
    strategies.find(({ name }) => name === given['strategy'])?.name ?? strategies[0]?.name ?? '';
  const fields = varied[strategy] ?? [];
  return {
    choices,
    strategies,
    fields,
    optimizations,
    values: { ...suggest(fields, query), ...withFees(given, choices.fees), strategy },
  };
}

/** What varies unless anything else was chosen for this strategy. */
function suggest(fields: readonly VaryField[], given: FormValues): FormValues {
  if (fields.some(({ name }) => (given[`vary.${name}`] ?? '') !== '')) return {};
  return Object.fromEntries(
    fields
      .filter(({ suggestion }) => suggestion !== '')
      .slice(0, SUGGESTED)
      .map(({ name, suggestion }) => [`vary.${name}`, suggestion]),
  );
}

export async function action({ request, context }: ActionFunctionArgs) {
  const user = await requireUser(request, context);
  const { all } = await readForm(request);
  const isOurs = (name: string) => OPTIMIZATION_FIELDS.includes(name.split('.')[0] ?? name);
  const [ours, theirs] = [true, false].map((wanted) =>
    Object.fromEntries(Object.entries(all).filter(([name]) => isOurs(name) === wanted)),
  );
  const input = parseInput(optimizationInput, toNested(ours ?? {}));
  const backtest = parseInput(startBacktestInput, toBacktestInput(theirs ?? {}));
  if (!input.ok || !backtest.ok) {
    const errors = [input, backtest].flatMap((each) => (each.ok ? [] : each.errors));
    return refuse({ errors, message: 'Nothing was started. Please look at the marked fields.' }, all);
  }
  const wish = { backtest: backtest.value, input: input.value };
  const started = await attempt(startOptimization(context.deps, user.id, wish));
  return started.ok ? redirect(`/optimizations/${started.value.id}`) : refuse(started.refusal, all);
}

const FAST_MS = 2_000;
const SLOW_MS = 30_000;

export default function OptimizationsPage() {
  const { choices, strategies, fields, optimizations, values } = useLoaderData<typeof loader>();
  const refusal = useActionData<typeof action>() ?? undefined;
  const liveness = useLive(optimizations.some(isUnderWay) ? FAST_MS : SLOW_MS);
  const isEmpty = optimizations.length === 0;
  return (
    <Page
      title="Optimise"
      badge={!isEmpty && <LiveMark liveness={liveness} />}
      actions={
        <a
          href="#new"
          className="control-height inline-flex items-center gap-2 rounded-control border border-accent bg-accent px-3 font-medium text-on-accent lg:hidden"
        >
          New optimisation
        </a>
      }
    >
      <Refused refusal={refusal} />
      <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,1fr)_26rem]">
        {isEmpty ? (
          <NoOptimizations />
        ) : (
          <Card title="Optimisations" flush aside={countOf(optimizations.length, 'run')}>
            <OptimizationTable optimizations={optimizations} />
          </Card>
        )}
        <OptimizationForm
          choices={choices}
          strategies={strategies}
          fields={fields}
          values={{ ...values, ...refusal?.values }}
          refusal={refusal}
        />
      </div>
    </Page>
  );
}

function NoOptimizations() {
  return (
    <Card flush>
      <EmptyState title="Nothing optimised yet">
        <p>
          An optimisation tries many sets of a strategy’s parameters on past prices and shows the best.
          Whoever tries enough always finds something that looks good: so the newest part of the prices is
          held out of the search, and you see what the best sets made there, and how often luck alone does as
          well.
        </p>
        <p className="mt-2">
          As the form stands, it tries up to 300 sets on a year of the demo market. Press “Start optimising”;
          it takes less than a minute.
        </p>
      </EmptyState>
    </Card>
  );
}
