/**
 * A yardstick for threads: a loop in a register or two, which shares no memory, allocates nothing and asks nobody. What two
 * threads of it gain over one is what two processors of this machine are worth. Run by itself in each thread.
 */
import { Worker, isMainThread, parentPort } from 'node:worker_threads';

/** So many turns take about half a second. */
const TURNS = 400_000_000;

export type PlainLoop = {
  /** Returns the milliseconds in which the threads together did all turns. */
  time(): Promise<number>;
  close(): Promise<void>;
};

/** Starts threads that part the turns evenly. */
export function openLoop(threads: number): PlainLoop {
  const workers = Array.from({ length: threads }, () => new Worker(new URL(import.meta.url)));
  return {
    async time() {
      const began = performance.now();
      await Promise.all(workers.map((worker) => spin(worker, TURNS / threads)));
      return performance.now() - began;
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

function spin(worker: Worker, turns: number): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.once('message', () => resolve());
    worker.once('error', reject);
    worker.postMessage(turns);
  });
}

function turn(turns: number): number {
  let state = 1;
  for (let at = 0; at < turns; at += 1) state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
  return state;
}

if (!isMainThread) parentPort?.on('message', (turns: number) => parentPort?.postMessage(turn(turns)));
