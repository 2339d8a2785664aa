/** A worker of a chaos campaign: the real engine in a process of its own, which does one step at a time as it is told. */
import './quick-loading.ts';
import { beginStep, endStep, onWake } from './blows.ts';
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import type { FromWorker, StepCommand, ToWorker } from './protocol.ts';
import { createRandom } from './random.ts';

/** Ids that the product draws by chance follow from seed and step, so that jobs come in the same order in every run. */
let ids = createRandom('worker');
crypto.randomUUID = () => ids.uuid() as ReturnType<typeof crypto.randomUUID>;
syncBuiltinESMExports();
/** So do the names that a driver draws for its statements. */
const names = createRandom('names');
Math.random = () => names.next();

const { openEngine } = await import('./worker-engine.ts');
const { timeOut } = await import('./real-time.ts');
const { allGone } = await import('./sessions.ts');
type Worker = Awaited<ReturnType<typeof openEngine>>;

let worker: Worker | undefined;
let seed = '';

const say = (message: FromWorker) => process.send?.(message);

async function takeStep(command: StepCommand): Promise<void> {
  if (!worker) throw new Error('The worker has not been set up');
  ids = createRandom(`ids:${seed}:${String(command.step)}`);
  beginStep(command.blow);
  const error = await worker.takeStep(command).then(
    () => null,
    (failure: unknown) => (failure instanceof Error ? (failure.stack ?? failure.message) : String(failure)),
  );
  say({ kind: 'done', report: { ...endStep(), error } });
}

async function obey(message: ToWorker): Promise<void> {
  switch (message.kind) {
    case 'timeout':
      timeOut(message.request);
      return;
    case 'look':
      await allGone();
      say({ kind: 'looked' });
      return;
    case 'step':
      return takeStep(message.command);
    case 'setup':
      seed = message.setup.seed;
      worker = await openEngine(message.setup);
      onWake(worker.wake);
      say({ kind: 'ready' });
  }
}

process.on('message', (message) => {
  obey(message as ToWorker).catch((error: unknown) => {
    say({ kind: 'failed', error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  });
});
/** The driver faults on a write that it had put off when its connection went: a process ends there, as under a kill. */
process.on('uncaughtException', (error) => {
  if (error.stack?.includes('postgres/src/connection.js')) process.kill(process.pid, 'SIGKILL');
  console.error(error);
  process.exit(1);
});
process.on('disconnect', () => process.exit(0));
say({ kind: 'loaded' });
