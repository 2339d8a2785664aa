import { deleteHealthOfNobody } from '../../db/queries/account-health.ts';
import { deleteOldAlerts } from '../../db/queries/alerts.ts';
import { failStaleBacktests } from '../../db/queries/backtests.ts';
import { deleteCandlesBefore } from '../../db/queries/candles.ts';
import { deleteOldSignals } from '../../db/queries/webhook-signals.ts';
import { deleteExpiredSessions, thinSnapshots } from '../../db/queries/watch.ts';
import type { Deps } from '../deps.ts';

const DAY_MS = 86_400_000;
/**
 * One-second candles of one market fill 86,400 rows a day; nobody looks further back on them, except on series that a
 * person imported or downloaded: those are kept whole.
 */
const SECONDS_KEPT_MS = 3 * DAY_MS;
const FINE_SNAPSHOTS_MS = 7 * DAY_MS;
const PAST_ALERTS_MS = 90 * DAY_MS;
/** A signal's key counts as long as its row is kept. */
const SIGNALS_MS = 90 * DAY_MS;
const REFUSED_SIGNALS_MS = 7 * DAY_MS;

/** Removes what nobody reads any more. Orders, fills and decisions are kept for ever. */
export async function cleanUp(deps: Deps): Promise<void> {
  const nowMs = deps.clock.now();
  await deleteExpiredSessions(deps.db, nowMs);
  await deleteCandlesBefore(deps.db, '1s', nowMs - SECONDS_KEPT_MS);
  await thinSnapshots(deps.db, nowMs - FINE_SNAPSHOTS_MS);
  await deleteOldAlerts(deps.db, nowMs - PAST_ALERTS_MS);
  await deleteOldSignals(deps.db, {
    settledMs: nowMs - SIGNALS_MS,
    refusedMs: nowMs - REFUSED_SIGNALS_MS,
  });
  await deleteHealthOfNobody(deps.db);
  await failStaleBacktests(deps.db, nowMs - DAY_MS, nowMs);
}
