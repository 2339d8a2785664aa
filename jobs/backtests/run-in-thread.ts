import { Worker } from 'node:worker_threads';
import type { BacktestOutcome } from '../../db/queries/backtests.ts';
import type { ThreadMessage, ThreadTask } from './simulation-thread.ts';

/** A backtest that cannot be done; the message says why, for its owner. */
export class BacktestFault extends Error {}

export type ThreadOptions = {
  /** Ends the thread. */
  signal: AbortSignal;
  /** A simulation that takes longer is ended. */
  limitMs: number;
};

const MEMORY_MB = 1_024;

/**
 * Simulates a backtest in a thread of its own. The candles are handed over: the caller has them no longer. Throws
 * `BacktestFault`, and the signal's reason where that ends it.
 */
export async function runInThread(
  task: ThreadTask,
  { signal, limitMs }: ThreadOptions,
): Promise<BacktestOutcome> {
  signal.throwIfAborted();
  const columns = (task.pairs ?? []).flatMap(({ candles, detail = {} }) => [
    ...Object.values(candles),
    ...Object.values(detail),
  ]);
  const thread = new Worker(new URL('./simulation-thread.ts', import.meta.url), {
    workerData: task,
    transferList: [...new Set(columns.map((column) => column.buffer as ArrayBuffer))],
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  });
  const limit = AbortSignal.timeout(limitMs);
  try {
    return await untilDone(thread, AbortSignal.any([signal, limit]));
  } catch (error) {
    if (limit.aborted && !signal.aborted)
      throw new BacktestFault(
        `The simulation took longer than ${limitMs / 1_000} s and was ended. Choose a shorter period or longer candles.`,
      );
    throw error;
  } finally {
    await thread.terminate();
  }
}

function untilDone(thread: Worker, signal: AbortSignal): Promise<BacktestOutcome> {
  return new Promise((resolve, reject) => {
    const trades: BacktestOutcome['trades'][number][] = [];
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    thread.on('message', (message: ThreadMessage) => {
      if (message.kind === 'trades') trades.push(...message.trades);
      else if (message.kind === 'done') resolve({ ...message.outcome, trades });
      else reject(new BacktestFault(`The simulation cannot be done: ${message.message}`));
    });
    thread.on('error', (error) => reject(toFault(error as NodeJS.ErrnoException)));
    thread.on('exit', () => reject(new BacktestFault('The simulation ended without a result.')));
  });
}

function toFault(error: NodeJS.ErrnoException): Error {
  if (error.code !== 'ERR_WORKER_OUT_OF_MEMORY') return error;
  return new BacktestFault('The simulation needed more memory than it may have. Choose a shorter period.');
}
