import type { RequestHandler } from 'express';
import type { WebSettings } from './context.server.ts';
import { isForeignPost } from './services/same-origin.ts';

const PROBLEM = {
  type: 'about:blank',
  title: 'Forbidden',
  status: 403,
  detail: 'This form was sent from another site, so nothing was done.',
  errors: [],
};

/**
 * Refuses what another site's page sends with somebody's cookie. A call with a token, or of a configured origin, may come
 * from anywhere. Remix compares `Host` with `Origin` itself, so behind a proxy it is shown the public host.
 */
export function refuseForeignPosts({ origin, corsOrigins }: WebSettings): RequestHandler {
  return (request, response, next) => {
    const sender = {
      method: request.method,
      origin: request.get('origin') ?? null,
      fetchSite: request.get('sec-fetch-site') ?? null,
      host: request.get('host') ?? null,
    };
    const isWelcome = request.get('authorization') !== undefined || corsOrigins.includes(sender.origin ?? '');
    if (!isWelcome && isForeignPost(sender, origin)) {
      response.status(403).type('application/problem+json').send(JSON.stringify(PROBLEM));
      return;
    }
    if (origin !== undefined && sender.origin === origin) request.headers.host = new URL(origin).host;
    next();
  };
}
