import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { Form, useLoaderData } from '@remix-run/react';
import { Button, ButtonLink } from '../components/button.tsx';
import { Card } from '../components/card.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { Field, SelectField } from '../components/field.tsx';
import { parseInput, toValues } from '../components/form-values.ts';
import { Notice } from '../components/notice.tsx';
import { Page } from '../components/page.tsx';
import { ProfitMeaning, TradeTable } from '../components/trade-table.tsx';
import { settle } from '../page.server.ts';
import { tradesQuery } from '../schemas/reports.ts';
import { listBots } from '../services/bots.server.ts';
import { listTrades } from '../services/reports.server.ts';
import { requireUser } from '../services/sessions.server.ts';

export const meta: MetaFunction = () => [{ title: 'Trades · Auto Bot Trader' }];

export async function loader({ request, context }: LoaderFunctionArgs) {
  const user = await requireUser(request, context);
  const values = toValues(new URL(request.url).searchParams);
  const parsed = parseInput(tradesQuery, values);
  const bots = (await listBots(context.deps, user.id)).map(({ id, name }) => ({ value: id, label: name }));
  if (!parsed.ok) return { values, bots, problem: parsed.errors[0]?.message ?? parsed.message, page: null };
  return { values, bots, problem: null, page: await settle(listTrades(context.deps, user.id, parsed.value)) };
}

export default function TradesPage() {
  const { values, bots, problem, page } = useLoaderData<typeof loader>();
  const trades = page?.trades ?? [];
  const isFiltered = ['bot_run_id', 'symbol', 'cursor'].some((name) => (values[name] ?? '') !== '');
  return (
    <Page title="Trades">
      {problem !== null && <Notice kind="error" title={problem} />}
      {(isFiltered || trades.length > 0) && <Filters />}
      <Card flush>
        {trades.length > 0 ? (
          <>
            <TradeTable trades={trades} withBot withFifo />
            <ProfitMeaning />
          </>
        ) : (
          <NoTrades isFiltered={isFiltered} hasBots={bots.length > 0} />
        )}
      </Card>
      {page?.nextCursor && <Older cursor={page.nextCursor} />}
    </Page>
  );
}

function Older({ cursor }: { cursor: string }) {
  const { values } = useLoaderData<typeof loader>();
  return (
    <div>
      <ButtonLink to={`?${new URLSearchParams({ ...values, cursor }).toString()}`}>Older trades</ButtonLink>
    </div>
  );
}

function Filters() {
  const { values, bots } = useLoaderData<typeof loader>();
  return (
    <Form method="get" className="grid grid-cols-2 items-end gap-3 sm:flex sm:flex-wrap">
      <SelectField
        label="Bot"
        name="bot_run_id"
        defaultValue={values['bot_run_id'] ?? ''}
        options={[{ value: '', label: 'All bots' }, ...bots]}
      />
      <Field
        label="Symbol"
        name="symbol"
        defaultValue={values['symbol']}
        placeholder="All symbols"
        autoComplete="off"
      />
      <div className="col-span-2 flex gap-2">
        <Button>Show</Button>
        <ButtonLink to="/trades" tone="quiet">
          Show all
        </ButtonLink>
      </div>
    </Form>
  );
}

function NoTrades({ isFiltered, hasBots }: { isFiltered: boolean; hasBots: boolean }) {
  if (isFiltered)
    return <EmptyState title="No trade fits">Choose another bot or symbol, or show all.</EmptyState>;
  const action = hasBots ? (
    <ButtonLink to="/bots">See the bots</ButtonLink>
  ) : (
    <ButtonLink to="/dashboard" tone="primary">
      Begin with a demo bot
    </ButtonLink>
  );
  return (
    <EmptyState title="No trades yet" action={action}>
      Each execution of an order will stand here, with its price, its fee and what it earned.
    </EmptyState>
  );
}
