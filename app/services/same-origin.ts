import { AppError } from './app-error.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** What of a request tells who made it. `host` is the one that the caller asked for. */
export type Sender = {
  method: string;
  origin: string | null;
  fetchSite: string | null;
  host: string | null;
};

/**
 * Returns whether a browser says that another site's page made this unsafe request. A browser always sends `Origin` with
 * such a request (and `Sec-Fetch-Site`, if it is not ancient); a caller that sends neither is no browser, and nobody can
 * make it act with somebody's cookie. Hosts alone are compared: behind a proxy that ends TLS the scheme seen here is not
 * the browser's.
 */
export function isForeignPost(
  { method, origin, fetchSite, host }: Sender,
  ownOrigin: string | undefined,
): boolean {
  if (SAFE_METHODS.has(method)) return false;
  if (origin === null) return fetchSite !== null && fetchSite !== 'same-origin' && fetchSite !== 'none';
  return origin !== ownOrigin && !(URL.canParse(origin) && new URL(origin).host === host);
}

/** Throws 403 for an unsafe request that another site's page made. */
export function requireSameOrigin(request: Request, ownOrigin: string | undefined): void {
  const sender = {
    method: request.method,
    origin: request.headers.get('Origin'),
    fetchSite: request.headers.get('Sec-Fetch-Site'),
    host: request.headers.get('Host') ?? new URL(request.url).host,
  };
  if (isForeignPost(sender, ownOrigin))
    throw new AppError('forbidden', 'This form was sent from another site, so nothing was done.');
}
