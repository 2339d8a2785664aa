import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';

/** Paths that are pages for people and JSON for programs; the dot keeps out what a page's own script loads. */
const SHARED_PATHS =
  /^\/(backtests(\/[^/.?]+)?|optimizations(\/[^/.?]+(\/(trials|cancel|resume))?)?)\/?(\?|$)/;

/** Returns whether a program asks: by a token, a method that no form has, JSON that it sends, or JSON alone that it takes. */
export function asksForJson({
  method = 'GET',
  headers,
}: Pick<IncomingMessage, 'method' | 'headers'>): boolean {
  const { accept = '', authorization, 'content-type': sent = '' } = headers;
  if (authorization !== undefined || !['GET', 'HEAD', 'POST'].includes(method)) return true;
  return (
    sent.startsWith('application/json') ||
    (accept.includes('application/json') && !accept.includes('text/html'))
  );
}

/** Leads programs from the path of a page to the resource route beside it, under `/rest`. */
export const answerJson: RequestHandler = (request, _response, next) => {
  if (SHARED_PATHS.test(request.originalUrl) && asksForJson(request))
    request.originalUrl = `/rest${request.originalUrl}`;
  next();
};
