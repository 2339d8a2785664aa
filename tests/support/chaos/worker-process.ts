import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import type { FromWorker, StepCommand, StepReport, ToWorker, WorkerSetup } from './protocol.ts';

const START_LIMIT_MS = 60_000;
const STEP_LIMIT_MS = 60_000;

/** A worker as the campaign sees it: a process that answers, or is gone. */
export type WorkerProcess = {
  applicationName: string;
  /** Resolves once it has built its engine. */
  ready: Promise<void>;
  /** Resolves to what it reports, or to `null` when it died. */
  takeStep(command: StepCommand): Promise<StepReport | null>;
  stop(): Promise<void>;
};

/** Starts a worker; it loads while the campaign goes on with another. */
export function startWorker(setup: WorkerSetup): WorkerProcess {
  const child = fork(path.join(import.meta.dirname, 'worker.ts'), [], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    execArgv: [],
    env: { ...process.env, NODE_COMPILE_CACHE: path.resolve('.cache', 'compiled') },
  });
  const send = (message: ToWorker) => void child.send(message, () => undefined);
  const ready = waitFor(child, 'loaded', START_LIMIT_MS).then(async () => {
    const answer = waitFor(child, 'ready', START_LIMIT_MS);
    send({ kind: 'setup', setup });
    await answer;
  });
  ready.catch(() => undefined);
  return {
    applicationName: setup.applicationName,
    ready,
    async takeStep(command) {
      const answer = waitFor(child, 'done', STEP_LIMIT_MS);
      send({ kind: 'step', command });
      const message = await answer;
      return message?.kind === 'done' ? message.report : null;
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** Resolves to the next message of a kind; to `null` when the process ends by SIGKILL first. */
function waitFor(child: ChildProcess, kind: FromWorker['kind'], limitMs: number): Promise<FromWorker | null> {
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
  });
}
