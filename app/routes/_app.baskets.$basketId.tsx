import {
  redirect,
  type ActionFunctionArgs,
  type LoaderFunctionArgs,
  type MetaFunction,
} from '@remix-run/node';
import { useActionData, useLoaderData, useSearchParams } from '@remix-run/react';
import { BasketActions, BasketHaltNotice, BasketQuestion } from '../components/basket-actions.tsx';
import { BasketFigures } from '../components/basket-figures.tsx';
import { LegTable } from '../components/basket-table.tsx';
import { BotRules } from '../components/bot-rules.tsx';
import { Card } from '../components/card.tsx';
import { EquityChart } from '../components/equity-chart.tsx';
import { LiveMark } from '../components/live-mark.tsx';
import { Page } from '../components/page.tsx';
import { RebalanceCard } from '../components/rebalance-card.tsx';
import { Refused } from '../components/refused.tsx';
import { BotStatusBadge, ModeBadge } from '../components/status-badges.tsx';
import { Time } from '../components/time.tsx';
import { useLive } from '../components/use-live.ts';
import { readForm, refuse, settle } from '../page.server.ts';
import type { RefreshHandle } from '../root.tsx';
import { attempt } from '../services/app-error.ts';
import { getBasketDetail, restartBasket, stopBasket } from '../services/baskets.server.ts';
import { findRebalanceView } from '../services/rebalance-views.server.ts';
import { requireUser } from '../services/sessions.server.ts';
import { findStrategyView } from '../services/strategies.server.ts';

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `${data?.basket.name ?? 'Basket'} · Auto Bot Trader` },
];

export const handle: RefreshHandle = { refreshWithoutScriptS: 10 };

const REFRESH_MS = 2_000;

export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const user = await requireUser(request, context);
  const view = await settle(getBasketDetail(context.deps, user.id, params['basketId'] ?? ''));
  const [strategy, rebalance] = await Promise.all([
    findStrategyView(context.deps, view.basket.strategy),
    findRebalanceView(context.deps, user.id, view.basket),
  ]);
  return { ...view, strategy, rebalance };
}

export async function action({ request, params, context }: ActionFunctionArgs) {
  const user = await requireUser(request, context);
  const basketId = params['basketId'] ?? '';
  const { intent } = (await readForm(request)).all;
  const work =
    intent === 'start'
      ? restartBasket(context.deps, user.id, basketId)
      : stopBasket(context.deps, user.id, { basket_id: basketId, close_position: intent === 'close' });
  const result = await attempt(work);
  return result.ok ? redirect(`/baskets/${basketId}`) : refuse(result.refusal, {});
}

export default function BasketPage() {
  const view = useLoaderData<typeof loader>();
  const refusal = useActionData<typeof action>() ?? undefined;
  const [query] = useSearchParams();
  const liveness = useLive(REFRESH_MS);
  const { basket, curve, strategy, rebalance } = view;
  const [first] = basket.legs;
  return (
    <Page
      title={basket.name}
      badge={<LiveMark liveness={liveness} />}
      actions={<BasketActions basket={basket} />}
    >
      <Refused refusal={refusal} />
      <BasketQuestion basket={basket} ask={query.get('confirm')} />
      <BasketHaltNotice basket={basket} />
      <p className="flex flex-wrap items-center gap-2 text-ink-2">
        <ModeBadge mode={basket.mode} />
        <BotStatusBadge status={basket.status} />
        <span>
          {basket.strategyTitle} · {basket.legs.length} pairs · {basket.timeframe} · {basket.venueName} ·
          since <Time at={basket.createdAt} style="full" />
        </span>
      </p>
      <p>{basket.state}</p>
      <BasketFigures view={view} />
      <div className="grid items-start gap-5 xl:grid-cols-[minmax(0,1fr)_24rem]">
        <div className="grid min-w-0 gap-5">
          {rebalance && <RebalanceCard view={rebalance} />}
          <Card title="Pairs" flush aside="in the order of their turn">
            <LegTable legs={basket.legs} />
          </Card>
          {curve.length > 1 && (
            <Card title="Equity" aside={basket.quote} flush>
              <EquityChart curve={curve} currency={basket.quote} />
            </Card>
          )}
        </div>
        {first && <BotRules bot={first} strategy={strategy} />}
      </div>
    </Page>
  );
}
