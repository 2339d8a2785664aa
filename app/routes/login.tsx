import {
  redirect,
  type ActionFunctionArgs,
  type LoaderFunctionArgs,
  type MetaFunction,
} from '@remix-run/node';
import { Form, Link, useActionData, useNavigation } from '@remix-run/react';
import { Button } from '../components/button.tsx';
import { Field } from '../components/field.tsx';
import { errorOf, parseInput } from '../components/form-values.ts';
import { PublicPage } from '../components/public-page.tsx';
import { Refused } from '../components/refused.tsx';
import { ownPath, readForm, refuse } from '../page.server.ts';
import { signInInput } from '../schemas/accounts.ts';
import { signIn } from '../services/accounts.server.ts';
import { attempt } from '../services/app-error.ts';
import { optionalUser, startSession } from '../services/sessions.server.ts';

export const meta: MetaFunction = () => [{ title: 'Sign in · Auto Bot Trader' }];

const nextOf = (request: Request) => ownPath(new URL(request.url).searchParams.get('next'), '/dashboard');

export async function loader({ request, context }: LoaderFunctionArgs) {
  if (await optionalUser(request, context)) return redirect(nextOf(request));
  return null;
}

export async function action({ request, context }: ActionFunctionArgs) {
  await optionalUser(request, context);
  const form = await readForm(request, ['password']);
  const parsed = parseInput(signInInput, form.all);
  if (!parsed.ok) return refuse({ ...parsed, message: 'Please look at the marked fields.' }, form.kept);
  const user = await attempt(signIn(context.deps, parsed.value, context.clientIp));
  if (!user.ok) return refuse(user.refusal, form.kept);
  const cookie = await startSession(request, context, user.value.id);
  return redirect(nextOf(request), { headers: { 'Set-Cookie': cookie } });
}

export default function LoginPage() {
  const refusal = useActionData<typeof action>();
  const isBusy = useNavigation().state !== 'idle';
  return (
    <PublicPage
      title="Sign in"
      foot={
        <>
          No account yet?{' '}
          <Link to="/signup" className="link">
            Create one
          </Link>
        </>
      }
    >
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
          autoComplete="current-password"
          required
          error={errorOf(refusal, 'password')}
        />
        <Button tone="primary" wide isBusy={isBusy}>
          Sign in
        </Button>
      </Form>
    </PublicPage>
  );
}
