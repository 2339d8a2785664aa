import { randomBytes } from 'node:crypto';
import type { AccountGateway } from '../../jobs/exchange/gateway.ts';
import type { Candle } from '../../jobs/trading/types.ts';
import {
  createTestClock,
  insertBot,
  insertKey,
  insertUser,
  startEngine,
  type Engine,
  type TestBot,
} from './engine.ts';
import type { MarketSetup } from './exchange-simulator/engine-types.ts';
import type { Fault, SimRequest } from './exchange-simulator/server.ts';
import { startExchangeSimulator, type ExchangeSimulator } from './exchange-simulator/start.ts';

/** What differs between the protocols, as far as tests must know it. */
const VENUES = {
  binance: {
    secret: 'whole-path-secret-0001',
    place: (request: SimRequest) => request.method === 'POST' && request.path === '/api/v3/order',
    lists: /\/api\/v3\/(openOrders|allOrders)$/,
    lookups: ['order-by-client-id', 'open-orders', 'closed-orders'],
    asksToWait: {
      type: 'reply',
      status: 429,
      body: '{"code":-1003,"msg":"Too many requests."}',
      headers: { 'retry-after': '1' },
    } as Fault,
    /** What it answers, in place of the truth, where it knows nothing of an order. */
    knowsNothing: ({ path, method }: SimRequest): Fault | undefined => {
      if (method === 'GET' && path === '/api/v3/order')
        return { type: 'reply', status: 400, body: '{"code":-2013,"msg":"Order does not exist."}' };
      return VENUES.binance.lists.test(path) ? { type: 'reply', status: 200, body: '[]' } : undefined;
    },
  },
  kraken: {
    secret: Buffer.from('whole-path-secret-0001').toString('base64'),
    place: (request: SimRequest) => request.path === '/0/private/AddOrder',
    lists: /\/0\/private\/(OpenOrders|ClosedOrders)$/,
    lookups: ['open-orders', 'closed-orders'],
    asksToWait: { type: 'reply', status: 200, body: '{"error":["EAPI:Rate limit exceeded"]}' } as Fault,
    knowsNothing: ({ path }: SimRequest): Fault | undefined => {
      const [, list] = VENUES.kraken.lists.exec(path) ?? [];
      if (list === undefined) return undefined;
      const result = list === 'OpenOrders' ? { open: {} } : { closed: {}, count: 0 };
      return { type: 'reply', status: 200, body: JSON.stringify({ error: [], result }) };
    },
  },
} as const;

export type VenueName = keyof typeof VENUES;
export const VENUE_NAMES = Object.keys(VENUES) as VenueName[];

export const VENUE_START_MS = Date.UTC(2030, 0, 1);
const API_KEY = 'whole-path-key-0001';

/** The whole engine with one account on a simulated exchange, reached through ccxt. */
export type VenueEngine = (typeof VENUES)[VenueName] & {
  venue: VenueName;
  apiKey: string;
  engine: Engine;
  simulator: ExchangeSimulator;
  userId: string;
  accountId: string;
  /** The account, as a person with the same key would use it. */
  byHand: AccountGateway;
  makeBot(bot?: Partial<TestBot>): Promise<string>;
  /** Lets the requests that place orders go wrong. */
  failPlacing(fault: Fault): void;
  /** Another process on the same database, with a clock, memory and connections of its own. */
  startAnother(): Promise<Engine>;
  stop(): Promise<void>;
};

/** A price that stays. */
export const FLAT: Candle[] = Array.from({ length: 3_600 }, (_row, index) => ({
  openTimeMs: VENUE_START_MS + index * 1_000,
  open: 50_000,
  high: 50_000,
  low: 50_000,
  close: 50_000,
  volume: 1,
}));

/** Starts an exchange of that protocol with 10,000 USDT and 1 BTC on an account, and the engine, a minute after its start. */
export async function startVenueEngine(
  venue: VenueName,
  market: Partial<MarketSetup> = {},
): Promise<VenueEngine> {
  const facts = VENUES[venue];
  const clock = createTestClock(VENUE_START_MS + 60_000);
  const flat = { symbol: 'BTC/USDT', candles: FLAT, timeframeMs: 1_000, startMs: VENUE_START_MS };
  const simulator = await startExchangeSimulator({
    clock,
    face: venue,
    markets: [{ ...flat, ...market }],
    accounts: [{ apiKey: API_KEY, secret: facts.secret, balances: { USDT: '10000', BTC: '1' } }],
    fees: { maker: '0.001', taker: '0.001' },
  });
  const shared = { encryptionKey: randomBytes(32), exchangeUrls: { [venue]: simulator.url } };
  const engine = await startEngine({ ...shared, clock });
  const userId = await insertUser(engine);
  const credentials = { apiKey: API_KEY, apiSecret: facts.secret };
  const accountId = await insertKey(engine, userId, { exchange: venue, credentials });
  return {
    ...facts,
    venue,
    apiKey: API_KEY,
    engine,
    simulator,
    userId,
    accountId,
    byHand: await engine.deps.accountFor({ accountId, userId, mode: 'live', venue }),
    makeBot: (bot = {}) => insertBot(engine, { userId, exchangeKeyId: accountId, venue, ...bot }),
    failPlacing: (fault) => simulator.setFault((request) => (facts.place(request) ? fault : undefined)),
    startAnother: () =>
      startEngine({ ...shared, clock: createTestClock(clock.nowMs), database: engine.database }),
    stop: async () => {
      await engine.stop();
      await simulator.stop();
    },
  };
}
