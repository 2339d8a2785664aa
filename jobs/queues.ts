/**
 * THE QUEUE TABLE: every kind of background work, what its payload holds, and how it is run and retried.
 * A payload holds ids, never rows or secrets. A queue's name is the name of its handler's file.
 */
import { z } from 'zod';
import { TIMEFRAMES } from './trading/timeframe.ts';

export type QueueSpec = {
  payload: z.ZodType;
  /** Jobs handed to the handler at once. */
  batchSize: number;
  /** Workers of this queue in one process. */
  concurrency: number;
  retryLimit: number;
  /** First delay; doubles with each try, up to `retryDelayMaxS`. */
  retryDelayS: number;
  retryDelayMaxS: number;
  /** A worker that has not finished by then is taken for dead and the job is handed out again. */
  expireInS: number;
  /** A worker that says nothing for so long is taken for dead before that; at least 10. */
  heartbeatS?: number;
  /** How long a finished job is kept. */
  keepS: number;
};

const orderPayload = z.object({ orderId: z.uuid() });

export const QUEUES = {
  /** One bot decides on one closed candle. */
  'tick-bot': {
    payload: z.object({ botRunId: z.uuid(), candleTimeMs: z.int() }),
    batchSize: 2_000,
    concurrency: 2,
    retryLimit: 3,
    retryDelayS: 1,
    retryDelayMaxS: 10,
    expireInS: 60,
    keepS: 300,
  },
  /** A bot acts on a signal that was posted to it. */
  'act-on-signal': {
    /** `look`: how often the signal found an order of its bot working. */
    payload: z.object({ signalId: z.uuid(), look: z.int().optional() }),
    batchSize: 20,
    concurrency: 2,
    retryLimit: 1_000,
    retryDelayS: 1,
    retryDelayMaxS: 10,
    expireInS: 60,
    keepS: 3_600,
  },
  /** An order whose intent is committed goes to the venue. */
  'place-order': {
    payload: orderPayload,
    batchSize: 50,
    concurrency: 4,
    retryLimit: 20,
    retryDelayS: 1,
    retryDelayMaxS: 30,
    expireInS: 60,
    keepS: 3_600,
  },
  /** The venue is asked what became of an order, until that is final. */
  'sync-order': {
    payload: orderPayload,
    batchSize: 50,
    concurrency: 2,
    retryLimit: 1_000,
    retryDelayS: 1,
    retryDelayMaxS: 60,
    expireInS: 60,
    keepS: 3_600,
  },
  /** The orders that a bot keeps working are made those it wants: after fills, and every few seconds. */
  'keep-orders': {
    payload: z.object({ botRunId: z.uuid() }),
    batchSize: 20,
    concurrency: 2,
    retryLimit: 5,
    retryDelayS: 1,
    retryDelayMaxS: 10,
    expireInS: 60,
    keepS: 600,
  },
  /** A bot on its way to a stop: working orders are cancelled, the position closed if asked for. */
  'stop-bot': {
    /** `isExtra`: one look beside the numbered steps, which may have been lost. */
    payload: z.object({ botRunId: z.uuid(), step: z.int().optional(), isExtra: z.boolean().optional() }),
    batchSize: 1,
    concurrency: 2,
    retryLimit: 1_000,
    retryDelayS: 1,
    retryDelayMaxS: 30,
    expireInS: 120,
    keepS: 3_600,
  },
  /** What a kill switch covers of one bot: working orders are cancelled, the position closed, as far as it goes. */
  'kill-switch': {
    payload: z.object({ killSwitchId: z.uuid(), botRunId: z.uuid(), step: z.int() }),
    batchSize: 1,
    concurrency: 8,
    retryLimit: 1_000,
    retryDelayS: 1,
    retryDelayMaxS: 30,
    expireInS: 120,
    keepS: 3_600,
  },
  /** Candles of one market are fetched ahead of need: history for a new bot's chart, gaps. */
  'refresh-candles': {
    payload: z.object({ venue: z.string(), symbol: z.string(), timeframe: z.enum(TIMEFRAMES) }),
    batchSize: 1,
    concurrency: 2,
    retryLimit: 5,
    retryDelayS: 2,
    retryDelayMaxS: 60,
    expireInS: 300,
    keepS: 600,
  },
  /** A stretch of candles that a person wants is fetched from its venue, a slice of time a job. */
  'download-candles': {
    payload: z.object({ downloadId: z.uuid(), step: z.int() }),
    batchSize: 1,
    concurrency: 1,
    retryLimit: 1_000,
    retryDelayS: 2,
    retryDelayMaxS: 300,
    expireInS: 600,
    keepS: 3_600,
  },
  /**
   * What a strategy would have done on candles: fetched a slice a job, then simulated in a thread of its own. Its worker
   * shows that it lives, so that another takes over soon after it died.
   */
  'run-backtest': {
    payload: z.object({
      backtestId: z.uuid(),
      step: z.int(),
      cursor: z.object({ symbol: z.int(), reachedMs: z.int() }).optional(),
      failures: z.int().optional(),
    }),
    batchSize: 1,
    concurrency: 1,
    retryLimit: 5,
    retryDelayS: 2,
    retryDelayMaxS: 60,
    expireInS: 600,
    heartbeatS: 10,
    keepS: 3_600,
  },
  /** Parameters are searched, a slice of time a job, on threads that step back for all else. */
  'run-optimization': {
    payload: z.object({
      optimizationId: z.uuid(),
      cursor: z.object({ symbol: z.int(), reachedMs: z.int() }).optional(),
      failures: z.int().optional(),
    }),
    batchSize: 1,
    concurrency: 1,
    retryLimit: 5,
    retryDelayS: 2,
    retryDelayMaxS: 60,
    expireInS: 600,
    heartbeatS: 10,
    keepS: 3_600,
  },
  /** Orders that are neither final nor being worked on are sent on their way again, every few seconds. */
  'sweep-orders': {
    payload: z.object({ slotMs: z.int() }),
    batchSize: 1,
    concurrency: 1,
    retryLimit: 0,
    retryDelayS: 1,
    retryDelayMaxS: 1,
    expireInS: 30,
    keepS: 300,
  },
  /** Prices against stops, equity snapshots, alerts: every few seconds, for all bots. */
  'assess-risk': {
    payload: z.object({ slotMs: z.int() }),
    batchSize: 1,
    concurrency: 1,
    retryLimit: 0,
    retryDelayS: 1,
    retryDelayMaxS: 1,
    expireInS: 30,
    keepS: 300,
  },
  /** New alerts are handed to the channels that want them, every few seconds. */
  'deliver-alerts': {
    payload: z.object({ slotMs: z.int() }),
    batchSize: 1,
    concurrency: 1,
    retryLimit: 0,
    retryDelayS: 1,
    retryDelayMaxS: 1,
    expireInS: 30,
    keepS: 300,
  },
  /** One alert goes out by one channel. An outage of the channel keeps nothing but this queue waiting. */
  'send-alert': {
    payload: z.object({ deliveryId: z.uuid() }),
    batchSize: 10,
    concurrency: 2,
    retryLimit: 8,
    retryDelayS: 5,
    retryDelayMaxS: 900,
    expireInS: 60,
    keepS: 3_600,
  },
  /** An account is compared with its exchange: fills, orders, balances; every minute and at the start. */
  'reconcile-account': {
    payload: z.object({ accountId: z.uuid() }),
    batchSize: 4,
    concurrency: 1,
    retryLimit: 0,
    retryDelayS: 5,
    retryDelayMaxS: 60,
    expireInS: 120,
    keepS: 600,
  },
  /** Expired sessions, fine candles and fine snapshots that nobody reads any more are removed, hourly. */
  'clean-up': {
    payload: z.object({ slotMs: z.int() }),
    batchSize: 1,
    concurrency: 1,
    retryLimit: 2,
    retryDelayS: 60,
    retryDelayMaxS: 600,
    expireInS: 600,
    keepS: 7_200,
  },
} as const satisfies Record<string, QueueSpec>;

/** Within a queue, jobs of a higher priority are handed out first: exits before entries, money before paper. */
export const PRIORITY = { exit: 20, live: 10, paper: 0 } as const;

export type QueueName = keyof typeof QUEUES;
export type Payload<N extends QueueName> = z.infer<(typeof QUEUES)[N]['payload']>;
