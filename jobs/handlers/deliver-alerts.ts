import { syncBanAlerts } from '../../db/queries/account-health.ts';
import { announceAlerts, insertFillAlerts } from '../../db/queries/alerts.ts';
import { insertDeliveries, listListeningChannels } from '../../db/queries/alert-channels.ts';
import type { Deps } from '../deps.ts';
import { topicOf } from '../notify/topics.ts';

/** A fill older than this is no news. */
const FILL_NEWS_MS = 600_000;
const AT_ONCE = 500;

/** Hands new alerts to the channels that want them: one job for each, in the transaction that marks the alert as announced. */
export async function deliverAlerts(deps: Deps): Promise<void> {
  const nowMs = deps.clock.now();
  await syncBanAlerts(deps.db, nowMs);
  await insertFillAlerts(deps.db, nowMs - FILL_NEWS_MS, nowMs);
  await deps.db.transaction(async (tx) => {
    const alerts = await announceAlerts(tx, { limit: AT_ONCE, atMs: nowMs });
    if (alerts.length === 0) return;
    const channels = await listListeningChannels(tx, [...new Set(alerts.map((alert) => alert.userId))]);
    const wanted = alerts.flatMap((alert) =>
      channels
        .filter(({ userId, topics }) => userId === alert.userId && topics.includes(topicOf(alert.code)))
        .map((channel) => ({ alertId: alert.id, channelId: channel.id })),
    );
    const deliveries = await insertDeliveries(tx, wanted);
    await deps.boss.enqueue(
      tx,
      'send-alert',
      deliveries.map((deliveryId) => ({ payload: { deliveryId }, key: deliveryId })),
    );
  });
}
