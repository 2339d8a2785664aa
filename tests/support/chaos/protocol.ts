import type { Side } from '../../../jobs/trading/types.ts';

/** What a worker needs to build the engine. */
export type WorkerSetup = {
  seed: string;
  databaseUrl: string;
  applicationName: string;
  venueUrl: string;
  /** Base64 of 32 bytes. */
  encryptionKey: string;
  userId: string;
  /** Takes an order of unknown outcome for one that was never sent. */
  isUnsafe: boolean;
};

/** Something a person or a strategy wants, through the product's own paths. */
export type Wish =
  | {
      kind: 'intend';
      botRunId: string;
      side: Side;
      type: 'market' | 'limit';
      /** Base units; a sale is of what the bot holds. */
      quantity: string;
      limitPrice: string;
      leg: number;
    }
  | { kind: 'stop'; botRunId: string; closePosition: boolean }
  | { kind: 'start'; botRunId: string };

/**
 * Where a process dies, or loses a database connection: at a statement to the database or a request to the
 * venue. `any` counts all of the step; `order` counts from the request that carries an order to the venue.
 */
export type Blow = {
  what: 'kill' | 'cut';
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

/** What a worker reports after a step: how many writes it took, whether the blow fell, and what went wrong outside a job. */
export type StepReport = { writes: number; hasFallen: boolean; error: string | null };

export type ToWorker = { kind: 'setup'; setup: WorkerSetup } | { kind: 'step'; command: StepCommand };
export type FromWorker =
  | { kind: 'loaded' }
  | { kind: 'ready' }
  | { kind: 'done'; report: StepReport }
  | { kind: 'failed'; error: string };
