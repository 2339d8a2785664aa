import { sql } from 'drizzle-orm';
import { bigint, index, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { botRuns } from './bots.ts';
import { decimal, moment } from './columns.ts';
import { orders } from './orders.ts';
import { users } from './users.ts';

/** What a bot was worth at a moment, in quote: initial balance + realised + unrealised. At most one a minute. */
export const equitySnapshots = pgTable(
  'equity_snapshots',
  {
    botRunId: uuid()
      .notNull()
      .references(() => botRuns.id, { onDelete: 'cascade' }),
    userId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    takenAt: moment().notNull(),
    equity: decimal().notNull(),
    realizedPnl: decimal().notNull(),
    unrealizedPnl: decimal().notNull(),
    price: decimal().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.botRunId, t.takenAt] }),
    index('equity_snapshots_user_idx').on(t.userId, t.takenAt),
  ],
);

/** What wants a person's attention. One open alert per bot and code: a repeated cause adds nothing. */
export const alerts = pgTable(
  'alerts',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    userId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    botRunId: uuid().references(() => botRuns.id, { onDelete: 'cascade' }),
    /** The order that a message about a fill is of; one message an order. */
    orderId: uuid().references(() => orders.id, { onDelete: 'cascade' }),
    code: text().notNull(),
    title: text().notNull(),
    detail: text().notNull(),
    createdAt: moment().notNull().defaultNow(),
    resolvedAt: moment(),
    /** Somebody has seen it: it is kept, and no longer wants an answer. */
    acknowledgedAt: moment(),
    /** Its messages, if any channel wants them, are on their way. */
    announcedAt: moment(),
  },
  (t) => [
    index('alerts_user_idx').on(t.userId, t.createdAt),
    uniqueIndex('alerts_order_key').on(t.orderId, t.code),
    index('alerts_open_idx')
      .on(t.code)
      .where(sql`resolved_at is null`),
    index('alerts_unannounced_idx')
      .on(t.id)
      .where(sql`announced_at is null`),
  ],
);
