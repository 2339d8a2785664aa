import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  index,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { decimal, id, moment } from './columns.ts';
import { users } from './users.ts';

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

/** What the store holds of each series, kept by whatever writes or removes candles: a list of it reads no candle. */
export const candleSeries = pgTable(
  'candle_series',
  {
    venue: text().notNull(),
    symbol: text().notNull(),
    timeframe: text().notNull(),
    firstOpenTime: moment().notNull(),
    lastOpenTime: moment().notNull(),
    count: bigint({ mode: 'number' }).notNull(),
    /** A person imported or downloaded it: the clean-up leaves it alone. */
    isKept: boolean().notNull().default(false),
  },
  (t) => [primaryKey({ columns: [t.venue, t.symbol, t.timeframe] })],
);

/** A stretch of candles that a person wants from a venue. `reachedTime` is how far it has come, from `fromTime` to `toTime`. */
export const candleDownloads = pgTable(
  'candle_downloads',
  {
    id: id(),
    userId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    venue: text().notNull(),
    symbol: text().notNull(),
    timeframe: text().notNull(),
    fromTime: moment().notNull(),
    /** Exclusive. */
    toTime: moment().notNull(),
    reachedTime: moment().notNull(),
    stored: bigint({ mode: 'number' }).notNull().default(0),
    status: text().$type<'running' | 'done' | 'failed' | 'canceled'>().notNull().default('running'),
    /** What was in the way last; kept while it is tried again, and for good where it failed. */
    problem: text(),
    createdAt: moment().notNull(),
    finishedAt: moment(),
  },
  (t) => [
    index('candle_downloads_user_idx').on(t.userId, t.createdAt),
    uniqueIndex('candle_downloads_running_key')
      .on(t.venue, t.symbol, t.timeframe)
      .where(sql`status = 'running'`),
    check('candle_downloads_range_check', sql`${t.fromTime} < ${t.toTime}`),
  ],
);
