import { redirect, type ActionFunctionArgs } from '@remix-run/node';
import { endSession, requireUser } from '../services/sessions.server.ts';

export function loader() {
  return redirect('/');
}

export async function action({ request, context }: ActionFunctionArgs) {
  await requireUser(request, context);
  return redirect('/login', { headers: { 'Set-Cookie': await endSession(request, context) } });
}
