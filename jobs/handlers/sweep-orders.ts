import { listIntentsLeftBehind, listOrdersLeftBehind } from '../../db/queries/orders.ts';
import { listSignalsLeftBehind } from '../../db/queries/webhook-signals.ts';
import type { Deps } from '../deps.ts';
import { PRIORITY } from '../queues.ts';

/** How often a working order is looked at, by its age: often while it is young. */
const LOOKS = [
  { untilAgeMs: 60_000, everyMs: 5_000 },
  { untilAgeMs: 3_600_000, everyMs: 15_000 },
  { untilAgeMs: Infinity, everyMs: 60_000 },
];
/** Longer than the queue needs to hand an intent out. */
const INTENT_WAIT_MS = 15_000;
/** A buy that was posted is dropped after 30 s: it is taken up again well before. */
const SIGNAL_WAIT_MS = 5_000;
/** A client that waits for a reply gives up before this. */
const SUBMIT_WAIT_MS = 20_000;

/**
 * Sends orders and posted signals on their way that nobody is working on: whatever process had them may be gone. A key per order and time
 * slot keeps repeated sweeps, in any number of processes, from adding a second look.
 */
export async function sweepOrders(deps: Deps): Promise<void> {
  const nowMs = deps.clock.now();
  await sweepSignals(deps, nowMs);
  const intents = await listIntentsLeftBehind(deps.db, nowMs - INTENT_WAIT_MS);
  await deps.boss.enqueue(
    deps.db,
    'place-order',
    intents.map((orderId) => ({
      payload: { orderId },
      key: `${orderId}:${Math.floor(nowMs / INTENT_WAIT_MS)}`,
    })),
  );
  const working = [
    ...(await listOrdersLeftBehind(deps.db, ['submitting'], nowMs - SUBMIT_WAIT_MS)),
    ...(await listOrdersLeftBehind(deps.db, ['unknown', 'open', 'partially_filled'], nowMs)),
  ];
  await deps.boss.enqueue(
    deps.db,
    'sync-order',
    working.map(({ id, submittedAtMs }) => {
      const ageMs = nowMs - submittedAtMs;
      const everyMs = LOOKS.find((look) => ageMs < look.untilAgeMs)?.everyMs ?? 60_000;
      return { payload: { orderId: id }, key: `${id}:${everyMs}:${Math.floor(nowMs / everyMs)}` };
    }),
  );
}

/** A posted signal whose process is gone would otherwise wait until the queue takes its job for dead. */
async function sweepSignals(deps: Deps, nowMs: number): Promise<void> {
  const signals = await listSignalsLeftBehind(deps.db, nowMs - SIGNAL_WAIT_MS);
  const jobs = signals.map((signalId) => ({
    payload: { signalId },
    key: `${signalId}:sweep:${Math.floor(nowMs / SIGNAL_WAIT_MS)}`,
    priority: PRIORITY.exit,
  }));
  await deps.boss.enqueue(deps.db, 'act-on-signal', jobs);
}
