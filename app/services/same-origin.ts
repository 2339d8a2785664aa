import { AppError } from './app-error.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Throws 403 for an unsafe request that a browser says was made by another site's page. A browser always sends `Origin`
 * with such a request (and `Sec-Fetch-Site`, if it is not ancient); a caller that sends neither is no browser, and nobody
 * can make it act with somebody's cookie.
 */
export function requireSameOrigin(request: Request, ownOrigin: string | undefined): void {
  if (SAFE_METHODS.has(request.method)) return;
  const origin = request.headers.get('Origin');
  if (origin === null) {
    const site = request.headers.get('Sec-Fetch-Site');
    if (site === null || site === 'same-origin' || site === 'none') return;
  } else if (origin === ownOrigin || isOwnHost(request, origin)) {
    return;
  }
  throw new AppError('forbidden', 'This form was sent from another site, so nothing was done.');
}

/** Compares hosts alone: behind a proxy that ends TLS the scheme seen here is not the browser's. */
function isOwnHost(request: Request, origin: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { host } = new URL(origin);
  return host === request.headers.get('Host') || host === new URL(request.url).host;
}
