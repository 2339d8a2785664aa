import { and, desc, eq, isNull } from 'drizzle-orm';
import type { Db } from '../client.ts';
import { botRuns } from '../schema/bots.ts';
import { alerts } from '../schema/reports.ts';

export type Alert = {
  id: number;
  botRunId: string | null;
  botName: string | null;
  code: string;
  title: string;
  detail: string;
  createdAtMs: number;
};

/** Returns a user's alerts that are not resolved, newest first. */
export async function listOpenAlerts(db: Db, userId: string, limit: number): Promise<Alert[]> {
  const rows = await db
    .select({ alert: alerts, botName: botRuns.name })
    .from(alerts)
    .leftJoin(botRuns, eq(botRuns.id, alerts.botRunId))
    .where(and(eq(alerts.userId, userId), isNull(alerts.resolvedAt)))
    .orderBy(desc(alerts.createdAt), desc(alerts.id))
    .limit(limit);
  return rows.map(({ alert, botName }) => ({
    id: alert.id,
    botRunId: alert.botRunId,
    botName,
    code: alert.code,
    title: alert.title,
    detail: alert.detail,
    createdAtMs: alert.createdAt.getTime(),
  }));
}
