import { jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import type { OrderMemory } from '../../jobs/trading/order-strategies/order-strategy.ts';
import { botRuns } from './bots.ts';
import { moment } from './columns.ts';

/** What a bot that keeps orders remembers between two looks, and what it said at the newest one. */
export const orderMemories = pgTable('order_memories', {
  botRunId: uuid()
    .primaryKey()
    .references(() => botRuns.id, { onDelete: 'cascade' }),
  memory: jsonb().$type<OrderMemory>().notNull(),
  /** What it waits for, in a sentence. */
  reason: text().notNull(),
  /** The rule that left some of its buys out, and why; null where none did. */
  denial: jsonb().$type<{ rule: string; detail: string }>(),
  updatedAt: moment().notNull(),
});
