import {
  redirect,
  type ActionFunctionArgs,
  type LoaderFunctionArgs,
  type MetaFunction,
} from '@remix-run/node';
import { Form, useActionData, useLoaderData, useRouteLoaderData, useSearchParams } from '@remix-run/react';
import { Bell, ChartCandlestick, KeyRound, Library, LogOut, Users } from 'lucide-react';
import { Button, ButtonLink } from '../components/button.tsx';
import { Card } from '../components/card.tsx';
import { Field } from '../components/field.tsx';
import { errorOf, parseInput } from '../components/form-values.ts';
import { Notice } from '../components/notice.tsx';
import { Page } from '../components/page.tsx';
import { Refused } from '../components/refused.tsx';
import { isTheme, themeCookie, type Theme } from '../components/theme.ts';
import { readForm, refuse } from '../page.server.ts';
import type { loader as rootLoader } from '../root.tsx';
import { changePasswordInput } from '../schemas/accounts.ts';
import { changePassword } from '../services/accounts.server.ts';
import { attempt } from '../services/app-error.ts';
import { endOtherSessions, requireUser } from '../services/sessions.server.ts';

export const meta: MetaFunction = () => [{ title: 'Settings · Auto Bot Trader' }];

export async function loader({ request, context }: LoaderFunctionArgs) {
  return { user: await requireUser(request, context) };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const user = await requireUser(request, context);
  const { all } = await readForm(request);
  if (all['intent'] === 'theme') {
    const theme = isTheme(all['theme']) ? all['theme'] : 'system';
    return redirect('/settings', { headers: { 'Set-Cookie': themeCookie(theme) } });
  }
  if (all['intent'] === 'end-sessions') {
    await endOtherSessions(context.deps.db, user.id, request);
    return redirect('/settings?done=sessions');
  }
  const parsed = parseInput(changePasswordInput, all);
  if (!parsed.ok) return refuse(parsed, {});
  const changed = await attempt(changePassword(context.deps, user, { ...parsed.value, request }));
  return changed.ok ? redirect('/settings?done=password') : refuse(changed.refusal, {});
}

const DONE: Record<string, string> = {
  password: 'The password was changed. All other devices are signed out.',
  sessions: 'All other devices are signed out.',
};

export default function SettingsPage() {
  const refusal = useActionData<typeof action>();
  const [query] = useSearchParams();
  const done = DONE[query.get('done') ?? ''];
  return (
    <Page title="Settings" narrow>
      <Refused refusal={refusal} />
      {!refusal && done !== undefined && <Notice kind="done" title={done} />}
      <ThemeCard />
      <AlertsCard />
      <PasswordCard />
      <SessionsCard />
    </Page>
  );
}

const THEMES: { value: Theme; label: string }[] = [
  { value: 'system', label: 'As the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
];

function ThemeCard() {
  const theme = useRouteLoaderData<typeof rootLoader>('root')?.theme ?? 'system';
  return (
    <Card title="Look">
      <Form method="post" className="flex flex-wrap items-center gap-x-6 gap-y-2">
        <fieldset className="flex flex-wrap gap-x-5">
          <legend className="sr-only">Theme</legend>
          {THEMES.map(({ value, label }) => (
            <label key={value} className="flex min-h-9 items-center gap-2 touch:min-h-11">
              <input
                type="radio"
                name="theme"
                value={value}
                defaultChecked={value === theme}
                className="accent-accent"
              />
              {label}
            </label>
          ))}
        </fieldset>
        <Button name="intent" value="theme">
          Use this look
        </Button>
      </Form>
    </Card>
  );
}

function AlertsCard() {
  return (
    <Card title="Alerts">
      <p className="text-ink-2">
        What wants your attention is kept in the app, and can also reach you by e-mail, Telegram or webhook.
      </p>
      <div className="mt-4 flex flex-wrap gap-2">
        <ButtonLink to="/settings/alerts" icon={Bell}>
          Where alerts go
        </ButtonLink>
        <ButtonLink to="/alerts">All alerts</ButtonLink>
      </div>
    </Card>
  );
}

function PasswordCard() {
  const { user } = useLoaderData<typeof loader>();
  const refusal = useActionData<typeof action>() ?? undefined;
  return (
    <Card title="Password">
      <Form method="post" className="grid max-w-sm gap-4">
        <input type="hidden" name="username" autoComplete="username" value={user.email} />
        <Field
          label="Current password"
          name="current"
          type="password"
          autoComplete="current-password"
          required
          error={errorOf(refusal, 'current')}
        />
        <Field
          label="New password"
          name="password"
          type="password"
          autoComplete="new-password"
          required
          minLength={10}
          hint="At least 10 characters. Other devices are signed out."
          error={errorOf(refusal, 'password')}
        />
        <div>
          <Button name="intent" value="password">
            Change password
          </Button>
        </div>
      </Form>
    </Card>
  );
}

function SessionsCard() {
  const { user } = useLoaderData<typeof loader>();
  return (
    <Card title="This account">
      <p className="text-ink-2">
        Signed in as {user.email}
        {user.role === 'admin' ? ', administrator of this server' : ''}. All times on these pages are UTC.
      </p>
      <div className="mt-4 flex flex-wrap gap-2">
        <Form method="post">
          <Button name="intent" value="end-sessions">
            Sign out all other devices
          </Button>
        </Form>
        <Form method="post" action="/logout">
          <Button icon={LogOut}>Sign out</Button>
        </Form>
      </div>
      <p className="mt-4 flex flex-wrap gap-2 border-t pt-4 md:hidden">
        <ButtonLink to="/keys" icon={KeyRound}>
          Keys
        </ButtonLink>
        <ButtonLink to="/strategies" icon={Library}>
          Strategies
        </ButtonLink>
        <ButtonLink to="/candles" icon={ChartCandlestick}>
          Candles
        </ButtonLink>
        {user.role === 'admin' && (
          <ButtonLink to="/admin/users" icon={Users}>
            People
          </ButtonLink>
        )}
      </p>
    </Card>
  );
}
