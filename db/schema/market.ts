import { sql } from 'drizzle-orm';
import { check, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { decimal, moment } from './columns.ts';

/** Closed candles as the venue published them. Prices in quote, volume in base units. */
export const candles = pgTable(
  'candles',
  {
    venue: text().notNull(),
    symbol: text().notNull(),
    timeframe: text().notNull(),
    openTime: moment().notNull(),
    open: decimal().notNull(),
    high: decimal().notNull(),
    low: decimal().notNull(),
    close: decimal().notNull(),
    volume: decimal().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.venue, t.symbol, t.timeframe, t.openTime] }),
    check(
      'candles_range_check',
      sql`${t.low} > 0 and ${t.low} <= least(${t.open}, ${t.close}) and ${t.high} >= greatest(${t.open}, ${t.close}) and ${t.volume} >= 0`,
    ),
  ],
);

/** Which candle close was handed out last, per timeframe: the scheduler's only state, and its lock. */
export const tickSchedule = pgTable('tick_schedule', {
  timeframe: text().primaryKey(),
  lastOpenTime: moment().notNull(),
});
