import type { Database } from '../db/client.ts';
import { findSealedKey, type SealedKey } from '../db/queries/exchange-keys.ts';
import { createPaperStore } from '../db/queries/paper.ts';
import type { Boss } from './boss.ts';
import { createCandleStore } from './candle-store.ts';
import { systemClock, type Clock } from './clock.ts';
import type { AccountRef, Credentials, Deps } from './deps.ts';
import { createCcxtAccount } from './exchange/ccxt-account.ts';
import { createCcxtMarketData } from './exchange/ccxt-market-data.ts';
import { createDemoMarket } from './exchange/demo-market.ts';
import { ExchangeError } from './exchange/errors.ts';
import type { AccountGateway, MarketDataGateway } from './exchange/gateway.ts';
import { createPaperAccount } from './exchange/paper-gateway.ts';
import { findVenue } from './exchange/venues.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import { createNotifier, type NotifierOptions } from './notify/notifier.ts';
import { createVault, type Vault } from './vault.ts';

export type DepsOptions = {
  database: Database;
  boss: Boss;
  log: Log;
  metrics: Metrics;
  clock?: Clock;
  encryption: { current: Uint8Array; retired: Uint8Array[] };
  /** Exchange id to base URL, for test venues and proxies. */
  exchangeUrls: Record<string, string>;
  /** How alerts leave this server; without it there is no e-mail, and webhooks reach public addresses only. */
  notify?: Omit<NotifierOptions, 'clock'>;
};

/** Makes everything that handlers and services need, once per process. Nothing connects, and no exchange is loaded, before its first use. */
export function createDeps(options: DepsOptions): Deps {
  const { database, boss, log, metrics, exchangeUrls } = options;
  const clock = options.clock ?? systemClock;
  const vault = createVault(options.encryption);
  const marketData = createMarketDataPool(clock, exchangeUrls);
  const accountWith = (venue: string, credentials: Credentials, sandbox: boolean) =>
    createCcxtAccount({ venue, credentials, sandbox, clock, ...baseUrlOf(exchangeUrls, venue) });
  const paperStore = createPaperStore(database.db);
  const liveAccount = createLiveAccounts({ database, vault, accountWith });
  return {
    clock,
    log,
    db: database.db,
    boss,
    vault,
    metrics,
    candles: createCandleStore({ db: database.db, clock, marketData }),
    marketData,
    accountWith,
    notifier: createNotifier({ clock, ...options.notify }),
    async accountFor(ref) {
      if (ref.mode === 'live') return liveAccount(ref);
      return createPaperAccount({
        accountId: ref.accountId,
        marketData: marketData(ref.venue),
        store: paperStore,
        clock,
      });
    },
  };
}

function baseUrlOf(exchangeUrls: Record<string, string>, venue: string): { baseUrl?: string } {
  const baseUrl = exchangeUrls[venue];
  return baseUrl === undefined ? {} : { baseUrl };
}

function createMarketDataPool(
  clock: Clock,
  exchangeUrls: Record<string, string>,
): (venue: string) => MarketDataGateway {
  const gateways = new Map<string, MarketDataGateway>([['demo', createDemoMarket({ clock })]]);
  return (venue) => {
    const known = gateways.get(venue);
    if (known) return known;
    if (!findVenue(venue)) throw new ExchangeError('rejected', `There is no exchange called "${venue}".`);
    const gateway = createCcxtMarketData({ venue, clock, ...baseUrlOf(exchangeUrls, venue) });
    gateways.set(venue, gateway);
    return gateway;
  };
}

/** Accounts kept open: each holds a client of its exchange, whose rate limit and clock offset must outlive one call. */
const OPEN_ACCOUNTS = 500;

type LiveParts = {
  database: Database;
  vault: Vault;
  accountWith: Deps['accountWith'];
};

function createLiveAccounts({
  database,
  vault,
  accountWith,
}: LiveParts): (ref: AccountRef) => Promise<AccountGateway> {
  const open = new Map<string, { seal: string; gateway: AccountGateway }>();
  return async (ref) => {
    const key = await findSealedKey(database.db, ref.userId, ref.accountId);
    if (!key) throw new ExchangeError('auth', 'The exchange key of this bot has been deleted.');
    // A key that was replaced or sealed anew has another nonce.
    const seal = key.apiKey.iv;
    const known = open.get(key.id);
    if (known?.seal === seal) return known.gateway;
    const gateway = accountWith(key.exchange, openKey(vault, key), key.sandbox);
    open.set(key.id, { seal, gateway });
    const oldest = open.keys().next();
    if (open.size > OPEN_ACCOUNTS && !oldest.done) open.delete(oldest.value);
    return gateway;
  };
}

function openKey(vault: Vault, key: SealedKey): Credentials {
  const at = (field: string) => ({ owner: key.userId, row: key.id, field });
  try {
    return {
      apiKey: vault.open(key.apiKey, at('api_key')),
      apiSecret: vault.open(key.apiSecret, at('api_secret')),
      ...(key.passphrase ? { passphrase: vault.open(key.passphrase, at('passphrase')) } : {}),
    };
  } catch {
    throw new ExchangeError(
      'auth',
      'The stored exchange key does not open with the current ENCRYPTION_KEY. Restore that key, or add the exchange key again.',
    );
  }
}
