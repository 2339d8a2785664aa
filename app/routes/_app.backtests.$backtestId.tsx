import {
  redirect,
  type ActionFunctionArgs,
  type LoaderFunctionArgs,
  type MetaFunction,
} from '@remix-run/node';
import { Form, useLoaderData } from '@remix-run/react';
import { BacktestCurve } from '../components/backtest-curve.tsx';
import { BacktestFigures, BacktestKeyFigures } from '../components/backtest-figures.tsx';
import { toBotQuery, toRerunQuery } from '../components/backtest-form-input.ts';
import { BacktestNotes, BacktestWarnings } from '../components/backtest-notes.tsx';
import { BacktestSettings } from '../components/backtest-settings.tsx';
import { BacktestSymbols } from '../components/backtest-symbols.tsx';
import { BacktestTrades } from '../components/backtest-trades.tsx';
import { BacktestWait } from '../components/backtest-wait.tsx';
import { isUnderWay, STATUS_WORDS } from '../components/backtest-words.ts';
import { Badge } from '../components/badge.tsx';
import { Button, ButtonLink } from '../components/button.tsx';
import { Card } from '../components/card.tsx';
import { ChartCard } from '../components/chart-card.tsx';
import { ConfirmForm } from '../components/confirm-form.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { toValues } from '../components/form-values.ts';
import { countOf } from '../components/format.ts';
import { MonthlyReturns } from '../components/monthly-returns.tsx';
import { OptimizationBias } from '../components/optimization-bias.tsx';
import { toCheckQuery } from '../components/optimization-queries.ts';
import { Page } from '../components/page.tsx';
import { Segments } from '../components/segments.tsx';
import { useLive } from '../components/use-live.ts';
import { readForm, settle } from '../page.server.ts';
import { getBacktestReport } from '../services/backtest-report.server.ts';
import { cancelBacktest, deleteBacktest, getBacktest } from '../services/backtests.server.ts';
import { requireUser } from '../services/sessions.server.ts';
import { findStrategyView } from '../services/strategies.server.ts';

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `${data?.backtest.name ?? 'Backtest'} · Auto Bot Trader` },
];

export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const user = await requireUser(request, context);
  const { deps } = context;
  const backtest = await settle(getBacktest(deps, user.id, params['backtestId'] ?? ''));
  const { page = '1', span = 'trades', symbol = '' } = toValues(new URL(request.url).searchParams);
  const report = await getBacktestReport(deps, {
    own: { id: backtest.id, userId: user.id },
    total: backtest.metrics?.trades ?? 0,
    page: Number.parseInt(page, 10) || 1,
    isWhole: span === 'all',
    symbol,
  });
  return { backtest, report, span, strategy: await findStrategyView(deps, backtest.strategy) };
}

export async function action({ request, params, context }: ActionFunctionArgs) {
  const user = await requireUser(request, context);
  const id = params['backtestId'] ?? '';
  const { all } = await readForm(request);
  if (all['intent'] === 'delete') {
    await settle(deleteBacktest(context.deps, user.id, id));
    return redirect('/backtests');
  }
  if (all['intent'] === 'cancel') await settle(cancelBacktest(context.deps, user.id, id));
  return redirect(`/backtests/${id}`);
}

const FAST_MS = 1_000;
/** Nothing on the page of a finished backtest changes. */
const HARDLY_EVER_MS = 3_600_000;

