import { sql } from 'drizzle-orm';
import { bigint, boolean, check, index, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core';
import { decimal, moment } from './columns.ts';

/**
 * Paper accounts: a venue of our own, so its tables are kept apart from our record of orders and fills. An account is named
 * by the bot that it belongs to, or by the basket, so no foreign key can stand here.
 */
export const paperBalances = pgTable(
  'paper_balances',
  {
    accountId: uuid().notNull(),
    asset: text().notNull(),
    free: decimal().notNull(),
    used: decimal()
      .notNull()
      .default(sql`0`),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.asset] }),
    check('paper_balances_check', sql`${t.free} >= 0 and ${t.used} >= 0`),
  ],
);

export const paperOrders = pgTable(
  'paper_orders',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    accountId: uuid().notNull(),
    clientOrderId: text().notNull(),
    symbol: text().notNull(),
    side: text({ enum: ['BUY', 'SELL'] }).notNull(),
    type: text({ enum: ['market', 'limit', 'stop', 'stop_limit'] }).notNull(),
    quantity: decimal().notNull(),
    limitPrice: decimal(),
    stopPrice: decimal(),
    /** Whether the price has reached the stop of a stop-limit order, which rests at its limit from then on. */
    isTriggered: boolean().notNull().default(false),
    status: text({ enum: ['open', 'filled', 'canceled'] }).notNull(),
    placedAt: moment().notNull(),
  },
  (t) => [
    unique('paper_orders_client_order_id_key').on(t.accountId, t.clientOrderId),
    index('paper_orders_open_idx')
      .on(t.accountId)
      .where(sql`${t.status} = 'open'`),
  ],
);

export const paperTrades = pgTable(
  'paper_trades',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    paperOrderId: bigint({ mode: 'number' })
      .notNull()
      .references(() => paperOrders.id, { onDelete: 'cascade' }),
    quantity: decimal().notNull(),
    price: decimal().notNull(),
    fee: decimal().notNull(),
    feeCurrency: text().notNull(),
    executedAt: moment().notNull(),
  },
  (t) => [index('paper_trades_order_idx').on(t.paperOrderId)],
);
