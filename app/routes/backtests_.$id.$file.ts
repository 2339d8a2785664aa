import { Readable } from 'node:stream';
import { createReadableStreamFromReadable, type LoaderFunctionArgs } from '@remix-run/node';
import { settle } from '../page.server.ts';
import { requireApiUser } from '../services/api-tokens.server.ts';
import { exportBacktest } from '../services/backtest-files.server.ts';
import { requireUser } from '../services/sessions.server.ts';

/** The files of a finished backtest: trades.csv, equity.csv, report.json; for people and for programs. */
export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const hasToken = request.headers.has('Authorization');
  const user = hasToken
    ? await settle(requireApiUser(request, context, 'read'))
    : await requireUser(request, context);
  const [id, file] = [params['id'] ?? '', params['file'] ?? ''];
  const parts = await settle(exportBacktest(context.deps, user.id, { id, file }));
  const type = file.endsWith('.json') ? 'application/json' : 'text/csv; charset=utf-8';
  return new Response(createReadableStreamFromReadable(Readable.from(parts)), {
    headers: {
      'content-type': type,
      'content-disposition': `attachment; filename="backtest-${id.slice(0, 8)}-${file}"`,
      'cache-control': 'no-store',
    },
  });
}
