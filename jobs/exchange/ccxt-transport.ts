import type { ClientOptions } from './ccxt-options.ts';
import type { ExchangeReply } from './exchange-reply.ts';
import { checkDeadline } from './send-deadline.ts';

type RequestInitOfCcxt = {
  method: string;
  headers: Record<string, string>;
  body?: string;
  signal: AbortSignal;
};

/** Returns the only way out: one request, no redirects, the body read under the same deadline as the headers. */
export function transport({ baseUrl, clock, credentials, traffic }: ClientOptions, sent: { count: number }) {
  const gate = credentials ? traffic?.account : traffic?.public;
  return async (url: string, init: RequestInitOfCcxt): Promise<ExchangeReply> => {
    await gate?.beforeSend();
    checkDeadline(clock.now());
    const sentAtMs = performance.now();
    sent.count += 1;
    const { method, headers, signal } = init;
    const body = init.body === undefined ? {} : { body: init.body };
    const response = await fetch(redirect(url, baseUrl), {
      method,
      headers,
      signal,
      redirect: 'error',
      ...body,
    });
    const text = await response.text();
    const { status } = response;
    await gate?.onReply({ status, headers: response.headers, tookMs: performance.now() - sentAtMs });
    return {
      status: response.status,
      statusText: response.statusText,
      headers: response.headers,
      text: () => Promise.resolve(text),
    };
  };
}

/** Returns `url` with scheme, host and port of `baseUrl`; unchanged without one. */
export function redirect(url: string, baseUrl: string | undefined): string {
  if (baseUrl === undefined) return url;
  const target = new URL(url);
  return new URL(baseUrl).origin + target.pathname + target.search;
}
