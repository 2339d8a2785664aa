/** Takes real time out of a worker: what is measured follows the campaign's clock, and a client waits in vain as the driver says. */
import { AsyncLocalStorage } from 'node:async_hooks';
import ccxt from 'ccxt';
import { REQUEST_HEADER } from './protocol.ts';

type FetchArguments = [url: string, method: string, headers: Record<string, string>, body?: string];
type Fetch = (this: object, ...args: FetchArguments) => Promise<unknown>;
type Patient = { throttle: () => Promise<void>; fetch: Fetch };

/** How long ccxt waits for a reply. */
const CLIENT_TIMEOUT_MS = 10_000;

/** How long the product's notebook on exchanges waits before it writes: the timer that is left out. */
const NOTE_EVERY_MS = 3_000;

const current = new AsyncLocalStorage<number>();
const waiting = new Map<number, { giveUp: () => void; sinceMs: number }>();
let requests = 0;

/** Ends the wait for the reply to a request, as the client's own timer would. */
export function timeOut(request: number): void {
  waiting.get(request)?.giveUp();
}

/** Lets the client's timers see that the clock has moved while the process stood still. */
export function timeOutAll(nowMs: number): void {
  for (const { giveUp, sinceMs } of [...waiting.values()]) if (nowMs - sinceMs >= CLIENT_TIMEOUT_MS) giveUp();
}

/** The line of who called a timer. */
function findCaller(): string {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 3;
  const lines = (new Error().stack ?? '').split('\n');
  Error.stackTraceLimit = stackTraceLimit;
  return lines[3] ?? '';
}

/**
 * Takes the waits out of ccxt (its rate limiter, and the timer that ends its wait for a reply), and leaves out notes that
 * a timer writes in between.
 */
export function leaveRealTime(clock: { now(): number }, workerName: string): void {
  performance.now = () => clock.now();
  const later = globalThis.setTimeout;
  const never = { unref: () => never, hasRef: () => false };
  const patched = (...args: Parameters<typeof later>) => {
    const request = current.getStore();
    if (request === undefined && args[1] !== NOTE_EVERY_MS) return later(...args);
    const caller = findCaller();
    if (caller.includes('ban-guard.ts')) return never;
    if (request === undefined || !caller.includes('base/Exchange.js')) return later(...args);
    waiting.set(request, { giveUp: args[0], sinceMs: clock.now() });
    return never;
  };
  Object.assign(globalThis, { setTimeout: Object.assign(patched, later) });
  const shared = Object.getPrototypeOf(Object.getPrototypeOf(ccxt.binance.prototype)) as Patient;
  const { fetch } = shared;
  shared.throttle = () => Promise.resolve();
  let last: Promise<unknown> = Promise.resolve();
  shared.fetch = function named(...[url, method, headers, body]) {
    // One at a time: which of several replies comes first is a matter of real time.
    const next = last.then(async () => {
      const request = (requests += 1);
      const marked = { ...headers, [REQUEST_HEADER]: `${workerName}:${request}` };
      try {
        return await current.run(request, () => fetch.call(this, url, method, marked, body));
      } finally {
        waiting.delete(request);
      }
    });
    last = next.catch(() => undefined);
    return next;
  };
}
