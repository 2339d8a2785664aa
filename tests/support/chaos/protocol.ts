import type { Side, TimeInForce } from '../../../jobs/trading/types.ts';

/** The exchanges that a campaign trades on: two protocols, two vocabularies of errors. */
export const EXCHANGES = ['binance', 'kraken'] as const;
export type Exchange = (typeof EXCHANGES)[number];

/**
 * A protection that is taken away, to see that it would be missed. `resend`: an order of unknown outcome is sent again;
 * `give-up`: it counts as refused; `repeat-fills`: a trade may be booked each time it is reported.
 */
export const UNSAFE = ['resend', 'give-up', 'repeat-fills'] as const;
export type Unsafe = (typeof UNSAFE)[number];

/** What a worker needs to build the engine. */
export type WorkerSetup = {
  seed: string;
  databaseUrl: string;
  applicationName: string;
  venueUrls: Record<Exchange, string>;
  /** Base64 of 32 bytes. */
  encryptionKey: string;
  userId: string;
  unsafe: Unsafe | null;
};

/** Something a person or a strategy wants, through the product's own paths. */
export type Wish =
  | {
      kind: 'intend';
      botRunId: string;
      side: Side;
      /** A stop-limit order to buy stops at `stopPrice`; the others have none. */
      type: 'market' | 'limit' | 'stop_limit';
      timeInForce: TimeInForce;
      isPostOnly: boolean;
      /** Base units; a sale is of what the bot holds. */
      quantity: string;
      limitPrice: string;
      stopPrice: string;
      leg: number;
    }
  | {
      kind: 'signal';
      webhookId: string;
      action: 'buy' | 'sell';
      /** What makes it the same signal when it is posted again. */
      key: string;
    }
  | { kind: 'stop'; botRunId: string; closePosition: boolean }
  | { kind: 'start'; botRunId: string }
  | {
      kind: 'pull';
      scope: 'bot' | 'account' | 'all';
      targetId: string;
      level: 'entries' | 'orders' | 'positions';
    }
  | { kind: 'lift' };

/**
 * Where a process dies, is stopped for a while, or loses a database connection: at a statement to the database or a
 * request to a venue. `any` counts all of the step; `order` counts from the request that carries an order to a venue.
 */
export type Blow = {
  what: 'kill' | 'cut' | 'stall';
  from: 'any' | 'order';
  at: number;
  when: 'before' | 'after';
};

export type StepCommand = {
  step: number;
  nowMs: number;
  wishes: Wish[];
  hasTicks: boolean;
  hasWatches: boolean;
  rounds: number;
  blow: Blow | null;
};

/**
 * What a worker reports after a step: how many writes it took, a digest of the words of all of them, whether the blow fell,
 * and what went wrong outside a job.
 */
export type StepReport = { writes: number; words: string; hasFallen: boolean; error: string | null };

/** At what a worker was stopped. */
export type StalledAt = 'order' | 'request' | 'statement';

export type ToWorker =
  | { kind: 'setup'; setup: WorkerSetup }
  | { kind: 'step'; command: StepCommand }
  | { kind: 'timeout'; request: number }
  | { kind: 'look' };
export type FromWorker =
  | { kind: 'loaded' }
  | { kind: 'ready' }
  | { kind: 'looked' }
  | { kind: 'done'; report: StepReport }
  | { kind: 'failed'; error: string };

/** Names the worker and its request, so that the driver can let exactly that one wait in vain. */
export const REQUEST_HEADER = 'x-chaos-request';
/** The pipe by which a worker tells that it stops, and learns the time when it is woken. */
export const STALL_FD = 4;
