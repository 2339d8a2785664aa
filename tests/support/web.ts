import { randomBytes, randomUUID } from 'node:crypto';
import type { AppContext, WebSettings } from '../../app/context.server.ts';
import { signUp } from '../../app/services/accounts.server.ts';
import { issueToken } from '../../app/services/api-tokens.server.ts';
import { startSession } from '../../app/services/sessions.server.ts';
import { syncStrategies } from '../../app/services/strategies.server.ts';
import type { UserView } from '../../app/schemas/views.ts';
import { startBoss } from '../../jobs/boss.ts';
import { createDeps } from '../../jobs/create-deps.ts';
import type { Credentials, Deps } from '../../jobs/deps.ts';
import type { AccountGateway, MarketDataGateway } from '../../jobs/exchange/gateway.ts';
import { createLog } from '../../jobs/log.ts';
import { createMetrics } from '../../jobs/metrics.ts';
import { money } from '../../jobs/trading/decimal.ts';
import type { Market } from '../../jobs/trading/types.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { btcUsdt } from './markets.ts';

/** What a test lets the exchange say; each part can be replaced while the test runs. */
export type FakeExchange = {
  markets: Market[];
  price: string;
  timeframes: string[];
  /** Called before every answer: throw here to be an exchange that fails. */
  onMarketCall: () => void | Promise<void>;
  account: Partial<AccountGateway>;
  /** The keys that were tried, newest last. */
  tried: { venue: string; credentials: Credentials; sandbox: boolean }[];
};

export type Web = {
  deps: Deps;
  database: TestDatabase;
  exchange: FakeExchange;
  clock: { nowMs: number };
  /** Everything logged so far, as text. */
  logged(): string;
  context(settings?: Partial<WebSettings>): AppContext;
  stop(): Promise<void>;
};

function createExchange(): FakeExchange {
  return {
    markets: [btcUsdt()],
    price: '50000',
    timeframes: ['1m', '5m', '1h'],
    onMarketCall: () => undefined,
    account: {},
    tried: [],
  };
}

function marketDataOf(exchange: FakeExchange, venue: string): MarketDataGateway {
  const answer = async <T>(make: () => T): Promise<T> => {
    await exchange.onMarketCall();
    return make();
  };
  const price = () => money(exchange.price);
  return {
    venue,
    loadMarkets: () => answer(() => new Map(exchange.markets.map((market) => [market.symbol, market]))),
    timeframes: () => answer(() => exchange.timeframes as never),
    fetchCandles: () => answer(() => []),
    fetchTicker: () => answer(() => ({ last: price(), bid: price(), ask: price(), timeMs: 0 })),
    fetchOrderBook: () => answer(() => ({ bids: [], asks: [], timeMs: 0 })),
    clockOffsetMs: () => answer(() => 0),
  };
}

function accountOf(exchange: FakeExchange, venue: string): AccountGateway {
  const unused = () => Promise.reject(new Error('No test expects this call.'));
  return {
    venue,
    lookups: ['order-by-client-id'],
    fetchBalances: () => Promise.resolve(new Map()),
    fetchPermissions: () => Promise.resolve({ read: true, trade: true, withdraw: false }),
    placeOrder: unused,
    cancelOrder: unused,
    findOrder: unused,
    fetchOpenOrders: unused,
    fetchClosedOrders: unused,
    fetchFills: unused,
    fetchTrades: unused,
    fetchPositions: () => Promise.resolve([]),
    fetchTransfers: () => Promise.resolve([]),
    ...exchange.account,
  };
}

/** The web side on a database of its own: real but for the exchanges, of which `demo` is the real demo market. */
export async function startWeb(): Promise<Web> {
  const database = await createTestDatabase();
  const lines: string[] = [];
  const log = createLog({ level: 'trace', destination: { write: (line: string) => void lines.push(line) } });
  const boss = await startBoss({ url: database.url, log, supervise: false });
  const clock = { nowMs: Date.now() };
  const exchange = createExchange();
  const real = createDeps({
    database: { ...database, close: () => Promise.resolve() },
    boss,
    log,
    metrics: createMetrics(),
    clock: { now: () => clock.nowMs },
    encryption: { current: randomBytes(32), retired: [] },
    exchangeUrls: {},
  });
  const deps: Deps = {
    ...real,
    marketData: (venue) => (venue === 'demo' ? real.marketData(venue) : marketDataOf(exchange, venue)),
    accountFor: (ref) => Promise.resolve(accountOf(exchange, ref.venue)),
    accountWith: (venue, credentials, sandbox) => {
      exchange.tried.push({ venue, credentials, sandbox });
      return accountOf(exchange, venue);
    },
  };
  await syncStrategies(deps.db);
  return {
    deps,
    database,
    exchange,
    clock,
    logged: () => lines.join(''),
    context: (settings = {}) => ({
      deps,
      settings: { registration: 'open', corsOrigins: [], ...settings },
      clientIp: '192.0.2.1',
      health: () => Promise.reject(new Error('No page that is tested so shows the health.')),
    }),
    async stop() {
      await boss.stop();
      await database.drop();
    },
  };
}

export const PASSWORD = 'correct horse battery';

/** Signs somebody up whose e-mail nobody else has. */
export function createUser(
  { deps }: Pick<Web, 'deps'>,
  email = `${randomUUID()}@example.org`,
): Promise<UserView> {
  return signUp(deps, { email, password: PASSWORD }, 'open');
}

/** Returns the headers of a signed-in browser. */
export async function cookieOf(web: Web, user: UserView): Promise<Record<string, string>> {
  const cookie = await startSession(new Request('http://localhost/login'), web.context(), user.id);
  return { Cookie: cookie.split(';', 1)[0] ?? '' };
}

/** Returns the headers of a caller with a token. */
export async function tokenOf(
  { deps }: Pick<Web, 'deps'>,
  user: UserView,
  scopes?: ('read' | 'trade' | 'keys')[],
): Promise<Record<string, string>> {
  const { token } = await issueToken(
    deps,
    { email: user.email, password: PASSWORD, totp: undefined, name: undefined, scopes },
    '192.0.2.1',
  );
  return { Authorization: `Bearer ${token}` };
}

type Route = { loader: Handler; action: Handler };
type Handler = (args: {
  request: Request;
  context: AppContext;
  params: Record<string, string>;
}) => Promise<Response>;

export type CallOptions = {
  method?: string;
  headers?: Record<string, string>;
  /** Sent as JSON, unless it is text already. */
  body?: unknown;
  query?: Record<string, string>;
  id?: string;
  settings?: Partial<WebSettings>;
};

export type Answer = { status: number; headers: Headers; json: Record<string, unknown> };

/** Calls a resource route as Remix does. */
export async function call(web: Web, route: unknown, options: CallOptions = {}): Promise<Answer> {
  const { method = 'GET', headers = {}, body, query = {}, id } = options;
  const { loader, action } = route as Route;
  const request = new Request(`http://localhost/api?${new URLSearchParams(query).toString()}`, {
    method,
    headers: { Host: 'localhost', ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const handle = ['GET', 'HEAD', 'OPTIONS'].includes(method) ? loader : action;
  const response = await handle({
    request,
    context: web.context(options.settings),
    params: id === undefined ? {} : { id },
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    json: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
  };
}

/** Returns the rows of a table, to see that a refusal left nothing behind. */
export async function countRows({ database }: Pick<Web, 'database'>, table: string): Promise<number> {
  const [row] = await database.sql<
    { count: number }[]
  >`select count(*)::int as count from ${database.sql(table)}`;
  return row?.count ?? 0;
}
