import {
  redirect,
  type ActionFunctionArgs,
  type LoaderFunctionArgs,
  type MetaFunction,
} from '@remix-run/node';
import { useActionData, useLoaderData, useSearchParams } from '@remix-run/react';
import { parseInput, toValues } from '../components/form-values.ts';
import { KillSwitchForm, KillSwitchQuestion } from '../components/kill-switch-form.tsx';
import { KillSwitchResults } from '../components/kill-switch-results.tsx';
import { LiveMark } from '../components/live-mark.tsx';
import { Notice } from '../components/notice.tsx';
import { Page } from '../components/page.tsx';
import { Refused } from '../components/refused.tsx';
import { RiskExposure } from '../components/risk-exposure.tsx';
import { RiskLimitsForm } from '../components/risk-limits-form.tsx';
import { useLive } from '../components/use-live.ts';
import { readForm, refuse, settle } from '../page.server.ts';
import type { RefreshHandle } from '../root.tsx';
import { killSwitchInput, riskLimitsInput } from '../schemas/risk.ts';
import { attempt } from '../services/app-error.ts';
import { liftSwitch, pullSwitch } from '../services/kill-switch.server.ts';
import { getRiskView, setRiskLimits } from '../services/risk.server.ts';
import { requireUser } from '../services/sessions.server.ts';

export const meta: MetaFunction = () => [{ title: 'Risk · Auto Bot Trader' }];

export const handle: RefreshHandle = { refreshWithoutScriptS: 10 };

const REFRESH_MS = 2_000;

export async function loader({ request, context }: LoaderFunctionArgs) {
  const user = await requireUser(request, context);
  const query = toValues(new URL(request.url).searchParams);
  const wish = 'confirm' in query ? parseInput(killSwitchInput, query) : null;
  return settle(getRiskView(context.deps, user.id, wish?.ok ? wish.value : null));
}

export async function action({ request, context }: ActionFunctionArgs) {
  const user = await requireUser(request, context);
  const { all } = await readForm(request);
  if (all['intent'] === 'limits') {
    const limits = parseInput(riskLimitsInput, all);
    if (!limits.ok) return refuse(limits, all);
    await setRiskLimits(context.deps, user.id, limits.value);
    return redirect('/risk?saved=1');
  }
  if (all['intent'] === 'lift') {
    const lifted = await attempt(liftSwitch(context.deps, user.id, all['kill_switch_id'] ?? ''));
    return lifted.ok ? redirect('/risk') : refuse(lifted.refusal, {});
  }
  const wish = parseInput(killSwitchInput, all);
  if (!wish.ok) return refuse(wish, {});
  const pulled = await attempt(pullSwitch(context.deps, user.id, wish.value));
  return pulled.ok ? redirect('/risk?pulled=1') : refuse(pulled.refusal, {});
}

export default function RiskPage() {
  const view = useLoaderData<typeof loader>();
  const refusal = useActionData<typeof action>() ?? undefined;
  const [query] = useSearchParams();
  const liveness = useLive(REFRESH_MS);
  const { active, lifted } = split(view.switches);
  const wished = { target: query.get('target') ?? 'all', level: query.get('level') ?? 'entries' };
  return (
    <Page title="Risk" badge={<LiveMark liveness={liveness} />}>
      <Refused refusal={refusal} />
      {view.preview && <KillSwitchQuestion preview={view.preview} />}
      {!refusal && query.has('saved') && (
        <Notice kind="done" title="The limits are saved. They hold from the next decision on." />
      )}
      {active.map((pulled) => (
        <KillSwitchResults key={pulled.id} pulled={pulled} />
      ))}
      <div className="grid items-start gap-5 lg:grid-cols-2">
        <div className="grid min-w-0 gap-5">
          <RiskExposure exposure={view.exposure} />
        </div>
        <div className="grid min-w-0 gap-5">
          <KillSwitchForm key={`${wished.target} ${wished.level}`} targets={view.targets} wished={wished} />
          <RiskLimitsForm limits={view.limits} refusal={refusal} />
        </div>
      </div>
      {lifted.map((pulled) => (
        <KillSwitchResults key={pulled.id} pulled={pulled} />
      ))}
    </Page>
  );
}

type Switches = ReturnType<typeof useLoaderData<typeof loader>>['switches'];

const split = (switches: Switches) => ({
  active: switches.filter(({ liftedAt }) => liftedAt === null),
  lifted: switches.filter(({ liftedAt }) => liftedAt !== null),
});
