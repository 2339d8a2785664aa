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
import { Facts, type Fact } from '../components/facts.tsx';
import { Page } from '../components/page.tsx';
import { paramFields, type ParamField } from '../components/params-schema.ts';
import { readForm, settle } from '../page.server.ts';
import type { StrategyView } from '../schemas/views.ts';
import { listVaryFields } from '../services/optimization-choices.server.ts';
import { requireAdmin, requireUser } from '../services/sessions.server.ts';
import { listStrategies, setStrategyEnabled } from '../services/strategies.server.ts';

export const meta: MetaFunction = () => [{ title: 'Strategies · Auto Bot Trader' }];

export async function loader({ request, context }: LoaderFunctionArgs) {
  const user = await requireUser(request, context);
  const strategies = await listStrategies(context.deps);
  return { strategies, searched: Object.keys(listVaryFields()), isAdmin: user.role === 'admin' };
}

export async function action({ request, context }: ActionFunctionArgs) {
  await requireAdmin(request, context);
  const { all } = await readForm(request);
  const input = { name: all['name'] ?? '', enabled: all['intent'] === 'enable' };
  await settle(setStrategyEnabled(context.deps, input));
  return redirect('/strategies');
}

export default function StrategiesPage() {
  const { strategies, searched, isAdmin } = useLoaderData<typeof loader>();
  return (
    <Page title="Strategies">
      <div className="grid items-start gap-5 md:grid-cols-2 xl:grid-cols-3">
        {strategies.map((strategy) => (
          <Card
            key={strategy.name}
            title={strategy.title}
            flush
            aside={
              strategy.enabled ? (
                <code className="font-mono">{strategy.name}</code>
              ) : (
                <Badge tone="warn">Switched off</Badge>
              )
            }
          >
            <p className="border-b px-4 py-3 text-ink-2">{strategy.description}</p>
            <Facts facts={paramFields(strategy.paramsSchema).map(toFact)} />
            <div className="flex flex-wrap gap-2 border-t px-4 py-3">
              {strategy.enabled && (
                <ButtonLink to={`/bots/new?strategy=${strategy.name}`} tone="primary">
                  Use it
                </ButtonLink>
              )}
              {strategy.enabled && searched.includes(strategy.name) && (
                <ButtonLink to={`/optimizations?strategy=${strategy.name}#new`}>Optimise or check</ButtonLink>
              )}
              {isAdmin && <Switch strategy={strategy} />}
            </div>
          </Card>
        ))}
      </div>
    </Page>
  );
}

function toFact(field: ParamField): Fact {
  const bounds = field.kind === 'number' && field.min !== undefined && field.max !== undefined;
  return [
    field.title,
    <>
      {field.kind === 'structure' ? <span className="text-ink-3">{field.description}</span> : field.fallback}
      {bounds && <span className="ml-2 text-xs text-ink-3">{`${field.min} to ${field.max}`}</span>}
      {field.kind === 'choice' && (
        <span className="ml-2 text-xs text-ink-3">
          {field.choices.length > 4 ? `${field.choices.length} choices` : field.choices.join(' or ')}
        </span>
      )}
    </>,
  ];
}

function Switch({ strategy }: { strategy: StrategyView }) {
  return (
    <Form method="post">
      <input type="hidden" name="name" value={strategy.name} />
      <Button name="intent" value={strategy.enabled ? 'disable' : 'enable'}>
        {strategy.enabled ? 'Switch off for new bots' : 'Switch on'}
      </Button>
    </Form>
  );
}
