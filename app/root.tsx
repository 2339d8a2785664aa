import type { LinksFunction, LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import {
  isRouteErrorResponse,
  Links,
  Meta,
  Outlet,
  Scripts,
  ScrollRestoration,
  useLocation,
  useMatches,
  useRouteError,
  useRouteLoaderData,
} from '@remix-run/react';
import interLatin from '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2?url';
import type { ReactNode } from 'react';
import { ProblemPage } from './components/problem-page.tsx';
import { readTheme } from './components/theme.ts';
import { useNonce } from './csp-nonce.ts';
import styles from './tailwind.css?url';

export const links: LinksFunction = () => [
  { rel: 'preload', href: interLatin, as: 'font', type: 'font/woff2', crossOrigin: 'anonymous' },
  { rel: 'stylesheet', href: styles },
  { rel: 'icon', href: '/favicon.svg', type: 'image/svg+xml' },
];

export const meta: MetaFunction = () => [
  { title: 'Auto Bot Trader' },
  { name: 'description', content: 'Trading bots on your own machine that say what they do, and why.' },
];

export function loader({ request }: LoaderFunctionArgs) {
  return { theme: readTheme(request.headers.get('Cookie')) };
}

/** A route whose page is loaded again every so often where no script keeps it fresh. */
export type RefreshHandle = { refreshWithoutScriptS?: number };

export function Layout({ children }: { children: ReactNode }) {
  const nonce = useNonce();
  const theme = useRouteLoaderData<typeof loader>('root')?.theme ?? 'system';
  return (
    <html lang="en" data-theme={theme === 'system' ? undefined : theme}>
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <meta name="color-scheme" content={theme === 'system' ? 'light dark' : theme} />
        <RefreshWithoutScript />
        <Meta />
        <Links />
      </head>
      <body>
        {children}
        <ScrollRestoration nonce={nonce} />
        <Scripts nonce={nonce} />
      </body>
    </html>
  );
}

function RefreshWithoutScript() {
  const matches = useMatches();
  const isAsking = useLocation().search.includes('confirm=');
  const handle = matches.at(-1)?.handle as RefreshHandle | undefined;
  if (handle?.refreshWithoutScriptS === undefined || isAsking) return null;
  return (
    <noscript>
      <meta httpEquiv="refresh" content={String(handle.refreshWithoutScriptS)} />
    </noscript>
  );
}

export default function App() {
  return <Outlet />;
}

export function ErrorBoundary() {
  const error = useRouteError();
  if (!isRouteErrorResponse(error)) return <Fault />;
  const message = (error.data as { message?: string } | null)?.message;
  if (error.status === 404)
    return (
      <ProblemPage title="There is nothing at this address" status={404}>
        <p>{message ?? 'It may have been deleted, or it belongs to another account.'}</p>
        <p>Your bots and your money are not touched by this.</p>
      </ProblemPage>
    );
  if (error.status === 403)
    return (
      <ProblemPage title="This was not allowed" status={403}>
        <p>{message ?? 'Your account may not do this.'}</p>
        <p>Nothing was changed. If you came from another site, open the page here and try again.</p>
      </ProblemPage>
    );
  if (error.status >= 500) return <Fault status={error.status} message={message} />;
  return (
    <ProblemPage title="This request was refused" status={error.status}>
      <p>{message ?? 'The request was not understood.'}</p>
      <p>Nothing was changed.</p>
    </ProblemPage>
  );
}

function Fault({ status = 500, message }: { status?: number; message?: string | undefined }) {
  return (
    <ProblemPage title="This page could not be made" status={status}>
      <p>
        {message ?? 'The server met a fault of its own while it made this page. It is in the server’s log.'}
      </p>
      <p>Running bots go on by themselves: they do not need this page. Stops and limits stay in force.</p>
      <p>Load the page again. If it fails again, look at the log, or ask who runs this server.</p>
    </ProblemPage>
  );
}