export default function BacktestPage() {
  const { backtest, report, strategy } = useLoaderData<typeof loader>();
  useLive(isUnderWay(backtest) ? FAST_MS : HARDLY_EVER_MS);
  const { word, tone } = STATUS_WORDS[backtest.status];
  return (
    <Page title={backtest.name} badge={<Badge tone={tone}>{word}</Badge>} actions={<Actions />}>
      {!report && <BacktestWait backtest={backtest} />}
      {report && backtest.metrics && <Result />}
      <div className="grid items-start gap-5 lg:grid-cols-2">
        <BacktestSettings backtest={backtest} strategy={strategy} />
        <div className="grid min-w-0 gap-5">
          {report && backtest.bias && <OptimizationBias verdict={backtest.bias} />}
          {report && <BacktestNotes backtest={backtest} endsOpen={endsOpen(report)} />}
          {report && <Files />}
          {!isUnderWay(backtest) && (
            <Card title="Remove">
              <ConfirmForm
                label="Delete this backtest"
                question="Its figures, curve and trades will be gone. Candles stay."
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

type Report = NonNullable<ReturnType<typeof useLoaderData<typeof loader>>['report']>;

const endsOpen = ({ trades }: Report) =>
  trades.page === 1 && trades.trades.some(({ exit_reason }) => exit_reason === 'end');

function Actions() {
  const { backtest } = useLoaderData<typeof loader>();
  if (isUnderWay(backtest))
    return (
      <Form method="post">
        <Button name="intent" value="cancel">
          Call off
        </Button>
      </Form>
    );
  return (
    <>
      {backtest.symbols.length === 1 && (
        <ButtonLink to={`/optimizations?${toCheckQuery(backtest)}#new`}>Check for bias and luck</ButtonLink>
      )}
      <ButtonLink to={`/backtests?${toRerunQuery(backtest)}`}>Run again with changes</ButtonLink>
      <ButtonLink tone="primary" to={`/bots/new?${toBotQuery(backtest)}`}>
        Make a bot of this
      </ButtonLink>
    </>
  );
}

function Result() {
  const { backtest, report } = useLoaderData<typeof loader>();
  const { metrics, quote } = backtest;
  if (!metrics || !report) return null;
  return (
    <>
      <BacktestKeyFigures metrics={metrics} quote={quote} />
      <BacktestWarnings backtest={backtest} />
      <Card title={`Equity, ${quote}`} flush>
        <BacktestCurve curve={report.curve} currency={quote} />
      </Card>
      {backtest.bySymbol && backtest.bySymbol.length > 1 && (
        <BacktestSymbols rows={backtest.bySymbol} quote={quote} />
      )}
      <PriceChart />
      <Card title="Trades" flush aside={countOf(report.trades.total, 'trade')}>
        <TradeList />
      </Card>
      <Card title="Returns by month, %" flush>
        <MonthlyReturns months={metrics.monthly_returns} />
      </Card>
      <BacktestFigures metrics={metrics} quote={quote} />
    </>
  );
}

/** The page's own address with other choices. */
function usePath() {
  const { report, span } = useLoaderData<typeof loader>();
  const now = { page: String(report?.trades.page ?? 1), span, symbol: report?.chartSymbol ?? '' };
  return (change: Partial<typeof now>) => `?${new URLSearchParams({ ...now, ...change }).toString()}`;
}

function PriceChart() {
  const { backtest, report, span } = useLoaderData<typeof loader>();
  const pathWith = usePath();
  if (!report) return null;
  const spans = [
    { to: pathWith({ span: 'trades' }), label: 'The trades below', isActive: span !== 'all' },
    { to: pathWith({ span: 'all' }), label: 'Whole period', isActive: span === 'all' },
  ];
  const symbols = backtest.symbols.map((symbol) => ({
    to: pathWith({ symbol }),
    label: symbol,
    isActive: symbol === report.chartSymbol,
  }));
  return (
    <div className="grid min-w-0 gap-2">
      <div className="flex flex-wrap gap-2">
        {report.trades.total > 0 && <Segments label="What the chart spans" segments={spans} />}
        {symbols.length > 1 && <Segments label="Symbol of the chart" segments={symbols} />}
      </div>
      <ChartCard title={report.chartSymbol} chart={report.chart} priceDecimals={undefined} />
    </div>
  );
}

function TradeList() {
  const { backtest, report } = useLoaderData<typeof loader>();
  const pathWith = usePath();
  if (!report || report.trades.total === 0)
    return (
      <EmptyState title="It never traded">
        The strategy gave no buy signal that its rules let pass. Try a longer period, finer candles or other
        thresholds.
      </EmptyState>
    );
  return (
    <BacktestTrades
      page={report.trades}
      quote={backtest.quote}
      withSymbol={backtest.symbols.length > 1}
      pathOf={(page) => pathWith({ page: String(page) })}
    />
  );
}

const FILES = [
  ['trades.csv', 'Trades, CSV'],
  ['equity.csv', 'Equity curve, CSV'],
  ['report.json', 'Everything, JSON'],
] as const;

function Files() {
  const { backtest } = useLoaderData<typeof loader>();
  return (
    <Card title="Take it with you">
      <ul className="flex flex-wrap gap-x-5 gap-y-1">
        {FILES.map(([file, label]) => (
          <li key={file}>
            <a
              href={`/backtests/${backtest.id}/${file}`}
              download
              className="link inline-flex items-center touch:min-h-11"
            >
              {label}
            </a>
          </li>
        ))}
      </ul>
    </Card>
  );
}
