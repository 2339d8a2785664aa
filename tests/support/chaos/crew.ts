import type postgres from 'postgres';
import type { StalledAt, StepCommand, WorkerSetup } from './protocol.ts';
import type { WorkerControl } from './venue.ts';
import { startWorker, type StepEnd, type WorkerProcess } from './worker-process.ts';

export type Outcome = {
  what: 'done' | 'died' | 'stalled';
  hasFallen: boolean;
  writes: number;
  /** A digest of all that was written, in order. */
  words: string;
  stalledAt?: StalledAt;
};

/** The worker at work, one that may stand still, and those that wait to take a place. */
export type Crew = WorkerControl & {
  /** Has the worker at work take a step; when it dies or stands still, the next one is at work after that. */
  takeStep(command: StepCommand): Promise<Outcome>;
  /** Lets the worker that stands still finish its step; it waits for its turn after that. */
  wake(nowMs: number): Promise<Outcome>;
  stop(): Promise<void>;
};

/** Workers that are ready or loading beside the one at work: more than die while one loads. */
const WAITING = 2;
/** What a process wrote last is still on its way when it ends: to a venue, and to its database sessions. */
const ARRIVAL_MS = 15;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
/** Lets this process see all that has come in on its sockets. */
async function lookAround(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

export function createCrew(sql: postgres.Sql, setup: Omit<WorkerSetup, 'applicationName'>): Crew {
  let count = 0;
  const workers = new Map<string, WorkerProcess>();
  const start = () => {
    const worker = startWorker({ ...setup, applicationName: `chaos-worker-${String((count += 1))}` });
    workers.set(worker.applicationName, worker);
    return worker;
  };
  /** Those whose database was cut in this step: their statements may fail. */
  const bereft = new Set<string>();
  let active = start();
  let stalled: WorkerProcess | undefined;
  const waiting = Array.from({ length: WAITING }, start);

  const goneFrom = async (applicationName: string) => {
    for (;;) {
      const rows = await sql`select 1 from pg_stat_activity where application_name = ${applicationName}`;
      if (rows.length === 0) return;
      await pause(2);
    }
  };
  const settle = async (worker: WorkerProcess, end: StepEnd, what: string): Promise<Outcome> => {
    if (end.kind === 'done') {
      const { error, ...report } = end.report;
      if (error && !bereft.has(worker.applicationName)) throw new Error(`${what}: ${error}`);
      return { what: 'done', ...report };
    }
    await pause(ARRIVAL_MS);
    await lookAround();
    if (end.kind === 'stalled')
      return { what: 'stalled', hasFallen: true, writes: 0, words: '', stalledAt: end.at };
    await goneFrom(worker.applicationName);
    workers.delete(worker.applicationName);
    waiting.push(start());
    return { what: 'died', hasFallen: true, writes: 0, words: '' };
  };
  const takeNext = () => {
    active = waiting.shift() ?? start();
  };
  return {
    async takeStep(command) {
      const worker = active;
      bereft.clear();
      await worker.ready();
      const outcome = await settle(worker, await worker.takeStep(command), `Step ${String(command.step)}`);
      if (outcome.what === 'stalled') stalled = worker;
      if (outcome.what !== 'done') takeNext();
      return outcome;
    },
    async wake(nowMs) {
      const worker = stalled;
      if (!worker) throw new Error('No worker stands still');
      stalled = undefined;
      const outcome = await settle(worker, await worker.wake(nowMs), 'After a stop');
      if (outcome.what === 'done') waiting.push(worker);
      return outcome;
    },
    async cutDatabase(worker) {
      const cut = await sql<{ pid: number }[]>`select pid, pg_terminate_backend(pid) from pg_stat_activity
        where application_name = ${worker}`;
      const pids = cut.map(({ pid }) => pid);
      while ((await sql`select 1 from pg_stat_activity where pid = any(${pids})`).length > 0) await pause(2);
      bereft.add(worker);
      await workers.get(worker)?.look();
    },
    timeOut: (worker, request) => workers.get(worker)?.timeOut(request),
    async stop() {
      await Promise.all([...workers.values()].map((worker) => worker.stop()));
    },
  };
}
