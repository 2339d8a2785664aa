import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  pgTable,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { id, moment } from './columns.ts';
import { alerts } from './reports.ts';
import { users } from './users.ts';

/** A way by which an owner wants to hear of alerts. Everything that leads to it is sealed in one pair of columns. */
export const alertChannels = pgTable(
  'alert_channels',
  {
    id: id(),
    userId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    kind: text({ enum: ['email', 'telegram', 'webhook'] }).notNull(),
    label: text().notNull(),
    /** What may be shown of the target: an address, a chat id, a host. */
    target: text().notNull(),
    /** Which kinds of alerts go out by it. */
    topics: text().array().notNull(),
    isOn: boolean().notNull().default(true),
    encryptedConfig: text().notNull(),
    ivConfig: text().notNull(),
    lastSentAt: moment(),
    lastFailureAt: moment(),
    lastFailure: text(),
    createdAt: moment().notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex('alert_channels_user_label_key').on(t.userId, t.label),
    check('alert_channels_kind_check', sql`${t.kind} in ('email', 'telegram', 'webhook')`),
  ],
);

/** One alert by one channel. */
export const alertDeliveries = pgTable(
  'alert_deliveries',
  {
    id: id(),
    alertId: bigint({ mode: 'number' })
      .notNull()
      .references(() => alerts.id, { onDelete: 'cascade' }),
    channelId: uuid()
      .notNull()
      .references(() => alertChannels.id, { onDelete: 'cascade' }),
    status: text({ enum: ['pending', 'sent', 'failed'] })
      .notNull()
      .default('pending'),
    attempts: integer().notNull().default(0),
    lastError: text(),
    createdAt: moment().notNull().defaultNow(),
    settledAt: moment(),
  },
  (t) => [
    uniqueIndex('alert_deliveries_alert_channel_key').on(t.alertId, t.channelId),
    index('alert_deliveries_channel_idx').on(t.channelId),
    check('alert_deliveries_status_check', sql`${t.status} in ('pending', 'sent', 'failed')`),
  ],
);
