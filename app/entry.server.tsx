import { PassThrough } from 'node:stream';
import {
  createReadableStreamFromReadable,
  type ActionFunctionArgs,
  type AppLoadContext,
  type EntryContext,
  type LoaderFunctionArgs,
} from '@remix-run/node';
import { RemixServer } from '@remix-run/react';
import { renderToPipeableStream } from 'react-dom/server';
import { NonceContext } from './csp-nonce.ts';

const RENDER_LIMIT_MS = 10_000;

/** Sends a page once all of it is rendered: what arrives out of order would need a script to be put in its place. */
export default function handleRequest(
  ...[request, status, headers, remixContext, { cspNonce = '' }]: [
    Request,
    number,
    Headers,
    EntryContext,
    AppLoadContext,
  ]
): Promise<Response> {
  headers.set('Content-Type', 'text/html; charset=utf-8');
  return new Promise((resolve, reject) => {
    let statusNow = status;
    const page = (
      <NonceContext.Provider value={cspNonce}>
        <RemixServer context={remixContext} url={request.url} nonce={cspNonce} abortDelay={RENDER_LIMIT_MS} />
      </NonceContext.Provider>
    );
    const { pipe, abort } = renderToPipeableStream(page, {
      nonce: cspNonce,
      onAllReady() {
        const body = new PassThrough();
        resolve(new Response(createReadableStreamFromReadable(body), { headers, status: statusNow }));
        pipe(body);
        clearTimeout(timer);
      },
      onShellError: reject,
      onError() {
        statusNow = 500;
      },
    });
    const timer = setTimeout(abort, RENDER_LIMIT_MS);
  });
}

/** Takes what loaders, actions and rendering throw unexpectedly. */
export function handleError(
  error: unknown,
  { request, context }: LoaderFunctionArgs | ActionFunctionArgs,
): void {
  if (request.signal.aborted) return;
  const { method, url } = request;
  context.deps.log.error({ err: error, method, path: new URL(url).pathname }, 'request failed');
}
