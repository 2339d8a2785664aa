import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import type { Db } from '../client.ts';
import { alertChannels, alertDeliveries } from '../schema/alert-channels.ts';
import { botRuns } from '../schema/bots.ts';
import { alerts } from '../schema/reports.ts';

type Sealed = { encrypted: string; iv: string };

export type ChannelKind = 'email' | 'telegram' | 'webhook';

/** A channel as lists show it, and what leads to it, sealed for (owner = user id, row = channel id, field `config`). */
export type AlertChannel = {
  id: string;
  userId: string;
  kind: ChannelKind;
  label: string;
  target: string;
  topics: string[];
  isOn: boolean;
  config: Sealed;
  lastSentAtMs: number | null;
  lastFailureAtMs: number | null;
  lastFailure: string | null;
};

type Row = typeof alertChannels.$inferSelect;

const toChannel = (row: Row): AlertChannel => ({
  id: row.id,
  userId: row.userId,
  kind: row.kind,
  label: row.label,
  target: row.target,
  topics: row.topics,
  isOn: row.isOn,
  config: { encrypted: row.encryptedConfig, iv: row.ivConfig },
  lastSentAtMs: row.lastSentAt?.getTime() ?? null,
  lastFailureAtMs: row.lastFailureAt?.getTime() ?? null,
  lastFailure: row.lastFailure,
});

export type NewAlertChannel = Pick<
  AlertChannel,
  'id' | 'userId' | 'kind' | 'label' | 'target' | 'topics' | 'config'
>;

/** Stores a channel; returns `undefined` where the owner has one of that label. */
export async function insertAlertChannel(
  db: Db,
  { config, ...channel }: NewAlertChannel,
): Promise<AlertChannel | undefined> {
  const [row] = await db
    .insert(alertChannels)
    .values({ ...channel, encryptedConfig: config.encrypted, ivConfig: config.iv })
    .onConflictDoNothing()
    .returning();
  return row && toChannel(row);
}

/** Returns a user's channels, by label. */
export async function listAlertChannels(db: Db, userId: string): Promise<AlertChannel[]> {
  const rows = await db
    .select()
    .from(alertChannels)
    .where(eq(alertChannels.userId, userId))
    .orderBy(asc(alertChannels.label));
  return rows.map(toChannel);
}

const ofOwner = (userId: string, id: string) =>
  and(eq(alertChannels.id, id), eq(alertChannels.userId, userId));

export async function findAlertChannel(
  db: Db,
  userId: string,
  id: string,
): Promise<AlertChannel | undefined> {
  const [row] = await db.select().from(alertChannels).where(ofOwner(userId, id));
  return row && toChannel(row);
}

/** Changes what goes out by a user's channel; returns whether there is such a channel. */
export async function updateAlertChannel(
  db: Db,
  { userId, id }: { userId: string; id: string },
  change: { topics: string[]; isOn: boolean },
): Promise<boolean> {
  const rows = await db
    .update(alertChannels)
    .set(change)
    .where(ofOwner(userId, id))
    .returning({ id: alertChannels.id });
  return rows.length > 0;
}

/** Deletes a user's channel with its deliveries; returns whether there was one. */
export async function deleteAlertChannel(db: Db, userId: string, id: string): Promise<boolean> {
  const rows = await db.delete(alertChannels).where(ofOwner(userId, id)).returning({ id: alertChannels.id });
  return rows.length > 0;
}

/** Returns the channels of these users that are switched on. */
export async function listListeningChannels(
  db: Db,
  userIds: string[],
): Promise<Pick<AlertChannel, 'id' | 'userId' | 'topics'>[]> {
  return db
    .select({ id: alertChannels.id, userId: alertChannels.userId, topics: alertChannels.topics })
    .from(alertChannels)
    .where(and(inArray(alertChannels.userId, userIds), eq(alertChannels.isOn, true)));
}

/** Adds one delivery per alert and channel, and returns the ids of those that were not there yet. */
export async function insertDeliveries(
  db: Db,
  wanted: { alertId: number; channelId: string }[],
): Promise<string[]> {
  if (wanted.length === 0) return [];
  const rows = await db
    .insert(alertDeliveries)
    .values(wanted)
    .onConflictDoNothing()
    .returning({ id: alertDeliveries.id });
  return rows.map((row) => row.id);
}

export type Delivery = {
  id: string;
  status: 'pending' | 'sent' | 'failed';
  attempts: number;
  channel: AlertChannel;
  message: {
    alertId: string;
    code: string;
    title: string;
    detail: string;
    botRunId: string | null;
    botName: string | null;
    createdAtMs: number;
  };
};

/** Returns a delivery with its channel and what it says. */
export async function findDelivery(db: Db, id: string): Promise<Delivery | undefined> {
  const [row] = await db
    .select({ delivery: alertDeliveries, channel: alertChannels, alert: alerts, botName: botRuns.name })
    .from(alertDeliveries)
    .innerJoin(alertChannels, eq(alertChannels.id, alertDeliveries.channelId))
    .innerJoin(alerts, eq(alerts.id, alertDeliveries.alertId))
    .leftJoin(botRuns, eq(botRuns.id, alerts.botRunId))
    .where(eq(alertDeliveries.id, id));
  if (!row) return undefined;
  const { delivery, channel, alert, botName } = row;
  return {
    id,
    status: delivery.status,
    attempts: delivery.attempts,
    channel: toChannel(channel),
    message: {
      alertId: String(alert.id),
      code: alert.code,
      title: alert.title,
      detail: alert.detail,
      botRunId: alert.botRunId,
      botName,
      createdAtMs: alert.createdAt.getTime(),
    },
  };
}

/** Writes down what became of one attempt, on the delivery and on its channel. */
export async function noteAttempt(
  db: Db,
  { id, channel }: Pick<Delivery, 'id' | 'channel'>,
  outcome: { status: Delivery['status']; error: string | null; atMs: number },
): Promise<void> {
  const at = new Date(outcome.atMs);
  await db
    .update(alertDeliveries)
    .set({
      status: outcome.status,
      lastError: outcome.error,
      attempts: sql`${alertDeliveries.attempts} + 1`,
      settledAt: outcome.status === 'pending' ? null : at,
    })
    .where(eq(alertDeliveries.id, id));
  await noteChannelOutcome(db, channel.id, outcome);
}

/** Shows on a channel how its newest message went. */
export async function noteChannelOutcome(
  db: Db,
  channelId: string,
  { error, atMs }: { error: string | null; atMs: number },
): Promise<void> {
  const at = new Date(atMs);
  await db
    .update(alertChannels)
    .set(error === null ? { lastSentAt: at } : { lastFailureAt: at, lastFailure: error })
    .where(eq(alertChannels.id, channelId));
}
