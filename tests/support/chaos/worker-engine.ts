import { sql } from 'drizzle-orm';
import { openDatabase } from '../../../db/client.ts';
import { startBoss, type Boss } from '../../../jobs/boss.ts';
import { createDeps } from '../../../jobs/create-deps.ts';
import type { Deps } from '../../../jobs/deps.ts';
import { ExchangeError, type ExchangeErrorKind } from '../../../jobs/exchange/errors.ts';
import type { AccountGateway } from '../../../jobs/exchange/gateway.ts';
import { handlerOf } from '../../../jobs/handlers/registry.ts';
import { createLog } from '../../../jobs/log.ts';
import { createMetrics } from '../../../jobs/metrics.ts';
import type { QueueName } from '../../../jobs/queues.ts';
import { scheduleTicks, scheduleWatches } from '../../../jobs/scheduler.ts';
import type { StepCommand, Unsafe, WorkerSetup } from './protocol.ts';
import { leaveRealTime, timeOutAll } from './real-time.ts';
import { takeTurnsAt } from './sessions.ts';
import { inTurn } from './turns.ts';
import { carryOut } from './wishes.ts';

const WATCH_QUEUES: QueueName[] = ['sweep-orders', 'reconcile-account', 'assess-risk'];
const ORDER_QUEUES: QueueName[] = [
  'tick-bot',
  'act-on-signal',
  'place-order',
  'sync-order',
  'keep-orders',
  'kill-switch',
  'stop-bot',
];

export type WorkerEngine = {
  takeStep(command: StepCommand): Promise<void>;
  /** Goes on after a stop, at this time. */
  wake: (nowMs: number) => void;
};

/** Builds the engine as the product does; nothing runs but what a step asks for. */
export async function openEngine(setup: WorkerSetup): Promise<WorkerEngine> {
  const { applicationName } = setup;
  const clock = { nowMs: 0, now: () => clock.nowMs };
  leaveRealTime(clock, applicationName);
  takeTurnsAt(Number(new URL(setup.databaseUrl).port));
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
    exchangeUrls: setup.venueUrls,
  });
  const engine = unprotect(deps, setup.unsafe);
  // What the queue began at its start and nobody waits for.
  await inTurn(() => Promise.resolve());
  return {
    wake(nowMs) {
      clock.nowMs = nowMs;
      timeOutAll(nowMs);
    },
    async takeStep(command) {
      clock.nowMs = command.nowMs;
      const failures: unknown[] = [];
      const attempt = (work: Promise<unknown>) => work.catch((error: unknown) => failures.push(error));
      const context = { deps: engine, userId: setup.userId, command };
      for (const wish of command.wishes) await attempt(carryOut(context, wish));
      if (command.hasTicks) await attempt(scheduleTicks(engine, '1m'));
      if (command.hasWatches) {
        await attempt(scheduleWatches(engine));
        await attempt(drainAll(engine, boss, WATCH_QUEUES));
      }
      for (let round = 0; round < command.rounds; round += 1)
        await attempt(drainAll(engine, boss, ORDER_QUEUES));
      if (failures[0] !== undefined && command.blow === null) throw failures[0] as Error;
    },
  };
}

const UNKNOWN_IS = { resend: 'transient', 'give-up': 'rejected' } as const;

/** Takes a protection away: what an order of unknown outcome counts as, or that a trade has one id. */
function unprotect(deps: Deps, unsafe: Unsafe | null): Deps {
  if (unsafe === null) return deps;
  const change = unsafe === 'repeat-fills' ? renameFills : believe(UNKNOWN_IS[unsafe]);
  return { ...deps, accountFor: async (ref) => change(await deps.accountFor(ref)) };
}

const believe =
  (kind: ExchangeErrorKind) =>
  (gateway: AccountGateway): AccountGateway => ({
    ...gateway,
    async placeOrder(order) {
      try {
        return await gateway.placeOrder(order);
      } catch (error) {
        if (!(error instanceof ExchangeError) || error.kind !== 'unknown-outcome') throw error;
        throw new ExchangeError(kind, error.message);
      }
    },
  });

function renameFills(gateway: AccountGateway): AccountGateway {
  let reports = 0;
  return {
    ...gateway,
    async fetchFills(ref) {
      reports += 1;
      const fills = await gateway.fetchFills(ref);
      return fills.map((fill) => ({ ...fill, tradeId: `${fill.tradeId}-${reports}` }));
    },
  };
}

/** Works once on each queue that has something by the time of its turn. */
async function drainAll(deps: Deps, boss: Boss, queues: QueueName[]): Promise<void> {
  const failures: unknown[] = [];
  let filled = await listFilled(deps, queues);
  for (const queue of queues) {
    if (!filled.has(queue)) continue;
    await drain(deps, boss, queue).catch((error: unknown) => failures.push(error));
    filled = await listFilled(deps, queues);
  }
  if (failures[0] !== undefined) throw failures[0] as Error;
}

async function listFilled({ db }: Deps, queues: QueueName[]): Promise<Set<string>> {
  const names = sql.join(
    queues.map((queue) => sql`${queue}`),
    sql`, `,
  );
  const rows = await db.execute<{ name: string }>(
    sql`select distinct name from pgboss.job where state < 'active' and name in (${names})`,
  );
  return new Set(rows.map(({ name }) => name));
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
