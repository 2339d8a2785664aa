import {
  redirect,
  type ActionFunctionArgs,
  type LoaderFunctionArgs,
  type MetaFunction,
} from '@remix-run/node';
import { Link, useLoaderData, useSearchParams } from '@remix-run/react';
import { CircleX, Plus } from 'lucide-react';
import { AlertList } from '../components/alert-list.tsx';
import { BotTable } from '../components/bot-table.tsx';
import { ButtonLink } from '../components/button.tsx';
import { Card } from '../components/card.tsx';
import { DemoOffer } from '../components/demo-offer.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { LiveMark } from '../components/live-mark.tsx';
import { MoneySummary } from '../components/money-summary.tsx';
import { Notice } from '../components/notice.tsx';
import { Page } from '../components/page.tsx';
import { PositionTable } from '../components/position-table.tsx';
import { TradeList } from '../components/trade-list.tsx';
import { useLive } from '../components/use-live.ts';
import { settle } from '../page.server.ts';
import { startDemoBot } from '../services/bots.server.ts';
import { countActiveSwitches } from '../services/kill-switch.server.ts';
import { getDashboard } from '../services/reports.server.ts';
import { requireUser } from '../services/sessions.server.ts';

export const meta: MetaFunction = () => [{ title: 'Dashboard · Auto Bot Trader' }];

const REFRESH_MS = 3_000;
const BOTS = 20;

export async function loader({ request, context }: LoaderFunctionArgs) {
  const user = await requireUser(request, context);
  const [view, switches] = await Promise.all([
    getDashboard(context.deps, user.id),
    countActiveSwitches(context.deps, user.id),
  ]);
  return { ...view, switches };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const user = await requireUser(request, context);
  const bot = await settle(startDemoBot(context.deps, user.id));
  return redirect(`/bots/${bot.id}`);
}

export default function DashboardPage() {
  const view = useLoaderData<typeof loader>();
  const [query] = useSearchParams();
  const liveness = useLive(REFRESH_MS);
  if (view.bots.length === 0)
    return (
      <Page title="Dashboard">
        <AlertList alerts={view.alerts} />
        <DemoOffer />
      </Page>
    );
  return (
    <Page
      title="Dashboard"
      badge={<LiveMark liveness={liveness} />}
      actions={
        <>
          <ButtonLink to="/bots/new" tone="primary" icon={Plus}>
            New bot
          </ButtonLink>
          <ButtonLink to="/risk?target=all&level=positions&confirm=1" tone="danger" icon={CircleX}>
            Kill switch
          </ButtonLink>
        </>
      }
    >
      {view.switches > 0 && <SwitchNotice />}
      <AlertList alerts={view.alerts} />
      <div className="grid items-start gap-5 xl:grid-cols-[minmax(0,1fr)_26rem]">
        <div className="grid min-w-0 gap-5">
          <MoneySummary all={view.totals} chosen={query.get('money')} />
          <Card
            title="Bots"
            flush
            aside={
              <Link to="/bots" className="link">
                {allBots(view.bots.length)}
              </Link>
            }
          >
            <BotTable bots={view.bots.slice(0, BOTS)} sparks={view.sparks} />
          </Card>
        </div>
        <div className="grid min-w-0 gap-5">
          <Card title="Open positions" flush>
            {view.positions.length > 0 ? (
              <PositionTable positions={view.positions} />
            ) : (
              <EmptyState title="Nothing is held">All bots are waiting for their moment.</EmptyState>
            )}
          </Card>
          <Card
            title="Last trades"
            flush
            aside={
              <Link to="/trades" className="link">
                All trades
              </Link>
            }
          >
            {view.trades.length > 0 ? (
              <TradeList trades={view.trades} />
            ) : (
              <EmptyState title="No trade yet">A bot’s page says what would make it act.</EmptyState>
            )}
          </Card>
        </div>
      </div>
    </Page>
  );
}

function SwitchNotice() {
  return (
    <Notice kind="warn" title="A kill switch is on: what it covers makes no new entries.">
      <Link to="/risk" className="link underline">
        See what was achieved, and lift it
      </Link>
    </Notice>
  );
}

const allBots = (count: number) => (count > BOTS ? `All ${count} bots` : 'All bots');
