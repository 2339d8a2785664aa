import type { Database, Db } from '../db/client.ts';
import { createHealthStore } from '../db/queries/account-health.ts';
import { findSealedKey, type SealedKey } from '../db/queries/exchange-keys.ts';
import { createPaperStore } from '../db/queries/paper.ts';
import type { Boss } from './boss.ts';
import { createCandleStore } from './candle-store.ts';
import { systemClock, type Clock } from './clock.ts';
import type { AccountRef, Credentials, Deps } from './deps.ts';
import { createBanGuard, type BanGuard, type Subject } from './exchange/ban-guard.ts';
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
  /** False: requests leave as fast as they are asked for. For exchanges that are simulated. */
  isThrottled?: boolean;
  /** How alerts leave this server; without it there is no e-mail, and webhooks reach public addresses only. */
  notify?: Omit<NotifierOptions, 'clock'>;
};

/** Makes everything that handlers and services need, once per process. Nothing connects, and no exchange is loaded, before its first use. */
export function createDeps(options: DepsOptions): Deps {
  const { database, boss, log, metrics } = options;
  const clock = options.clock ?? systemClock;
  const vault = createVault(options.encryption);
  const exchanges = openExchanges({ ...options, db: database.db, clock });
  const marketData = createMarketDataPool(exchanges);
  const paperStore = createPaperStore(database.db);
  const liveAccount = createLiveAccounts({ database, vault, exchanges });
  return {
    clock,
    log,
    db: database.db,
    boss,
    vault,
    metrics,
    candles: createCandleStore({ db: database.db, clock, marketData }),
    marketData,
    accountWith: (venue, credentials, sandbox) =>
      createCcxtAccount({ credentials, ...clientOptions(exchanges, venue, sandbox) }),
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

type Exchanges = { clock: Clock; guard: BanGuard } & Pick<DepsOptions, 'exchangeUrls' | 'isThrottled'>;

type ExchangesOptions = Pick<DepsOptions, 'log' | 'exchangeUrls' | 'isThrottled'> & { db: Db; clock: Clock };

function openExchanges({ db, clock, log, exchangeUrls, isThrottled }: ExchangesOptions): Exchanges {
  const guard = createBanGuard({
    store: createHealthStore(db),
    clock,
    onError: (error) => {
      log.warn({ err: error }, 'could not write down how an exchange answers');
    },
  });
  return { clock, guard, exchangeUrls, ...(isThrottled === undefined ? {} : { isThrottled }) };
}

/** Makes the way to market data alone, for commands that need no more of `Deps`. */
export function createMarketData(options: ExchangesOptions): Deps['marketData'] {
  return createMarketDataPool(openExchanges(options));
}

/** A venue's public side, whose pauses hold for its market data alone; a sandbox stands on machines of its own. */
function publicSubject(venue: string, sandbox: boolean): Subject {
  return { key: `venue:${venue}${sandbox ? ':sandbox' : ''}`, venue };
}

function clientOptions(exchanges: Exchanges, venue: string, sandbox: boolean) {
  const { clock, guard, exchangeUrls, isThrottled } = exchanges;
  const baseUrl = exchangeUrls[venue];
  const traffic = { public: guard.traffic(publicSubject(venue, sandbox)) };
  return {
    venue,
    sandbox,
    clock,
    traffic,
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(isThrottled === undefined ? {} : { isThrottled }),
  };
}

function createMarketDataPool(exchanges: Exchanges): (venue: string) => MarketDataGateway {
  const { clock, guard } = exchanges;
  const gateways = new Map<string, MarketDataGateway>([['demo', createDemoMarket({ clock })]]);
  return (venue) => {
    const known = gateways.get(venue);
    if (known) return known;
    if (!findVenue(venue)) throw new ExchangeError('rejected', `There is no exchange called "${venue}".`);
    const gateway = guard.guardMarketData(
      createCcxtMarketData(clientOptions(exchanges, venue, false)),
      publicSubject(venue, false),
    );
    gateways.set(venue, gateway);
    return gateway;
  };
}

/** Accounts kept open: each holds a client of its exchange, whose rate limit and clock offset must outlive one call. */
const OPEN_ACCOUNTS = 500;

type LiveParts = {
  database: Database;
  vault: Vault;
  exchanges: Exchanges;
};

function createLiveAccounts({
  database,
  vault,
  exchanges,
}: LiveParts): (ref: AccountRef) => Promise<AccountGateway> {
  const open = new Map<string, { seal: string; gateway: AccountGateway }>();
  return async (ref) => {
    const key = await findSealedKey(database.db, ref.userId, ref.accountId);
    if (!key) throw new ExchangeError('auth', 'The exchange key of this bot has been deleted.');
    // A key that was replaced or sealed anew has another nonce.
    const seal = key.apiKey.iv;
    const known = open.get(key.id);
    if (known?.seal === seal) return known.gateway;
    const gateway = openAccount(exchanges, key, openKey(vault, key));
    open.set(key.id, { seal, gateway });
    const oldest = open.keys().next();
    if (open.size > OPEN_ACCOUNTS && !oldest.done) open.delete(oldest.value);
    return gateway;
  };
}

function openAccount(exchanges: Exchanges, key: SealedKey, credentials: Credentials): AccountGateway {
  const subject = { key: key.id, venue: key.exchange };
  const { traffic, ...rest } = clientOptions(exchanges, key.exchange, key.sandbox);
  const account = exchanges.guard.traffic(subject);
  const gateway = createCcxtAccount({ ...rest, credentials, traffic: { ...traffic, account } });
  return exchanges.guard.guardAccount(gateway, subject);
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
