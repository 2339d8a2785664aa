import { sql } from 'drizzle-orm';
import { check, index, integer, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core';
import { botRuns } from './bots.ts';
import { decimal, id, moment } from './columns.ts';
import { users } from './users.ts';

/** Where signals for a bot are posted to: the id is the address, the secret (sealed) proves the sender. */
export const webhooks = pgTable('webhooks', {
  id: id(),
  botRunId: uuid()
    .notNull()
    .unique('webhooks_bot_run_key')
    .references(() => botRuns.id, { onDelete: 'cascade' }),
  userId: uuid()
    .notNull()
    .references(() => users.id, { onDelete: 'cascade' }),
  encryptedSecret: text().notNull(),
  ivSecret: text().notNull(),
  /** When the secret was shown; it is not shown again. */
  revealedAt: moment(),
  createdAt: moment().notNull().defaultNow(),
  /** Posts with a wrong secret or signature. */
  wrongProofs: integer().notNull().default(0),
  lastWrongProofAt: moment(),
  /** What the newest accepted signal is named by. */
  lastActsAt: moment(),
});

/** Signals as they were posted, without secrets, and what became of each. */
export const webhookSignals = pgTable(
  'webhook_signals',
  {
    id: id(),
    botRunId: uuid()
      .notNull()
      .references(() => botRuns.id, { onDelete: 'cascade' }),
    /** What makes it the same signal when it comes again; null once that does not matter, and where it was refused. */
    key: text(),
    action: text({ enum: ['BUY', 'SELL'] }).notNull(),
    receivedAt: moment().notNull(),
    /** When it was sent, as its sender says. */
    sentAt: moment(),
    /** The moment that its order is named by: in the order of the signals, at least a second apart. */
    actsAt: moment().notNull(),
    /** The sender's price and words: for people, not for decisions. */
    price: decimal(),
    reason: text().notNull().default(''),
    outcome: text({ enum: ['pending', 'order', 'ignored', 'refused', 'test'] }).notNull(),
    /** What became of it, in a sentence. */
    detail: text().notNull().default(''),
    orderId: uuid(),
    /** How often it came again. */
    repeats: integer().notNull().default(0),
    settledAt: moment(),
  },
  (t) => [
    unique('webhook_signals_key').on(t.botRunId, t.key),
    index('webhook_signals_received_idx').on(t.botRunId, t.receivedAt),
    index('webhook_signals_pending_idx')
      .on(t.botRunId, t.actsAt)
      .where(sql`${t.outcome} = 'pending'`),
    check('webhook_signals_action_check', sql`${t.action} in ('BUY', 'SELL')`),
    check(
      'webhook_signals_outcome_check',
      sql`${t.outcome} in ('pending', 'order', 'ignored', 'refused', 'test')`,
    ),
  ],
);
