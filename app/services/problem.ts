import type { FieldError } from '../schemas/views.ts';
import type { AppError } from './app-error.ts';

const TITLES: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Content Too Large',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/** Returns an RFC 9457 answer. */
export function toProblem(
  status: number,
  detail: string,
  options: { errors?: FieldError[]; headers?: Record<string, string> } = {},
): Response {
  const title = TITLES[status] ?? 'Error';
  const body = { type: 'about:blank', title, status, detail, errors: options.errors ?? [] };
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store', ...options.headers },
  });
}

/** Returns the RFC 9457 answer to a refusal. */
export function refusalToProblem(error: AppError): Response {
  const headers: Record<string, string> = {};
  if (error.retryAfterS !== undefined) headers['Retry-After'] = String(error.retryAfterS);
  if (error.status === 401) headers['WWW-Authenticate'] = 'Bearer';
  return toProblem(error.status, error.message, { errors: error.errors, headers });
}
