import { randomBytes, randomUUID } from 'node:crypto';
import { startBoss, type Boss } from '../../jobs/boss.ts';
import { createDeps, type DepsOptions } from '../../jobs/create-deps.ts';
import type { Credentials, Deps } from '../../jobs/deps.ts';
import { handlerOf } from '../../jobs/handlers/registry.ts';
import { createLog } from '../../jobs/log.ts';
import { createMetrics } from '../../jobs/metrics.ts';
import type { QueueName } from '../../jobs/queues.ts';
import { money } from '../../jobs/trading/decimal.ts';
import type { Timeframe } from '../../jobs/trading/timeframe.ts';
import type { StoredRisk } from '../../jobs/trading/types.ts';
import { botRuns, strategies } from '../../db/schema/bots.ts';
import { exchangeKeys } from '../../db/schema/exchange-keys.ts';
import { paperBalances } from '../../db/schema/paper.ts';
import { users } from '../../db/schema/users.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

/** A clock that a test sets. */
export type TestClock = { now(): number; nowMs: number };

export function createTestClock(nowMs: number): TestClock {
  const clock = { nowMs, now: () => clock.nowMs };
  return clock;
}

/** The whole engine on a database of its own, with a clock of its own; nothing runs unless `drain` is called. */
export type Engine = {
  deps: Deps;
  boss: Boss;
  database: TestDatabase;
  clock: TestClock;
  /** Works on these queues, one after another, until all are empty; a job that keeps failing keeps it from ending. */
  drain(queues?: QueueName[]): Promise<number>;
  /** Works once on what a queue holds now. Returns how many jobs were handled. */
  drainOnce(queue: QueueName): Promise<number>;
  stop(): Promise<void>;
};

const ORDER_QUEUES: QueueName[] = ['tick-bot', 'place-order', 'sync-order', 'keep-orders', 'stop-bot'];

export async function startEngine(options: {
  clock: TestClock;
  exchangeUrls?: Record<string, string>;
  database?: TestDatabase;
  /** The key that seals, where two engines share a database. */
  encryptionKey?: Uint8Array;
  notify?: DepsOptions['notify'];
  /** As a jobs process does: workers are woken by notification. */
  supervise?: boolean;
}): Promise<Engine> {
  const database = options.database ?? (await createTestDatabase());
  const log = createLog({ level: 'fatal' });
  const boss = await startBoss({ url: database.url, log, supervise: options.supervise ?? false });
  const deps = createDeps({
    database: { ...database, close: () => Promise.resolve() },
    boss,
    log,
    metrics: createMetrics(),
    clock: options.clock,
    encryption: { current: options.encryptionKey ?? randomBytes(32), retired: [] },
    exchangeUrls: options.exchangeUrls ?? {},
    isThrottled: false,
    ...(options.notify ? { notify: options.notify } : {}),
  });
  return {
    deps,
    boss,
    database,
    clock: options.clock,
    drainOnce: (queue) => boss.drain(queue, handlerOf(deps, queue)),
    async drain(queues = ORDER_QUEUES) {
      let handled = 0;
      for (let found = 1; found > 0; handled += found) {
        found = 0;
        for (const queue of queues) found += await boss.drain(queue, handlerOf(deps, queue));
      }
      return handled;
    },
    async stop() {
      await boss.stop();
      if (!options.database) await database.drop();
    },
  };
}

/** Stores a user and makes sure the strategies' rows are there. */
export async function insertUser({ deps }: Pick<Engine, 'deps'>): Promise<string> {
  const id = randomUUID();
  await deps.db.insert(users).values({ id, email: `${id}@example.org`, passwordHash: 'none' });
  await deps.db.insert(strategies).values({ name: 'RSI_CROSS', description: 'RSI' }).onConflictDoNothing();
  return id;
}

/** Stores an exchange key the way the web side does. */
export async function insertKey(
  { deps }: Pick<Engine, 'deps'>,
  userId: string,
  key: { exchange: string; credentials: Credentials; label?: string },
): Promise<string> {
  const id = randomUUID();
  const seal = (plain: string, field: string) => deps.vault.seal(plain, { owner: userId, row: id, field });
  const apiKey = seal(key.credentials.apiKey, 'api_key');
  const apiSecret = seal(key.credentials.apiSecret, 'api_secret');
  await deps.db.insert(exchangeKeys).values({
    id,
    userId,
    exchange: key.exchange,
    label: key.label ?? 'test',
    keyHint: key.credentials.apiKey.slice(-4),
    encryptedApiKey: apiKey.encrypted,
    ivApiKey: apiKey.iv,
    encryptedApiSecret: apiSecret.encrypted,
    ivApiSecret: apiSecret.iv,
  });
  return id;
}

export type TestBot = {
  userId: string;
  exchangeKeyId?: string;
  venue: string;
  symbol?: string;
  strategy?: string;
  timeframe?: Timeframe;
  initialBalance?: string;
  sizing?: { type: 'quote_amount' | 'equity_fraction'; value: string };
  risk?: StoredRisk;
  parameters?: Record<string, unknown>;
};

const DEFAULTS = {
  symbol: 'BTC/USDT',
  strategy: 'RSI_CROSS',
  timeframe: '1s' as Timeframe,
  initialBalance: '10000',
  sizing: { type: 'quote_amount' as const, value: '1000' },
  risk: {},
  parameters: { rsi_period: 14, oversold: 30, overbought: 70, smoothing: 'simple' },
};

/** Stores a running bot: live with a key, else on paper. */
export async function insertBot(engine: Pick<Engine, 'deps' | 'clock'>, bot: TestBot): Promise<string> {
  const { exchangeKeyId, sizing, initialBalance, ...told } = { ...DEFAULTS, ...bot };
  const id = randomUUID();
  const [base = '', quote = ''] = told.symbol.split('/');
  const free = money(initialBalance);
  await engine.deps.db.insert(botRuns).values({
    ...told,
    id,
    name: 'Test bot',
    base,
    quote,
    mode: exchangeKeyId === undefined ? 'paper' : 'live',
    exchangeKeyId: exchangeKeyId ?? null,
    accountId: exchangeKeyId ?? id,
    sizingType: sizing.type,
    sizingValue: money(sizing.value),
    initialBalance: free,
    status: 'RUNNING',
    startedAt: new Date(engine.clock.now()),
  });
  if (exchangeKeyId === undefined) {
    await engine.deps.db.insert(paperBalances).values({ accountId: id, asset: quote, free });
  }
  return id;
}
