import {
  redirect,
  type ActionFunctionArgs,
  type LoaderFunctionArgs,
  type MetaFunction,
} from '@remix-run/node';
import { Form, Link, useActionData, useLoaderData, useNavigation } from '@remix-run/react';
import { Button } from '../components/button.tsx';
import { Field } from '../components/field.tsx';
import { errorOf, parseInput } from '../components/form-values.ts';
import { PublicPage } from '../components/public-page.tsx';
import { Refused } from '../components/refused.tsx';
import { readForm, refuse } from '../page.server.ts';
import { signUpInput } from '../schemas/accounts.ts';
import { findSignUpMode, signUp } from '../services/accounts.server.ts';
import { attempt } from '../services/app-error.ts';
import { optionalUser, startSession } from '../services/sessions.server.ts';

export const meta: MetaFunction = () => [{ title: 'Create an account · Auto Bot Trader' }];

export async function loader({ request, context }: LoaderFunctionArgs) {
  if (await optionalUser(request, context)) return redirect('/dashboard');
  const invite = new URL(request.url).searchParams.get('invite') ?? '';
  return { mode: await findSignUpMode(context.deps, context.settings.registration), invite };
}

export async function action({ request, context }: ActionFunctionArgs) {
  await optionalUser(request, context);
  const form = await readForm(request, ['password']);
  const parsed = parseInput(signUpInput, form.all);
  if (!parsed.ok) return refuse(parsed, form.kept);
  const user = await attempt(signUp(context.deps, parsed.value, context.settings.registration));
  if (!user.ok) return refuse(user.refusal, form.kept);
  const cookie = await startSession(request, context, user.value.id);
  return redirect('/dashboard', { headers: { 'Set-Cookie': cookie } });
}

const LEADS = {
  first: 'Nobody has an account here yet: yours becomes the administrator’s.',
  invite: 'You need an invitation from the administrator of this server.',
  open: 'It takes an e-mail address and a password.',
} as const;

export default function SignUpPage() {
  const { mode } = useLoaderData<typeof loader>();
  const foot = (
    <>
      Already have an account?{' '}
      <Link to="/login" className="link">
        Sign in
      </Link>
    </>
  );
  if (mode !== 'closed')
    return (
      <PublicPage title="Create an account" lead={LEADS[mode]} foot={foot}>
        <SignUpForm />
      </PublicPage>
    );
  return (
    <PublicPage title="New accounts are switched off" foot={foot}>
      <p className="text-ink-2">The administrator of this server does not take new accounts at present.</p>
    </PublicPage>
  );
}

function SignUpForm() {
  const { mode, invite } = useLoaderData<typeof loader>();
  const refusal = useActionData<typeof action>();
  const isBusy = useNavigation().state !== 'idle';
  return (
    <Form method="post" className="grid gap-4">
      <Refused refusal={refusal} />
      <Field
        label="E-mail"
        name="email"
        type="email"
        autoComplete="username"
        required
        autoFocus
        defaultValue={refusal?.values['email']}
        error={errorOf(refusal, 'email')}
      />
      <Field
        label="Password"
        name="password"
        type="password"
        autoComplete="new-password"
        required
        minLength={10}
        hint="At least 10 characters. A few words are better than a few signs."
        error={errorOf(refusal, 'password')}
      />
      {mode === 'invite' && (
        <Field
          label="Invitation"
          name="invite"
          autoComplete="off"
          required
          defaultValue={refusal?.values['invite'] ?? invite}
          hint="The code from the link that the administrator sent you."
          error={errorOf(refusal, 'invite')}
        />
      )}
      <Button tone="primary" wide isBusy={isBusy}>
        Create account
      </Button>
    </Form>
  );
}
