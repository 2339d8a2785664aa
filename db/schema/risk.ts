import { sql } from 'drizzle-orm';
import { check, index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { decimal, id, moment } from './columns.ts';
import { users } from './users.ts';

/**
 * What all bots of an owner together may do; an absent limit is off. Amounts hold for each quote currency by itself, and
 * for paper and real money apart.
 */
export const riskLimits = pgTable(
  'risk_limits',
  {
    userId: uuid()
      .primaryKey()
      .references(() => users.id, { onDelete: 'cascade' }),
    maxExposureSymbolQuote: decimal(),
    maxExposureAccountQuote: decimal(),
    maxExposureTotalQuote: decimal(),
    maxOpenOrders: integer(),
    maxOrdersPerMinute: integer(),
    updatedAt: moment().notNull(),
  },
  (t) => [
    check(
      'risk_limits_positive_check',
      sql`${t.maxExposureSymbolQuote} > 0 and ${t.maxExposureAccountQuote} > 0 and ${t.maxExposureTotalQuote} > 0
        and ${t.maxOpenOrders} > 0 and ${t.maxOrdersPerMinute} > 0`,
    ),
  ],
);

/** Each pull of a kill switch: what it covers, how far it goes, and which bots it found. Its results are the orders' and bots'. */
export const killSwitches = pgTable(
  'kill_switches',
  {
    id: id(),
    userId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    scope: text({ enum: ['bot', 'account', 'all'] }).notNull(),
    /** The bot's or the account's id; null for everything. */
    targetId: uuid(),
    level: text({ enum: ['entries', 'orders', 'positions'] }).notNull(),
    botRunIds: uuid().array().notNull(),
    pulledAt: moment().notNull(),
    liftedAt: moment(),
  },
  (t) => [
    index('kill_switches_user_idx').on(t.userId, t.pulledAt),
    check('kill_switches_scope_check', sql`(${t.scope} = 'all') = (${t.targetId} is null)`),
    check('kill_switches_level_check', sql`${t.level} in ('entries', 'orders', 'positions')`),
  ],
);
