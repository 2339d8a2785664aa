import ccxt from 'ccxt';
import { randomUUID } from 'node:crypto';
import { openDatabase } from '../../../db/client.ts';
import { lockEngineBot } from '../../../db/queries/bot-state.ts';
import { markBotRunning, markBotStopping } from '../../../db/queries/bots.ts';
import { insertIntents } from '../../../db/queries/orders.ts';
import { startBoss, type Boss } from '../../../jobs/boss.ts';
import { createDeps } from '../../../jobs/create-deps.ts';
import type { Deps } from '../../../jobs/deps.ts';
import { handlerOf } from '../../../jobs/handlers/registry.ts';
import { createLog } from '../../../jobs/log.ts';
import { createMetrics } from '../../../jobs/metrics.ts';
import { PRIORITY, type QueueName } from '../../../jobs/queues.ts';
import { scheduleTicks, scheduleWatches } from '../../../jobs/scheduler.ts';
import { floorToStep, money } from '../../../jobs/trading/decimal.ts';
import { clientOrderId } from '../../../jobs/trading/portfolio/client-order-id.ts';
import type { StepCommand, WorkerSetup, Wish } from './protocol.ts';

const WATCH_QUEUES: QueueName[] = ['sweep-orders', 'reconcile-account', 'assess-risk'];
const ORDER_QUEUES: QueueName[] = ['tick-bot', 'place-order', 'sync-order', 'stop-bot'];
const CLIENT_TIMEOUT_MS = 1_500;

type Patient = {
  throttle: () => Promise<void>;
  fetch: (this: Patient, ...args: unknown[]) => unknown;
  timeout: number;
};

/** Lets what is measured in real time follow the campaign's clock, and leaves out notes that a timer writes in between. */
function keepRealTimeOut(clock: { now(): number }): void {
  performance.now = () => clock.now();
  const later = globalThis.setTimeout;
  const never = { unref: () => never };
  const patched = (...args: Parameters<typeof later>) =>
    (new Error().stack ?? '').includes('ban-guard.ts') ? never : later(...args);
  Object.assign(globalThis, { setTimeout: Object.assign(patched, later) });
}

/** Takes the waits in real time out of ccxt: its rate limiter, and most of its wait for a reply. */
function hurry(): void {
  const shared = Object.getPrototypeOf(Object.getPrototypeOf(ccxt.binance.prototype)) as Patient;
  const { fetch } = shared;
  shared.throttle = () => Promise.resolve();
  shared.fetch = function quick(...args) {
    this.timeout = CLIENT_TIMEOUT_MS;
    return fetch.apply(this, args);
  };
}

export type WorkerEngine = { takeStep(command: StepCommand): Promise<void> };

/** Builds the engine as the product does; nothing runs but what a step asks for. */
export async function openEngine(setup: WorkerSetup): Promise<WorkerEngine> {
  hurry();
  const { applicationName } = setup;
  const clock = { nowMs: 0, now: () => clock.nowMs };
  keepRealTimeOut(clock);
  const log = createLog({ level: 'silent' });
  const bossUrl = new URL(setup.databaseUrl);
  bossUrl.searchParams.set('application_name', applicationName);
  const boss = await startBoss({ url: bossUrl.href, log, supervise: false });
  const deps = createDeps({
    database: openDatabase(setup.databaseUrl, { max: 5, applicationName }),
    boss,
    log,
    metrics: createMetrics(),
    clock,
    encryption: { current: Buffer.from(setup.encryptionKey, 'base64'), retired: [] },
    exchangeUrls: { binance: setup.venueUrl },
  });
  const engine = setup.isUnsafe ? { ...deps, unsafe: { resendUnknown: true } } : deps;
  return {
    async takeStep(command) {
      clock.nowMs = command.nowMs;
      const failures: unknown[] = [];
      const attempt = (work: Promise<unknown>) => work.catch((error: unknown) => failures.push(error));
      for (const wish of command.wishes) await attempt(carryOut({ deps: engine, setup, command }, wish));
      if (command.hasTicks) await attempt(scheduleTicks(engine, '1m'));
      if (command.hasWatches) {
        await attempt(scheduleWatches(engine));
        for (const queue of WATCH_QUEUES) await attempt(drain(engine, boss, queue));
      }
      for (let round = 0; round < command.rounds; round += 1)
        for (const queue of ORDER_QUEUES) await attempt(drain(engine, boss, queue));
      if (failures[0] !== undefined && command.blow === null) throw failures[0] as Error;
    },
  };
}

/** Works on a queue once, one job after another, so that a run replays. */
async function drain(deps: Deps, boss: Boss, queue: QueueName): Promise<void> {
  const handle = handlerOf(deps, queue);
  await boss.drain(queue, async (payloads) => {
    const outcomes = [];
    for (const payload of payloads) outcomes.push(...(await handle([payload])));
    return outcomes;
  });
}

type Context = { deps: Deps; setup: WorkerSetup; command: StepCommand };

async function carryOut(context: Context, wish: Wish): Promise<void> {
  switch (wish.kind) {
    case 'intend':
      return intend(context, wish);
    case 'stop':
      return stop(context, wish);
    case 'start':
      return start(context, wish.botRunId);
  }
}

async function stop({ deps, setup, command }: Context, wish: Extract<Wish, { kind: 'stop' }>): Promise<void> {
  const { botRunId, closePosition } = wish;
  await deps.db.transaction(async (tx) => {
    await markBotStopping(tx, setup.userId, { botRunId, closePosition });
    const key = `${botRunId}:asked:${String(command.step)}`;
    await deps.boss.enqueue(tx, 'stop-bot', [{ payload: { botRunId }, key }]);
  });
}

async function start({ deps, setup }: Context, botRunId: string): Promise<void> {
  await markBotRunning(deps.db, setup.userId, { botRunId, startedAt: new Date(deps.clock.now()) });
}

/** Writes an intent the way a tick does: one working order a bot, sales of what it holds, the job in the same transaction. */
async function intend({ deps }: Context, wish: Extract<Wish, { kind: 'intend' }>): Promise<void> {
  const { botRunId, side, type, leg } = wish;
  const nowMs = deps.clock.now();
  await deps.db.transaction(async (tx) => {
    const bot = await lockEngineBot(tx, botRunId);
    if (bot?.status !== 'RUNNING' || bot.hasWorkingOrder) return;
    const wanted = money(wish.quantity);
    const held = floorToStep(bot.position.quantity, money('0.001'));
    const quantity = side === 'BUY' || held.gt(wanted) ? wanted : held;
    if (quantity.lte(0)) return;
    const id = randomUUID();
    await insertIntents(tx, [
      {
        id,
        botRunId,
        userId: bot.userId,
        accountId: bot.accountId,
        venue: bot.venue,
        symbol: bot.symbol,
        clientOrderId: clientOrderId({ botRunId, timeMs: nowMs, leg }),
        side,
        type,
        reason: 'signal',
        quantity,
        ...(type === 'limit' ? { limitPrice: money(wish.limitPrice) } : {}),
        candleTimeMs: nowMs,
        leg,
        decidedAtMs: nowMs,
      },
    ]);
    const job = { payload: { orderId: id }, key: id, priority: PRIORITY.live };
    await deps.boss.enqueue(tx, 'place-order', [job]);
  });
}
