import { index, jsonb, pgTable, boolean, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { id, moment } from './columns.ts';
import { users } from './users.ts';

/** Each secret is a pair of columns: the sealed text and its nonce. Nothing else of a secret is kept but `keyHint`. */
export const exchangeKeys = pgTable(
  'exchange_keys',
  {
    id: id(),
    userId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    exchange: text().notNull(),
    label: text().notNull(),
    /** The last four characters of the API key. */
    keyHint: text().notNull(),
    sandbox: boolean().notNull().default(false),
    encryptedApiKey: text().notNull(),
    ivApiKey: text().notNull(),
    encryptedApiSecret: text().notNull(),
    ivApiSecret: text().notNull(),
    encryptedPassphrase: text(),
    ivPassphrase: text(),
    /** What the key may do, as the exchange last said; null while it has not said. */
    permissions: jsonb().$type<{ read: boolean; trade: boolean; withdraw: boolean }>(),
    checkedAt: moment(),
    createdAt: moment().notNull().defaultNow(),
  },
  (t) => [
    index('exchange_keys_user_id_idx').on(t.userId),
    uniqueIndex('exchange_keys_user_label_key').on(t.userId, t.exchange, t.label),
  ],
);
