import { listIntentsLeftBehind, listOrdersLeftBehind } from '../../db/queries/orders.ts';
import type { Deps } from '../deps.ts';

/** How often a working order is looked at, by its age: often while it is young. */
const LOOKS = [
  { untilAgeMs: 60_000, everyMs: 5_000 },
  { untilAgeMs: 3_600_000, everyMs: 15_000 },
  { untilAgeMs: Infinity, everyMs: 60_000 },
];
/** Longer than the queue needs to hand an intent out. */
const INTENT_WAIT_MS = 15_000;
/** A client that waits for a reply gives up before this. */
const SUBMIT_WAIT_MS = 20_000;

/**
 * Sends orders on their way that nobody is working on: whatever process had them may be gone. A key per order and time
 * slot keeps repeated sweeps, in any number of processes, from adding a second look.
 */
export async function sweepOrders(deps: Deps): Promise<void> {
  const nowMs = deps.clock.now();
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
