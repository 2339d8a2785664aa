/** One thread of an optimisation: does the tasks that it is sent, one after another, on candles that all threads share. */
import os from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import type { TestBench } from '../trading/research/trial.ts';
import { setUpBench, type BenchData } from './bench.ts';
import { doTask, type ResearchTask } from './research-task.ts';

export type ThreadData = {
  data: BenchData;
  /** One word; not 0 once the run is called off. */
  stop: Int32Array;
  /** Everything else on the machine goes first. */
  isBackground: boolean;
};

export type TaskMessage = { id: number; task: ResearchTask };
export type ResultMessage = { id: number; result: unknown; error: string | null };

/** The kernel of Linux takes a thread for what others take a process for: there alone this slows nobody else down. */
function stepBack(): void {
  if (process.platform === 'linux') os.setPriority(0, os.constants.priority.PRIORITY_LOW);
}

const { data, stop, isBackground } = workerData as ThreadData;
if (isBackground) stepBack();
const bench = setUp();

function setUp(): TestBench {
  const ready = setUpBench(data);
  if ('faults' in ready) throw new Error(ready.faults.map(({ message }) => message).join(' '));
  return ready.bench;
}

parentPort?.on('message', ({ id, task }: TaskMessage) => {
  parentPort?.postMessage(answer(id, task));
});

function answer(id: number, task: ResearchTask): ResultMessage {
  try {
    const result = doTask(bench, task, () => Atomics.load(stop, 0) !== 0);
    return { id, result, error: null };
  } catch (error) {
    return { id, result: null, error: error instanceof Error ? error.message : String(error) };
  }
}
