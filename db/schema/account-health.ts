import { sql } from 'drizzle-orm';
import { index, integer, pgTable, text } from 'drizzle-orm/pg-core';
import { moment } from './columns.ts';

/** How a venue answers an account, or the public part of a venue, as all processes last saw it. */
export const accountHealth = pgTable(
  'account_health',
  {
    /** The account's id (its exchange key), or `venue:<exchange id>` for public market data. */
    key: text().primaryKey(),
    venue: text().notNull(),
    /** Median of the newest calls. */
    latencyMs: integer(),
    /** What the venue counts of our requests within its minute, and how many it allows. */
    weightUsed: integer(),
    weightLimit: integer(),
    weightAt: moment(),
    clockOffsetMs: integer(),
    lastOkAt: moment(),
    lastErrorAt: moment(),
    lastError: text(),
    /** No process calls before this. */
    bannedUntil: moment(),
    banReason: text(),
    updatedAt: moment().notNull().defaultNow(),
  },
  (t) => [
    index('account_health_banned_idx')
      .on(t.bannedUntil)
      .where(sql`banned_until is not null`),
  ],
);
