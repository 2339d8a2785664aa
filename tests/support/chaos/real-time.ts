/** Takes real time out of a worker: what is measured follows the campaign's clock, and a client waits in vain as the driver says. */
import { AsyncLocalStorage } from 'node:async_hooks';
import ccxt from 'ccxt';
import { REQUEST_HEADER } from './protocol.ts';
import { atRest, endTurn, inTurn, takeTurn } from './turns.ts';

type FetchArguments = [url: string, method: string, headers: Record<string, string>, body?: string];
type Fetch = (this: object, ...args: FetchArguments) => Promise<unknown>;
type Patient = { throttle: () => Promise<void>; fetch: Fetch };

/** How long ccxt waits for a reply. */
const CLIENT_TIMEOUT_MS = 10_000;

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

const never = { unref: () => never, hasRef: () => false };

type Timer = (act: () => void, request: number | undefined) => unknown;

/** What becomes of a timer, by a part of the line that set it; of others, nothing is changed. */
const TIMERS: [where: string, timer: Timer][] = [
  // Notes on exchanges that are written in between.
  ['ban-guard.ts', () => never],
  // A wait for an exchange to publish a candle takes its turn among the questions.
  [
    'decide-group.ts',
    (act) => {
      takeTurn(() => {
        act();
        atRest(endTurn);
      });
      return never;
    },
  ],
  // Connections are neither given up nor closed for their age, and made anew at once.
  ['postgres/src/connection.js', (act) => (act.name === 'connect' ? setImmediate(act) : never)],
  ['pg-pool/', () => never],
  ['pg/lib/', () => never],
  // What a queue does beside the work, once a minute.
  ['pg-boss/dist/clock.js', () => never],
  // How long ccxt waits for a reply.
  ['base/Exchange.js', waitInVain],
];

function waitInVain(giveUp: () => void, request: number | undefined): unknown {
  if (request === undefined) return undefined;
  waiting.set(request, { giveUp, sinceMs: clock.now() });
  return never;
}

const clock = { now: () => 0 };

function replaceTimers(): void {
  const later = globalThis.setTimeout;
  const patched = (...args: Parameters<typeof later>) => {
    const caller = findCaller();
    const [, timer] = TIMERS.find(([where]) => caller.includes(where)) ?? [];
    return timer?.(args[0], current.getStore()) ?? later(...args);
  };
  // A queue's looks at its own tables.
  const setInterval = () => never;
  Object.assign(globalThis, { setTimeout: Object.assign(patched, later), setInterval });
}

/** Has each request and the whole of its reply take a turn. */
function replaceFetch(): void {
  const { fetch } = globalThis;
  const whole = async (...args: Parameters<typeof fetch>) => {
    const response = await fetch(...args);
    const text = await response.text().catch((error: unknown) => error as Error);
    const { status, statusText, headers } = response;
    return { status, statusText, headers, text: () => (text instanceof Error ? Promise.reject(text) : text) };
  };
  globalThis.fetch = ((...args: Parameters<typeof fetch>) => inTurn(() => whole(...args))) as never;
}

/**
 * Takes the waits out of ccxt (its rate limiter, and the timer that ends its wait for a reply), and out of the drivers of
 * the database.
 */
export function leaveRealTime(campaignClock: { now(): number }, workerName: string): void {
  clock.now = () => campaignClock.now();
  performance.now = clock.now;
  replaceTimers();
  replaceFetch();
  const shared = Object.getPrototypeOf(Object.getPrototypeOf(ccxt.binance.prototype)) as Patient;
  const { fetch } = shared;
  shared.throttle = () => Promise.resolve();
  shared.fetch = async function named(...[url, method, headers, body]) {
    const request = (requests += 1);
    const marked = { ...headers, [REQUEST_HEADER]: `${workerName}:${request}` };
    try {
      return await current.run(request, () => fetch.call(this, url, method, marked, body));
    } finally {
      waiting.delete(request);
    }
  };
}
