import { redirect, type LoaderFunctionArgs } from '@remix-run/node';
import { useLoaderData } from '@remix-run/react';
import { Landing } from '../components/landing.tsx';
import { findSignUpMode } from '../services/accounts.server.ts';
import { optionalUser } from '../services/sessions.server.ts';

export async function loader({ request, context }: LoaderFunctionArgs) {
  if (await optionalUser(request, context)) return redirect('/dashboard');
  return { signUpMode: await findSignUpMode(context.deps, context.settings.registration) };
}

export default function IndexPage() {
  return <Landing signUpMode={useLoaderData<typeof loader>().signUpMode} />;
}
