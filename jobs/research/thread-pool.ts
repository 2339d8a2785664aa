import os from 'node:os';
import { Worker } from 'node:worker_threads';
import type { BenchData } from './bench.ts';
import type { ResearchResult, ResearchTask } from './research-task.ts';
import type { ResultMessage, TaskMessage, ThreadData } from './research-thread.ts';

/** Threads that work on one optimisation. */
export type ThreadPool = {
  /**
   * Hands a task to the next free thread; an urgent one before all that wait. Rejects where the task throws, its thread dies, or
   * the pool is closed.
   */
  run<Task extends ResearchTask>(task: Task, options?: { isUrgent?: boolean }): Promise<ResearchResult<Task>>;
  /** Has tasks under way and to come end after the point that they are at, until `goOn`. */
  callOff(): void;
  goOn(): void;
  /** How long the threads have worked and waited since they started, all together. */
  load(): { activeMs: number; idleMs: number };
  /** Ends all threads; tasks without a result are rejected. */
  close(): Promise<void>;
};

export type PoolOptions = {
  threads: number;
  /** False: the threads are as important as all else. */
  isBackground?: boolean;
};

/** A task, and who waits for it. */
type Job = TaskMessage & { resolve: (result: unknown) => void; reject: (error: Error) => void };
type Seat = { worker: Worker | null; job: Job | null };

const MEMORY_MB = 1_024;

/**
 * Returns how many threads an optimisation in the background has: one a core. On Linux they have the lowest priority, so that
 * live bots take a core away from them whenever they want one; elsewhere threads cannot step back, and one core is left alone.
 */
export function backgroundThreads(): number {
  const cores = os.availableParallelism();
  return process.platform === 'linux' ? cores : Math.max(1, cores - 1);
}

/** Opens a pool. Its threads start together with the first task; a thread that died is replaced for the next one. */
export function openPool(data: BenchData, { threads, isBackground = true }: PoolOptions): ThreadPool {
  const stop = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const threadData: ThreadData = { data, stop, isBackground };
  const seats: Seat[] = Array.from({ length: threads }, () => ({ worker: null, job: null }));
  const waiting: Job[] = [];
  let isClosed = false;
  let next = 0;
  const seatNext = (): void => {
    if (isClosed || waiting.length === 0) return;
    for (const seat of seats) {
      seat.worker ??= startThread(threadData, seat, seatNext);
      if (seat.job) continue;
      const job = waiting.shift();
      if (!job) continue;
      seat.job = job;
      seat.worker.ref();
      seat.worker.postMessage({ id: job.id, task: job.task } satisfies TaskMessage);
    }
  };
  return {
    run: (task, { isUrgent = false } = {}) =>
      new Promise((resolve, reject) => {
        if (isClosed) throw new Error('The threads of this optimisation have ended.');
        const job: Job = { id: (next += 1), task, resolve: resolve as Job['resolve'], reject };
        if (isUrgent) waiting.unshift(job);
        else waiting.push(job);
        seatNext();
      }),
    callOff: () => void Atomics.store(stop, 0, 1),
    goOn: () => void Atomics.store(stop, 0, 0),
    load: () => sumLoads(seats),
    async close() {
      isClosed = true;
      Atomics.store(stop, 0, 1);
      for (const job of waiting.splice(0)) job.reject(new Error('The optimisation was ended.'));
      await Promise.all(seats.map(async ({ worker }) => worker?.terminate()));
    },
  };
}

function sumLoads(seats: readonly Seat[]): { activeMs: number; idleMs: number } {
  const sum = { activeMs: 0, idleMs: 0 };
  for (const { worker } of seats) {
    const { active = 0, idle = 0 } = worker?.performance.eventLoopUtilization() ?? {};
    sum.activeMs += active;
    sum.idleMs += idle;
  }
  return sum;
}

/** Starts a thread that keeps no process alive while it has nothing to do. */
function startThread(workerData: ThreadData, seat: Seat, onFree: () => void): Worker {
  const worker = new Worker(new URL('./research-thread.ts', import.meta.url), {
    workerData,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  });
  worker.unref();
  const finish = (settle: (job: Job) => void) => {
    const { job } = seat;
    seat.job = null;
    worker.unref();
    if (job) settle(job);
    onFree();
  };
  const die = (error: Error) => {
    if (seat.worker !== worker) return;
    seat.worker = null;
    finish((job) => job.reject(error));
  };
  worker.on('message', ({ result, error }: ResultMessage) =>
    finish((job) => {
      if (error === null) job.resolve(result);
      else job.reject(new Error(error));
    }),
  );
  worker.on('error', die);
  worker.on('exit', () => die(new Error('A thread of the optimisation ended before its task.')));
  return worker;
}
