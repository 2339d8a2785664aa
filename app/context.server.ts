import type {} from '@remix-run/node';
import type { Deps } from '../jobs/deps.ts';
import type { Health } from './health.ts';

/** What of the environment the web side needs to know. */
export type WebSettings = {
  registration: 'invite' | 'open' | 'closed';
  /** The public origin (`https://bots.example.org`), where the operator named one. */
  origin?: string | undefined;
  /** Origins whose scripts may call the REST interface with a token. */
  corsOrigins: string[];
};

/** Handed to every loader and action: made per request by the server from the process's one `Deps`. */
export type AppContext = {
  deps: Deps;
  settings: WebSettings;
  /** The caller's address, after trusted proxies. */
  clientIp: string;
  /** What /health says now. */
  health: () => Promise<Health>;
};

declare module '@remix-run/node' {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- Remix asks for the merge of an interface
  interface AppLoadContext extends AppContext {}
}
