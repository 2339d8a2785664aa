import { sql } from 'drizzle-orm';
import { bigint, check, index, jsonb, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core';
import { decimal, id, moment } from './columns.ts';
import { exchangeKeys } from './exchange-keys.ts';
import { users } from './users.ts';

/** The newest comparison of an account with its exchange. `differences`: asset to what the exchange has more than we know of. */
export const reconciliations = pgTable('reconciliations', {
  accountId: uuid()
    .primaryKey()
    .references(() => exchangeKeys.id, { onDelete: 'cascade' }),
  userId: uuid()
    .notNull()
    .references(() => users.id, { onDelete: 'cascade' }),
  /** When the baselines were taken; null while no comparison has succeeded. */
  booksOpenedAt: moment(),
  checkedAt: moment().notNull(),
  /** Own trades are known up to here; the next comparison asks from a little before. */
  tradesUntil: moment().notNull(),
  /** Assets whose difference was seen by the comparison before, too: what is under way settles in between. */
  differences: jsonb().$type<Record<string, string>>().notNull(),
  /** Why the newest comparison could not be made; null when it could. */
  error: text(),
});

/** What every asset of an account held when we first looked: all later changes are explained from here. */
export const accountBaselines = pgTable(
  'account_baselines',
  {
    accountId: uuid()
      .notNull()
      .references(() => exchangeKeys.id, { onDelete: 'cascade' }),
    asset: text().notNull(),
    total: decimal().notNull(),
    takenAt: moment().notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.asset] })],
);

/** Changes of an account that are not our orders': trades by hand or by others, deposits, withdrawals, accepted differences. */
export const accountChanges = pgTable(
  'account_changes',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    accountId: uuid()
      .notNull()
      .references(() => exchangeKeys.id, { onDelete: 'cascade' }),
    kind: text({ enum: ['trade', 'deposit', 'withdrawal', 'accepted'] }).notNull(),
    /** The exchange's id of it; a trade's with its symbol in front, since trade ids count per symbol. */
    reference: text().notNull(),
    /** Of a trade: the order that it belongs to. */
    exchangeOrderId: text(),
    detail: text().notNull(),
    /** Asset to signed amount. */
    amounts: jsonb().$type<Record<string, string>>().notNull(),
    happenedAt: moment().notNull(),
  },
  (t) => [
    unique('account_changes_reference_key').on(t.accountId, t.kind, t.reference),
    index('account_changes_account_idx').on(t.accountId, t.happenedAt),
    check('account_changes_kind_check', sql`${t.kind} in ('trade', 'deposit', 'withdrawal', 'accepted')`),
  ],
);

/** Orders at the exchange that are not ours, and what their owner chose to do about them. */
export const foreignOrders = pgTable(
  'foreign_orders',
  {
    id: id(),
    accountId: uuid()
      .notNull()
      .references(() => exchangeKeys.id, { onDelete: 'cascade' }),
    symbol: text().notNull(),
    exchangeOrderId: text().notNull(),
    clientOrderId: text(),
    side: text({ enum: ['BUY', 'SELL'] }).notNull(),
    type: text().notNull(),
    quantity: decimal().notNull(),
    filledQuantity: decimal().notNull(),
    status: text().notNull(),
    /** What was chosen; null while nothing was. An adopted order is one of ours from then on. */
    choice: text({ enum: ['adopted', 'canceled', 'ignored'] }),
    placedAt: moment().notNull(),
    seenAt: moment().notNull(),
  },
  (t) => [
    unique('foreign_orders_order_key').on(t.accountId, t.symbol, t.exchangeOrderId),
    index('foreign_orders_account_idx').on(t.accountId, t.placedAt),
  ],
);
