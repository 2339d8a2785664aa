import { createHash } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { fromDrizzle, PgBoss } from 'pg-boss';
import type { Db } from '../db/client.ts';
import type { Log } from './log.ts';
import { QUEUES, type Payload, type QueueName, type QueueSpec } from './queues.ts';

export type EnqueueItem<N extends QueueName> = {
  payload: Payload<N>;
  /** What makes the job unique: the same key twice is one job, for as long as the first is kept. */
  key?: string;
  priority?: number;
  delayS?: number;
};

/** What became of one job of a batch: `null` is done; an error has it retried as the queue table says. */
export type Outcome = Error | null;

/** A batch of one queue's work; the outcomes stand in the order of the payloads. */
export type BatchHandler<N extends QueueName> = (payloads: Payload<N>[]) => Promise<Outcome[]>;

export type Boss = {
  /** Adds jobs in the caller's transaction: they exist exactly if it commits. */
  enqueue<N extends QueueName>(db: Db, queue: N, items: EnqueueItem<N>[]): Promise<void>;
  /** Hands batches of a queue to `handle` until `stop`. */
  work<N extends QueueName>(queue: N, handle: BatchHandler<N>): Promise<void>;
  /** Handles what is queued now, delayed jobs included, once; returns how many. For tests and drills with a clock of their own. */
  drain<N extends QueueName>(queue: N, handle: BatchHandler<N>): Promise<number>;
  /** Lets running handlers finish (up to 20 s), then closes the connections. */
  stop(): Promise<void>;
};

/** Returns a UUID that depends on the key alone. */
function jobId(queue: string, key: string): string {
  const hex = createHash('sha256').update(`${queue}:${key}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function queueOptions(spec: QueueSpec) {
  return {
    retryLimit: spec.retryLimit,
    retryDelay: spec.retryDelayS,
    retryBackoff: true,
    retryDelayMax: spec.retryDelayMaxS,
    expireInSeconds: spec.expireInS,
    ...(spec.heartbeatS === undefined ? {} : { heartbeatSeconds: spec.heartbeatS }),
    deleteAfterSeconds: spec.keepS,
    retentionSeconds: 86_400,
    notify: true,
  };
}

type QueuedJob = { id: string; data: unknown };

/** Runs a batch; a job whose payload does not parse fails alone. */
async function settle<N extends QueueName>(
  queue: N,
  jobs: QueuedJob[],
  handle: BatchHandler<N>,
): Promise<Outcome[]> {
  const parsed = jobs.map((job) => QUEUES[queue].payload.safeParse(job.data));
  const good = parsed.flatMap((result) => (result.success ? [result.data as Payload<N>] : []));
  const outcomes = good.length === 0 ? [] : await handle(good);
  let next = 0;
  return parsed.map((result) => (result.success ? (outcomes[next++] ?? null) : result.error));
}

/** Starts pg-boss on the database and makes its queues equal to the queue table. Safe from several processes at once. */
export async function startBoss(options: { url: string; log: Log; supervise: boolean }): Promise<Boss> {
  const boss = new PgBoss({
    connectionString: options.url,
    schema: 'pgboss',
    max: 8,
    useListenNotify: options.supervise,
    supervise: options.supervise,
    schedule: false,
    registerInstance: false,
    superviseIntervalSeconds: 15,
    monitorIntervalSeconds: 15,
    maintenanceIntervalSeconds: 60,
    openTelemetry: { enabled: false },
  });
  // Errors of the driver carry their whole client with them: the words are enough.
  boss.on('error', (error) => options.log.error({ reason: error.message }, 'queue error'));
  boss.on('warning', (warning) => options.log.warn({ warning: warning.message }, 'queue warning'));
  await boss.start();
  for (const [name, spec] of Object.entries(QUEUES)) await ensureQueue(boss, name, spec);
  return wrap(boss, options.log);
}

async function ensureQueue(boss: PgBoss, name: string, spec: QueueSpec): Promise<void> {
  await boss.createQueue(name, queueOptions(spec));
  await boss.updateQueue(name, queueOptions(spec));
}

function wrap(boss: PgBoss, log: Log): Boss {
  return {
    async enqueue(db, queue, items) {
      if (items.length === 0) return;
      const jobs = items.map((item) => toInsert(queue, item));
      await boss.insert(queue, jobs, { db: fromDrizzle(db, sql) });
    },
    work: (queue, handle) => work({ boss, log }, queue, handle),
    drain: (queue, handle) => drain(boss, queue, handle),
    stop: () => boss.stop({ graceful: true, timeout: 20_000, close: true }),
  };
}

function toInsert<N extends QueueName>(queue: N, { payload, key, priority, delayS }: EnqueueItem<N>) {
  return {
    ...(key === undefined ? {} : { id: jobId(queue, key) }),
    data: QUEUES[queue].payload.parse(payload),
    priority: priority ?? 0,
    ...(delayS === undefined ? {} : { startAfter: delayS }),
  };
}

async function work<N extends QueueName>(
  { boss, log }: { boss: PgBoss; log: Log },
  queue: N,
  handle: BatchHandler<N>,
): Promise<void> {
  const { batchSize, concurrency } = QUEUES[queue];
  const options = {
    batchSize,
    localConcurrency: concurrency,
    pollingIntervalSeconds: 0.5,
    notifyPollingIntervalSeconds: 2,
    burstWhenBatchFull: batchSize > 1,
    perJobResults: true,
  } as const;
  await boss.work<unknown, unknown, typeof options>(queue, options, async (jobs) => {
    const outcomes = await settle(queue, jobs, handle);
    return jobs.map((job, index) => {
      const outcome = outcomes[index] ?? null;
      if (outcome) log.warn({ queue, jobId: job.id, err: outcome }, 'job failed');
      return outcome
        ? { id: job.id, status: 'failed' as const, output: { message: outcome.message } }
        : { id: job.id, status: 'completed' as const };
    });
  });
}

async function drain<N extends QueueName>(boss: PgBoss, queue: N, handle: BatchHandler<N>): Promise<number> {
  const { batchSize } = QUEUES[queue];
  const fetched = await boss.fetch<unknown>(queue, { batchSize, ignoreStartAfter: true });
  if (fetched.length === 0) return 0;
  // They come in any order: a drill must meet the same one each time.
  const jobs = fetched.toSorted((one, other) => (one.id < other.id ? -1 : 1));
  const outcomes = await settle(queue, jobs, handle);
  for (const [index, job] of jobs.entries()) {
    const outcome = outcomes[index];
    if (outcome) await boss.fail(queue, job.id, { message: outcome.message });
  }
  const done = jobs.filter((_job, index) => !outcomes[index]).map((job) => job.id);
  if (done.length > 0) await boss.complete(queue, done);
  return jobs.length;
}
