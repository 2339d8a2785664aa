import type { LoaderFunctionArgs } from '@remix-run/node';
import { Outlet, useLoaderData } from '@remix-run/react';
import { AppShell } from '../components/app-shell.tsx';
import { requireUser } from '../services/sessions.server.ts';

export async function loader({ request, context }: LoaderFunctionArgs) {
  return { user: await requireUser(request, context) };
}

export default function AppLayout() {
  const { user } = useLoaderData<typeof loader>();
  return (
    <AppShell user={user} health={[]}>
      <Outlet />
    </AppShell>
  );
}
