import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import {
  STALL_FD,
  type FromWorker,
  type StalledAt,
  type StepCommand,
  type StepReport,
  type ToWorker,
  type WorkerSetup,
} from './protocol.ts';

const START_LIMIT_MS = 60_000;
const STEP_LIMIT_MS = 60_000;

/** How a step ends for a worker: it reports, it dies, or it stands still in the middle. */
export type StepEnd =
  { kind: 'done'; report: StepReport } | { kind: 'died' } | { kind: 'stalled'; at: StalledAt };

/** A worker as the campaign sees it: a process that answers, stands still, or is gone. */
export type WorkerProcess = {
  applicationName: string;
  /**
   * Resolves once it has built its engine. It begins to when first asked: while one is at the database, no other is, or what
   * one leaves behind there would depend on how far the other is.
   */
  ready(): Promise<void>;
  takeStep(command: StepCommand): Promise<StepEnd>;
  /** Lets it go on with the step in which it was stopped. */
  wake(nowMs: number): Promise<StepEnd>;
  /** Ends its wait for the reply to one of its requests. */
  timeOut(request: number): void;
  /** Resolves once it has seen what came in on its sockets; never where it does not get to it. */
  look(): Promise<unknown>;
  stop(): Promise<void>;
};

/** Starts a worker; it loads while the campaign goes on with another. */
export function startWorker(setup: WorkerSetup): WorkerProcess {
  const child = fork(path.join(import.meta.dirname, 'worker.ts'), [], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc', 'pipe'],
    // Most of a worker's life is its start, and most of what is made there stays.
    execArgv: ['--max-semi-space-size=64'],
    env: { ...process.env, NODE_COMPILE_CACHE: path.resolve('.cache', 'compiled') },
  });
  const pipe = child.stdio[STALL_FD] as Duplex;
  pipe.on('error', () => undefined);
  const send = (message: ToWorker) => void child.send(message, () => undefined);
  const loaded = waitFor(child, 'loaded', { limitMs: START_LIMIT_MS });
  loaded.catch(() => undefined);
  const setUp = async () => {
    await loaded;
    const answer = waitFor(child, 'ready', { limitMs: START_LIMIT_MS });
    send({ kind: 'setup', setup });
    await answer;
  };
  let ready: Promise<void> | undefined;
  const endOfStep = async (): Promise<StepEnd> => {
    const over = new AbortController();
    const stalled = nextData(pipe, over.signal);
    const reported = waitFor(child, 'done', { limitMs: STEP_LIMIT_MS, signal: over.signal });
    const end = await Promise.race([reported, stalled]);
    over.abort();
    if (typeof end === 'string') return { kind: 'stalled', at: end as StalledAt };
    return end?.kind === 'done' ? end : { kind: 'died' };
  };
  return {
    applicationName: setup.applicationName,
    ready: () => (ready ??= setUp()),
    takeStep(command) {
      const end = endOfStep();
      send({ kind: 'step', command });
      return end;
    },
    async wake(nowMs) {
      const end = endOfStep();
      await new Promise((resolve) => pipe.write(String(nowMs), resolve));
      child.kill('SIGCONT');
      return end;
    },
    timeOut(request) {
      send({ kind: 'timeout', request });
    },
    look() {
      const answer = waitFor(child, 'looked', { limitMs: STEP_LIMIT_MS }).catch(() => undefined);
      send({ kind: 'look' });
      return answer;
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    },
  };
}

function nextData(pipe: Duplex, signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    const listener = (data: Buffer) => resolve(data.toString('latin1'));
    pipe.once('data', listener);
    signal.addEventListener('abort', () => pipe.off('data', listener));
  });
}

type Wait = { limitMs: number; signal?: AbortSignal };

/** Resolves to the next message of a kind; to `null` when the process ends by SIGKILL first. */
function waitFor(
  child: ChildProcess,
  kind: FromWorker['kind'],
  { limitMs, signal: over }: Wait,
): Promise<FromWorker | null> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      end(() => {
        reject(new Error(`The worker has not said "${kind}" within ${String(limitMs / 1000)} s`));
      });
    }, limitMs);
    const onMessage = (message: FromWorker) => {
      if (message.kind === kind) end(() => resolve(message));
      else if (message.kind === 'failed') end(() => reject(new Error(message.error)));
    };
    const onExit = (code: number | null, signal: string | null) => {
      if (signal === 'SIGKILL') end(() => resolve(null));
      else end(() => reject(new Error(`The worker ended with ${String(code ?? signal)}`)));
    };
    function end(settle: () => void): void {
      clearTimeout(timer);
      child.off('message', onMessage);
      child.off('exit', onExit);
      settle();
    }
    child.on('message', onMessage);
    child.on('exit', onExit);
    over?.addEventListener('abort', () => end(() => undefined));
  });
}
