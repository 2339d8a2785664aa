import { boolean, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { baskets } from './bots.ts';
import { moment } from './columns.ts';

/** What one asset was of the whole, and was to be: percent, as decimals. */
export type StoredShare = { symbol: string; pct: string; targetPct: string; isFrozen: boolean };

/** Where a basket stands that is held at target weights: written with the orders that follow from it. */
export const rebalances = pgTable('rebalances', {
  basketId: uuid()
    .primaryKey()
    .references(() => baskets.id, { onDelete: 'cascade' }),
  /** Open time of the newest candle decided on: only moves forward. */
  lastCandleTime: moment().notNull(),
  /** The candle at which it last began to bring shares back; null before the first time. */
  actedAt: moment(),
  /** Sales were made at the last decision, and buys wait for what they bring in. */
  isFinishing: boolean().notNull(),
  /** What all assets were of the whole when it last decided. */
  shares: jsonb().$type<StoredShare[]>().notNull(),
  /** What came of it, and what it waits for, in a sentence or two. */
  detail: text().notNull(),
});
