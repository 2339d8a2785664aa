import type { RequestHandler } from 'express';
import type { Log } from '../jobs/log.ts';

/** Logs each answered request at `debug`: the path without its query, which may carry an invitation. */
export function logRequests(log: Log): RequestHandler {
  return (request, response, next) => {
    const startedMs = performance.now();
    response.once('finish', () => {
      const { method, path } = request;
      const ms = Math.round(performance.now() - startedMs);
      log.debug({ method, path, status: response.statusCode, ms }, 'request');
    });
    next();
  };
}
