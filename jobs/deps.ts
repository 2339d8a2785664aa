import type { Db } from '../db/client.ts';
import type { Boss } from './boss.ts';
import type { CandleStore } from './candle-store.ts';
import type { Clock } from './clock.ts';
import type { AccountGateway, MarketDataGateway } from './exchange/gateway.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { Notifier } from './notify/notifier.ts';
import type { Vault } from './vault.ts';

/** A key in the clear: lives from the form to the vault, and from the vault to a gateway, nowhere else. */
export type Credentials = { apiKey: string; apiSecret: string; passphrase?: string };

/** Which account: a stored exchange key of a live bot, or a bot's own paper account. */
export type AccountRef = { accountId: string; userId: string; mode: 'paper' | 'live'; venue: string };

/** Everything that handlers and services need from outside, made once per process by `createDeps`. */
export type Deps = {
  clock: Clock;
  log: Log;
  db: Db;
  boss: Boss;
  vault: Vault;
  metrics: Metrics;
  candles: CandleStore;
  /** Throws `ExchangeError('rejected')` for a venue nobody knows. */
  marketData: (venue: string) => MarketDataGateway;
  /** Opens the key of a live account; throws `ExchangeError('auth')` when it is gone or does not open. */
  accountFor: (ref: AccountRef) => Promise<AccountGateway>;
  /** A gateway for a key that is not stored (yet): to try it before it is kept. */
  accountWith: (venue: string, credentials: Credentials, sandbox: boolean) => AccountGateway;
  /** Sends messages by the channels that owners chose. */
  notifier: Notifier;
};
