import {
  redirect,
  type ActionFunctionArgs,
  type LoaderFunctionArgs,
  type MetaFunction,
} from '@remix-run/node';
import { Link, useActionData, useLoaderData, useSearchParams } from '@remix-run/react';
import { useState, type ReactNode } from 'react';
import { BotActions, BotQuestion, HaltNotice } from '../components/bot-actions.tsx';
import { BotFigures } from '../components/bot-figures.tsx';
import { BotNext } from '../components/bot-next.tsx';
import { BotRules } from '../components/bot-rules.tsx';
import { Card } from '../components/card.tsx';
import { ChartCard } from '../components/chart-card.tsx';
import { DecisionList } from '../components/decision-list.tsx';
import { Disclosure } from '../components/disclosure.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { EquityChart } from '../components/equity-chart.tsx';
import { BotKillSwitchForm, KillSwitchQuestion } from '../components/kill-switch-form.tsx';
import { KillSwitchResults } from '../components/kill-switch-results.tsx';
import { LiveMark } from '../components/live-mark.tsx';
import { Notice } from '../components/notice.tsx';
import { OrderTable } from '../components/order-table.tsx';
import { Page } from '../components/page.tsx';
import { Refused } from '../components/refused.tsx';
import { BotStatusBadge, ModeBadge } from '../components/status-badges.tsx';
import { SignalList } from '../components/signal-list.tsx';
import { Time } from '../components/time.tsx';
import { TradeTable } from '../components/trade-table.tsx';
import { WebhookCard } from '../components/webhook-card.tsx';
import { useLive } from '../components/use-live.ts';
import { parseInput } from '../components/form-values.ts';
import { readForm, refuse, settle } from '../page.server.ts';
import type { RefreshHandle } from '../root.tsx';
import { killSwitchInput } from '../schemas/risk.ts';
import { attempt } from '../services/app-error.ts';
import { getBotDetail } from '../services/bot-detail.server.ts';
import { listBotSwitches } from '../services/bot-switches.server.ts';
import { restartBot, stopBot } from '../services/bots.server.ts';
import { previewKillSwitch, pullSwitch } from '../services/kill-switch.server.ts';
import { requireUser } from '../services/sessions.server.ts';
import { findStrategyView } from '../services/strategies.server.ts';
import { findWebhookView, publicOrigin } from '../services/webhooks.server.ts';
import { actOnWebhook, isWebhookIntent } from '../webhook-forms.server.ts';

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `${data?.bot.name ?? 'Bot'} · Auto Bot Trader` },
];

export const handle: RefreshHandle = { refreshWithoutScriptS: 10 };

const REFRESH_MS = 2_000;
const ROWS = 10;

export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const user = await requireUser(request, context);
  const botRunId = params['botRunId'] ?? '';
  const query = new URL(request.url).searchParams;
  const wish = parseInput(killSwitchInput, { target: `bot:${botRunId}`, level: query.get('level') ?? '' });
  const isAsking = query.get('confirm') === 'kill' && wish.ok;
  const { deps } = context;
  const [view, switches, preview, webhook] = await settle(
    Promise.all([
      getBotDetail(deps, user.id, botRunId),
      listBotSwitches(deps, user.id, botRunId),
      isAsking ? previewKillSwitch(deps, user.id, wish.value) : null,
      findWebhookView(deps, user.id, { botRunId, base: publicOrigin(request, context) }),
    ]),
  );
  return { ...view, switches, preview, webhook, strategy: await findStrategyView(deps, view.bot.strategy) };
}

export async function action({ request, params, context }: ActionFunctionArgs) {
  const user = await requireUser(request, context);
  const botRunId = params['botRunId'] ?? '';
  const { all } = await readForm(request);
  const { deps } = context;
  const { intent } = all;
  if (isWebhookIntent(intent)) return actOnWebhook(deps, { userId: user.id, botRunId, intent });
  if (intent === 'pull') {
    const wish = parseInput(killSwitchInput, { ...all, target: `bot:${botRunId}` });
    if (!wish.ok) return refuse(wish, {});
    const pulled = await attempt(pullSwitch(deps, user.id, wish.value));
    return pulled.ok ? redirect(`/bots/${botRunId}`) : refuse(pulled.refusal, {});
  }
  const work =
    intent === 'start'
      ? restartBot(deps, user.id, botRunId)
      : stopBot(deps, user.id, { bot_run_id: botRunId, close_position: intent === 'close' });
  const result = await attempt(work);
  if (!result.ok) return refuse(result.refusal, {});
  return redirect(`/bots/${botRunId}`);
}

