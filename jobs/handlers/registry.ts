/** Which handler serves which queue. A handler of one payload has a batch run side by side; each outcome stands alone. */
import type { BatchHandler, Boss, Outcome } from '../boss.ts';
import type { Deps } from '../deps.ts';
import { QUEUES, type Payload, type QueueName } from '../queues.ts';
import { actOnSignal } from './act-on-signal.ts';
import { assessRisk } from './assess-risk.ts';
import { cleanUp } from './clean-up.ts';
import { deliverAlerts } from './deliver-alerts.ts';
import { keepOrders } from './keep-orders.ts';
import { workOnDownload } from './download-candles.ts';
import { killSwitch } from './kill-switch.ts';
import { placeOrders } from './place-order.ts';
import { reconcileAccount } from './reconcile-account.ts';
import { refreshCandles } from './refresh-candles.ts';
import { runBacktest } from './run-backtest.ts';
import { runOptimization } from './run-optimization.ts';
import { sendAlert } from './send-alert.ts';
import { stopBot } from './stop-bot.ts';
import { sweepOrders } from './sweep-orders.ts';
import { syncOrder } from './sync-order.ts';
import { tickBot } from './tick-bot.ts';

type OneHandler<N extends QueueName> = (deps: Deps, payload: Payload<N>) => Promise<void>;

function oneByOne<N extends QueueName>(
  handle: OneHandler<N>,
): (deps: Deps, payloads: Payload<N>[]) => Promise<Outcome[]> {
  return async (deps, payloads) => {
    const settled = await Promise.allSettled(payloads.map((payload) => handle(deps, payload)));
    return settled.map((result) => (result.status === 'fulfilled' ? null : toError(result.reason)));
  };
}

const toError = (reason: unknown) => (reason instanceof Error ? reason : new Error(String(reason)));

const HANDLERS: { [N in QueueName]: (deps: Deps, payloads: Payload<N>[]) => Promise<Outcome[]> } = {
  'tick-bot': tickBot,
  'act-on-signal': oneByOne<'act-on-signal'>(actOnSignal),
  'place-order': placeOrders,
  'sync-order': oneByOne<'sync-order'>(syncOrder),
  'keep-orders': oneByOne<'keep-orders'>(keepOrders),
  'stop-bot': oneByOne<'stop-bot'>(stopBot),
  'kill-switch': oneByOne<'kill-switch'>(killSwitch),
  'refresh-candles': oneByOne<'refresh-candles'>(refreshCandles),
  'download-candles': oneByOne<'download-candles'>(workOnDownload),
  'run-backtest': oneByOne<'run-backtest'>(runBacktest),
  'run-optimization': oneByOne<'run-optimization'>(runOptimization),
  'sweep-orders': oneByOne<'sweep-orders'>(sweepOrders),
  'assess-risk': oneByOne<'assess-risk'>(assessRisk),
  'deliver-alerts': oneByOne<'deliver-alerts'>(deliverAlerts),
  'send-alert': oneByOne<'send-alert'>(sendAlert),
  'reconcile-account': oneByOne<'reconcile-account'>(reconcileAccount),
  'clean-up': oneByOne<'clean-up'>(cleanUp),
};

/** Returns a queue's handler, counting what becomes of each job. */
export function handlerOf<N extends QueueName>(deps: Deps, queue: N): BatchHandler<N> {
  return async (payloads) => {
    const outcomes = await HANDLERS[queue](deps, payloads);
    const failed = outcomes.filter((outcome) => outcome !== null).length;
    deps.metrics.queueJobs.inc({ queue, outcome: 'failed' }, failed);
    deps.metrics.queueJobs.inc({ queue, outcome: 'completed' }, outcomes.length - failed);
    return outcomes;
  };
}

/** Lets this process work on every queue. */
export async function workOnAll(deps: Deps, boss: Boss): Promise<void> {
  for (const queue of Object.keys(QUEUES) as QueueName[]) await boss.work(queue, handlerOf(deps, queue));
}
