import type { Traffic } from './ban-guard.ts';

export type Credentials = { apiKey: string; apiSecret: string; passphrase?: string };

export type ClientOptions = {
  venue: string;
  /** Replaces scheme, host and port of every request of this venue; the paths stay. */
  baseUrl?: string;
  sandbox?: boolean;
  clock: { now(): number };
  timeoutMs?: number;
  /** False: requests leave as fast as they are asked for. For venues that are simulated. */
  isThrottled?: boolean;
  credentials?: Credentials;
  /** Who is asked before each request: `account` for a client with credentials, `public` for one without. */
  traffic?: { public: Traffic; account?: Traffic };
};
