import { openClient, type CcxtClient, type CcxtExchange } from './ccxt-client.ts';
import type { ClientOptions } from './ccxt-options.ts';
import { ExchangeError } from './errors.ts';
import { findReply } from './exchange-reply.ts';
import { toExchangeError, type FailedCall } from './map-error.ts';

/** One client of one venue: made when first needed; everything that fails inside `call` comes out as `ExchangeError`. */
export type Connection = {
  venue: string;
  clock: { now(): number };
  /** Runs `work` against the exchange. `place` and `cancel` may have been carried out when the reply is lost. */
  call<T>(action: FailedCall['action'], work: (exchange: CcxtExchange) => Promise<T>): Promise<T>;
};

/** Returns a connection; nothing is loaded or sent before its first call. */
export function connect(options: ClientOptions): Connection {
  const { venue, clock, credentials } = options;
  const secrets = credentials ? Object.values(credentials) : [];
  const gate = credentials ? options.traffic?.account : options.traffic?.public;
  const client = lazily(() => openClient(options));
  return {
    venue,
    clock,
    async call(action, work) {
      let opened: CcxtClient | undefined;
      let sentBefore = 0;
      try {
        opened = await client();
        sentBefore = opened.sentCount();
        return await work(opened.exchange);
      } catch (error) {
        const reply = findReply(error);
        const wasSent = opened !== undefined && opened.sentCount() > sentBefore;
        const failure = toExchangeError(error, {
          action,
          venue,
          wasSent,
          secrets,
          ...(reply ? { reply } : {}),
        });
        if (asksInWords(error, failure)) await gate?.onLimited(failure.message);
        throw failure;
      }
    },
  };
}

/** Errors of our own are refusals to send, and a status that asks for a pause has been heard where it arrived. */
function asksInWords(error: unknown, failure: ExchangeError): boolean {
  if (failure.kind !== 'rate-limited' || error instanceof ExchangeError) return false;
  const status = findReply(error)?.status;
  return status !== 429 && status !== 418;
}

/** Returns a function that makes a thing once, for all callers; a failed making is forgotten. */
export function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}

/** Returns a function that runs the tasks given to it one after another, whatever becomes of each. */
export function inTurn(): <T>(task: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const next = last.then(task, task);
    last = next.catch(() => undefined);
    return next;
  };
}

/** Returns whether a venue refused a request for its time or nonce. */
export function isStaleTime(error: unknown): boolean {
  return (
    error instanceof ExchangeError && error.cause instanceof Error && error.cause.name === 'InvalidNonce'
  );
}
