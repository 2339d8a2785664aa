import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useLoaderData } from '@remix-run/react';
import { Plus } from 'lucide-react';
import { BasketTable } from '../components/basket-table.tsx';
import { BotTable } from '../components/bot-table.tsx';
import { ButtonLink } from '../components/button.tsx';
import { Card } from '../components/card.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { countOf } from '../components/format.ts';
import { LiveMark } from '../components/live-mark.tsx';
import { Page } from '../components/page.tsx';
import { useLive } from '../components/use-live.ts';
import { listBaskets } from '../services/baskets.server.ts';
import { listBots } from '../services/bots.server.ts';
import { requireUser } from '../services/sessions.server.ts';

export const meta: MetaFunction = () => [{ title: 'Bots · Auto Bot Trader' }];

const REFRESH_MS = 5_000;

export async function loader({ request, context }: LoaderFunctionArgs) {
  const user = await requireUser(request, context);
  const [bots, baskets] = await Promise.all([
    listBots(context.deps, user.id),
    listBaskets(context.deps, user.id),
  ]);
  return { bots, baskets };
}

export default function BotsPage() {
  const { bots, baskets } = useLoaderData<typeof loader>();
  const liveness = useLive(REFRESH_MS);
  const single = bots.filter((bot) => bot.basketId === null);
  const active = single.filter((bot) => bot.status !== 'STOPPED');
  const stopped = single.filter((bot) => bot.status === 'STOPPED');
  const create = (
    <ButtonLink to="/bots/new" tone="primary" icon={Plus}>
      New bot
    </ButtonLink>
  );
  return (
    <Page
      title="Bots"
      badge={bots.length > 0 && <LiveMark liveness={liveness} />}
      actions={bots.length > 0 && create}
    >
      {bots.length === 0 && (
        <Card flush>
          <EmptyState title="No bots yet" action={create}>
            A bot watches one market with one strategy and trades by its rules. Begin with one on paper: it
            costs nothing and shows what it would do.
          </EmptyState>
        </Card>
      )}
      {baskets.length > 0 && (
        <Card title="Baskets" flush aside={countOf(baskets.length, 'basket')}>
          <BasketTable baskets={baskets} />
        </Card>
      )}
      {active.length > 0 && (
        <Card title="At work" flush aside={countOf(active.length, 'bot')}>
          <BotTable bots={active} />
        </Card>
      )}
      {stopped.length > 0 && (
        <Card title="Stopped" flush aside={countOf(stopped.length, 'bot')}>
          <BotTable bots={stopped} />
        </Card>
      )}
    </Page>
  );
}
