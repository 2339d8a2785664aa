import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  pgTable,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { botRuns } from './bots.ts';
import { decimal, id, moment } from './columns.ts';
import { users } from './users.ts';

/** A request at a venue. The row, with its client order id, is committed before anything is sent. */
export const orders = pgTable(
  'orders',
  {
    id: id(),
    botRunId: uuid()
      .notNull()
      .references(() => botRuns.id, { onDelete: 'cascade' }),
    userId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    accountId: uuid().notNull(),
    venue: text().notNull(),
    symbol: text().notNull(),
    clientOrderId: text().notNull(),
    exchangeOrderId: text(),
    side: text({ enum: ['BUY', 'SELL'] }).notNull(),
    type: text({ enum: ['market', 'limit', 'stop', 'stop_limit'] }).notNull(),
    /** For limit orders; null: good till cancelled. */
    timeInForce: text({ enum: ['GTC', 'IOC', 'FOK'] }),
    isPostOnly: boolean().notNull().default(false),
    /** Which of the orders that a bot keeps working this is; null for one that answers to a signal, a rule or a person. */
    slot: text(),
    /** The order in whose place it came. */
    replacesOrderId: uuid(),
    /** Since when the price has been at or beyond a stop that still rests; null while it is not. */
    stopReachedAt: moment(),
    /** How often it was handed to the venue: a second time only after a proven absence. */
    sends: integer().notNull().default(0),
    /** The ways by which the venue was asked for it, in their order; null while nothing had to be asked. */
    lookups: text().array(),
    reason: text({
      enum: ['signal', 'stop_loss', 'take_profit', 'trailing_stop', 'roi', 'time_exit', 'close_position'],
    }).notNull(),
    quantity: decimal().notNull(),
    limitPrice: decimal(),
    stopPrice: decimal(),
    /** What a leg's buy was expected to cost, fee counted: so much of its basket's quote is spoken for while it works. */
    expectedCost: decimal(),
    filledQuantity: decimal()
      .notNull()
      .default(sql`0`),
    status: text({
      enum: [
        'intended',
        'submitting',
        'unknown',
        'open',
        'partially_filled',
        'filled',
        'canceled',
        'rejected',
        'expired',
      ],
    }).notNull(),
    /** Why it was rejected, expired or is unknown: a sentence. */
    statusDetail: text(),
    candleTime: moment().notNull(),
    leg: integer().notNull(),
    /** When the candle closed or the rule fired: latency is counted from here. */
    decidedAt: moment().notNull(),
    submittedAt: moment(),
    acknowledgedAt: moment(),
    closedAt: moment(),
    createdAt: moment().notNull().defaultNow(),
  },
  (t) => [
    unique('orders_client_order_id_key').on(t.accountId, t.clientOrderId),
    unique('orders_intent_key').on(t.botRunId, t.candleTime, t.leg),
    index('orders_working_idx')
      .on(t.botRunId)
      .where(sql`${t.status} in ('intended', 'submitting', 'unknown', 'open', 'partially_filled')`),
    uniqueIndex('orders_slot_working_key')
      .on(t.botRunId, t.slot)
      .where(
        sql`${t.slot} is not null and ${t.status} in ('intended', 'submitting', 'unknown', 'open', 'partially_filled')`,
      ),
    index('orders_left_behind_idx')
      .on(t.status, t.submittedAt)
      .where(sql`${t.status} in ('intended', 'submitting', 'unknown', 'open', 'partially_filled')`),
    index('orders_user_id_idx').on(t.userId, t.createdAt),
    index('orders_bot_run_idx').on(t.botRunId, t.createdAt),
    check('orders_quantity_check', sql`${t.quantity} > 0 and ${t.filledQuantity} >= 0`),
    check('orders_side_check', sql`${t.side} in ('BUY', 'SELL')`),
    check(
      'orders_status_check',
      sql`${t.status} in ('intended', 'submitting', 'unknown', 'open', 'partially_filled', 'filled', 'canceled', 'rejected', 'expired')`,
    ),
  ],
);

/** Each step of an order's life, oldest first. */
export const orderEvents = pgTable(
  'order_events',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    orderId: uuid()
      .notNull()
      .references(() => orders.id, { onDelete: 'cascade' }),
    status: text().notNull(),
    detail: text().notNull().default(''),
    at: moment().notNull(),
  },
  (t) => [index('order_events_order_id_idx').on(t.orderId, t.id)],
);

/**
 * The trade log: append-only. A venue's trade id is unique per account and symbol, so a repeated report adds nothing.
 * `feeQuote` is null until the fee could be valued; `pnl` is the realised profit of a sell, net of all fees, in quote.
 */
export const fills = pgTable(
  'fills',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    orderId: uuid()
      .notNull()
      .references(() => orders.id, { onDelete: 'cascade' }),
    botRunId: uuid()
      .notNull()
      .references(() => botRuns.id, { onDelete: 'cascade' }),
    userId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    accountId: uuid().notNull(),
    symbol: text().notNull(),
    exchangeTradeId: text().notNull(),
    side: text({ enum: ['BUY', 'SELL'] }).notNull(),
    quantity: decimal().notNull(),
    price: decimal().notNull(),
    fee: decimal().notNull(),
    feeCurrency: text().notNull(),
    feeQuote: decimal(),
    pnl: decimal(),
    /** The same by first in, first out: `pnl` is by average cost. */
    pnlFifo: decimal(),
    executedAt: moment().notNull(),
    createdAt: moment().notNull().defaultNow(),
  },
  (t) => [
    unique('fills_trade_id_key').on(t.accountId, t.symbol, t.exchangeTradeId),
    index('fills_bot_run_idx').on(t.botRunId, t.executedAt, t.id),
    index('fills_user_idx').on(t.userId, t.id),
    index('fills_order_idx').on(t.orderId),
    index('fills_unvalued_idx')
      .on(t.id)
      .where(sql`${t.feeQuote} is null`),
    check('fills_amounts_check', sql`${t.quantity} > 0 and ${t.price} > 0`),
  ],
);