export default function BotPage() {
  const view = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const refusal = answer && 'message' in answer ? answer : undefined;
  const [query] = useSearchParams();
  const liveness = useLive(REFRESH_MS);
  const { bot, strategy } = view;
  return (
    <Page title={bot.name} badge={<LiveMark liveness={liveness} />} actions={<BotActions bot={bot} />}>
      <Refused refusal={refusal} />
      <BotQuestion bot={bot} ask={query.get('confirm')} />
      {view.preview && <KillSwitchQuestion preview={view.preview} page={`/bots/${bot.id}`} />}
      <HaltNotice bot={bot} />
      {view.switches.map((pulled) => (
        <KillSwitchResults key={pulled.id} pulled={pulled} withoutLift />
      ))}
      {bot.error !== null && <Notice kind="warn" title={bot.error} />}
      <p className="flex flex-wrap items-center gap-2 text-ink-2">
        <ModeBadge mode={bot.mode} />
        <BotStatusBadge status={bot.status} />
        <span>
          {bot.strategyTitle} · {bot.symbol} · {bot.timeframe} · {bot.venueName} · since{' '}
          <Time at={bot.startedAt} style="full" />
        </span>
        {bot.basketId !== null && (
          <Link to={`/baskets/${bot.basketId}`} className="link">
            One pair of a basket
          </Link>
        )}
      </p>
      <BotFigures view={view} />
      <div className="grid items-start gap-5 xl:grid-cols-[minmax(0,1fr)_24rem]">
        <div className="contents min-w-0 gap-5 xl:grid">
          <MainColumn />
        </div>
        <div className="contents min-w-0 gap-5 xl:grid">
          <Part order="order-2">
            <BotNext view={view} />
          </Part>
          <Part order="order-4">
            <DecisionList
              decisions={view.decisions}
              show={query.get('show')}
              linkTo={(show) => (show === 'all' ? '?' : `?show=${show}`)}
            />
          </Part>
          {bot.status !== 'STOPPED' && (
            <Part order="order-7">
              <BotKillSwitchForm />
            </Part>
          )}
          <Part order="order-8">
            <BotRules bot={bot} strategy={strategy} />
          </Part>
        </div>
      </div>
    </Page>
  );
}

/** In one column (phones) the parts follow the order of the questions; in two, each keeps to its own. */
function Part({ order, children }: { order: string; children: ReactNode }) {
  return <div className={`min-w-0 xl:order-none ${order}`}>{children}</div>;
}

function MainColumn() {
  const { bot, chart, fills, orders, curve, precision } = useLoaderData<typeof loader>();
  return (
    <>
      <Part order="order-1">
        <ChartCard
          title={bot.symbol}
          aside={`${bot.timeframe} candles`}
          chart={chart}
          priceDecimals={precision?.price}
        />
      </Part>
      <WebhookParts />
      <Part order="order-3">
        <Card title="Trades" flush aside={<AllTrades />}>
          {fills.length > 0 ? (
            <TradeTable
              trades={fills.slice(0, ROWS)}
              priceDecimals={precision?.price}
              quantityDecimals={precision?.quantity}
            />
          ) : (
            <EmptyState title="No trade yet">{bot.state}</EmptyState>
          )}
        </Card>
      </Part>
      {curve.length > 1 && (
        <Part order="order-5">
          <Card title="Equity" aside={bot.quote} flush>
            <EquityChart curve={curve} currency={bot.quote} />
          </Card>
        </Part>
      )}
      {orders.length > 0 && (
        <Part order="order-6">
          <Card title="Orders" flush>
            <OrderTable orders={orders.slice(0, ROWS)} quantityDecimals={precision?.quantity} />
            {orders.length > ROWS && (
              <Disclosure label="Older orders">
                <OrderTable orders={orders.slice(ROWS)} quantityDecimals={precision?.quantity} />
              </Disclosure>
            )}
          </Card>
        </Part>
      )}
    </>
  );
}

function WebhookParts() {
  const { webhook } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const shown = answer && 'secret' in answer ? answer.secret : undefined;
  // The next refresh of the page takes the answer away: what is shown once stays until the page is left.
  const [secret, setSecret] = useState(shown);
  if (shown !== undefined && shown !== secret) setSecret(shown);
  if (!webhook) return null;
  return (
    <>
      <Part order="order-1">
        <SignalList signals={webhook.signals} />
      </Part>
      <Part order="order-2">
        <WebhookCard webhook={webhook} secret={secret} />
      </Part>
    </>
  );
}

function AllTrades() {
  const { bot, fills } = useLoaderData<typeof loader>();
  if (fills.length <= ROWS) return null;
  return (
    <Link to={`/trades?bot_run_id=${bot.id}`} className="link">
      All trades
    </Link>
  );
}
