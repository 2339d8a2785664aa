import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { createReadableStreamFromReadable, type LoaderFunctionArgs } from '@remix-run/node';
import { parseInput, toValues } from '../components/form-values.ts';
import { settle } from '../page.server.ts';
import { exportQuery } from '../schemas/candles.ts';
import { exportSeries } from '../services/candles.server.ts';
import { requireUser } from '../services/sessions.server.ts';

/** A stored series as gzip'd CSV, named so that an import knows what it is. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  await requireUser(request, context);
  const parsed = parseInput(exportQuery, toValues(new URL(request.url).searchParams));
  if (!parsed.ok) return new Response('Name exchange, symbol and timeframe.', { status: 422 });
  const { exchange, symbol, timeframe } = parsed.value;
  const lines = Readable.from(await settle(exportSeries(context.deps, parsed.value)));
  const packed = createGzip();
  // A read that fails cuts the file off: gzip shows that to whoever opens it.
  lines.on('error', (error) => packed.destroy(error));
  packed.on('close', () => lines.destroy());
  const name = `${exchange.toUpperCase()}_${symbol.replace('/', '-')}_${timeframe}.csv.gz`;
  return new Response(createReadableStreamFromReadable(lines.pipe(packed)), {
    headers: {
      'content-type': 'application/gzip',
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
    },
  });
}
