import type { LoaderFunctionArgs } from '@remix-run/node';
import { settle } from '../page.server.ts';
import { exportTrials } from '../services/optimizations.server.ts';
import { requireUser } from '../services/sessions.server.ts';

/** Every set that an optimisation tried, as CSV. */
export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const user = await requireUser(request, context);
  const id = params['id'] ?? '';
  const table = await settle(exportTrials(context.deps, user.id, id));
  return new Response(table, {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="optimization-${id.slice(0, 8)}.csv"`,
      'cache-control': 'no-store',
    },
  });
}
