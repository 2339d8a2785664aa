import { acknowledgeAlerts, listOpenAlerts, listPastAlerts, type Alert } from '../../db/queries/alerts.ts';
import type { Deps } from '../../jobs/deps.ts';
import type { PastAlertView } from '../schemas/alert-views.ts';
import type { AlertView } from '../schemas/views.ts';
import { iso } from './bot-views.ts';
import { notFound } from './ids.ts';

const OPEN = 100;
const PAST = 100;

/** Returns a user's open and past alerts, newest first, at most 100 of each. */
export async function listAlertsOf(
  deps: Deps,
  userId: string,
): Promise<{ open: AlertView[]; past: PastAlertView[] }> {
  const [open, past] = await Promise.all([
    listOpenAlerts(deps.db, userId, OPEN),
    listPastAlerts(deps.db, userId, PAST),
  ]);
  return { open: open.map(toAlertView), past: past.map(toPastView) };
}

/** Marks one open alert as seen. Throws 404 for what is none of the user's open ones. */
export async function acknowledgeAlert(deps: Deps, userId: string, alertId: string): Promise<void> {
  const id = /^\d{1,15}$/.test(alertId) ? Number(alertId) : undefined;
  const atMs = deps.clock.now();
  const count = id === undefined ? 0 : await acknowledgeAlerts(deps.db, userId, { alertId: id, atMs });
  if (count === 0) throw notFound('open alert');
}

/** Marks all of a user's open alerts as seen. */
export async function acknowledgeAllAlerts(deps: Deps, userId: string): Promise<void> {
  await acknowledgeAlerts(deps.db, userId, { atMs: deps.clock.now() });
}

export function toAlertView({ id, botRunId, botName, code, title, detail, createdAtMs }: Alert): AlertView {
  return { id: String(id), botRunId, botName, code, title, detail, createdAt: iso(createdAtMs) };
}

function toPastView(alert: Alert): PastAlertView {
  const { resolvedAtMs, acknowledgedAtMs, createdAtMs } = alert;
  const isOver = resolvedAtMs !== null;
  return {
    ...toAlertView(alert),
    endedAt: iso(resolvedAtMs ?? acknowledgedAtMs ?? createdAtMs),
    ending: isOver ? 'over' : 'acknowledged',
  };
}
