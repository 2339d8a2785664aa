import { data, type AppLoadContext, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { useLoaderData } from '@remix-run/react';
import type { Titles } from '../components/backtest-comparison-rows.ts';
import { BacktestComparison } from '../components/backtest-comparison.tsx';
import { ButtonLink } from '../components/button.tsx';
import { Card } from '../components/card.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { Page } from '../components/page.tsx';
import { paramFields } from '../components/params-schema.ts';
import { attempt } from '../services/app-error.ts';
import { compareBacktests } from '../services/backtest-comparison.server.ts';
import { requireUser } from '../services/sessions.server.ts';
import { listStrategies } from '../services/strategies.server.ts';

export const meta: MetaFunction = () => [{ title: 'Compare backtests · Auto Bot Trader' }];

/** `?ids=` once with commas, or once for each, as ticks of a list send it. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const user = await requireUser(request, context);
  const given = new URL(request.url).searchParams.getAll('ids');
  const ids = given.flatMap((each) => each.split(',')).filter((id) => id !== '');
  const compared = await attempt(compareBacktests(context.deps, user.id, ids));
  if (compared.ok)
    return data({ all: compared.value, titles: await listTitles(context.deps), problem: null });
  const { message: problem, status } = compared.refusal;
  return data({ all: [], titles: {}, problem }, { status });
}

/** Titles of all parameters of all strategies. */
async function listTitles(deps: AppLoadContext['deps']): Promise<Titles> {
  const fields = (await listStrategies(deps)).flatMap(({ paramsSchema }) => paramFields(paramsSchema));
  return Object.fromEntries(fields.map(({ name, title }) => [name, title]));
}

export default function ComparePage() {
  const { all, titles, problem } = useLoaderData<typeof loader>();
  return (
    <Page title="Compare backtests" actions={<ButtonLink to="/backtests">To all backtests</ButtonLink>}>
      {problem === null ? (
        <BacktestComparison all={all} titles={titles} />
      ) : (
        <Card flush>
          <EmptyState title="Nothing to compare">{problem}</EmptyState>
        </Card>
      )}
    </Page>
  );
}
