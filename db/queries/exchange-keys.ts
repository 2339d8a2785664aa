import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import type { Db } from '../client.ts';
import { botRuns } from '../schema/bots.ts';
import { exchangeKeys } from '../schema/exchange-keys.ts';

export type KeyPermissions = { read: boolean; trade: boolean; withdraw: boolean };

/** A key as lists show it: nothing of it is secret. */
export type ExchangeKey = {
  id: string;
  userId: string;
  exchange: string;
  label: string;
  keyHint: string;
  sandbox: boolean;
  permissions: KeyPermissions | null;
  checkedAtMs: number | null;
  createdAtMs: number;
};

type Sealed = { encrypted: string; iv: string };

/** A key's secrets, sealed for (owner = user id, row = key id, field = the name here in snake case). */
export type SealedKey = {
  id: string;
  userId: string;
  exchange: string;
  sandbox: boolean;
  apiKey: Sealed;
  apiSecret: Sealed;
  passphrase: Sealed | null;
};

/** A bot in one of these states may still send orders by its key. */
const ACTIVE = ['RUNNING', 'STOPPING', 'HALTED'] as const;

type Row = typeof exchangeKeys.$inferSelect;

const toKey = (row: Row): ExchangeKey => ({
  id: row.id,
  userId: row.userId,
  exchange: row.exchange,
  label: row.label,
  keyHint: row.keyHint,
  sandbox: row.sandbox,
  permissions: row.permissions,
  checkedAtMs: row.checkedAt?.getTime() ?? null,
  createdAtMs: row.createdAt.getTime(),
});

export type NewExchangeKey = Omit<ExchangeKey, 'createdAtMs' | 'checkedAtMs'> & {
  checkedAt: Date | null;
  apiKey: Sealed;
  apiSecret: Sealed;
  passphrase: Sealed | null;
};

/** Returns the stored key, or `undefined` where the owner has one of that exchange and label. */
export async function insertExchangeKey(db: Db, key: NewExchangeKey): Promise<ExchangeKey | undefined> {
  const { apiKey, apiSecret, passphrase, ...plain } = key;
  const [row] = await db
    .insert(exchangeKeys)
    .values({
      ...plain,
      encryptedApiKey: apiKey.encrypted,
      ivApiKey: apiKey.iv,
      encryptedApiSecret: apiSecret.encrypted,
      ivApiSecret: apiSecret.iv,
      encryptedPassphrase: passphrase?.encrypted ?? null,
      ivPassphrase: passphrase?.iv ?? null,
    })
    .onConflictDoNothing()
    .returning();
  return row && toKey(row);
}

/** Returns a user's keys, by exchange and label. */
export async function listExchangeKeys(db: Db, userId: string): Promise<ExchangeKey[]> {
  const rows = await db
    .select()
    .from(exchangeKeys)
    .where(eq(exchangeKeys.userId, userId))
    .orderBy(asc(exchangeKeys.exchange), asc(exchangeKeys.label));
  return rows.map(toKey);
}

export async function findExchangeKey(
  db: Db,
  userId: string,
  keyId: string,
): Promise<ExchangeKey | undefined> {
  const [row] = await db
    .select()
    .from(exchangeKeys)
    .where(and(eq(exchangeKeys.id, keyId), eq(exchangeKeys.userId, userId)));
  return row && toKey(row);
}

/** Returns the key and keeps it from being deleted, or taken by a new bot, until the transaction ends. */
export async function lockExchangeKey(
  db: Db,
  userId: string,
  keyId: string,
): Promise<ExchangeKey | undefined> {
  const [row] = await db
    .select()
    .from(exchangeKeys)
    .where(and(eq(exchangeKeys.id, keyId), eq(exchangeKeys.userId, userId)))
    .for('update');
  return row && toKey(row);
}

/** Returns the sealed secrets of a user's key. */
export async function findSealedKey(db: Db, userId: string, keyId: string): Promise<SealedKey | undefined> {
  const [row] = await db
    .select()
    .from(exchangeKeys)
    .where(and(eq(exchangeKeys.id, keyId), eq(exchangeKeys.userId, userId)));
  if (!row) return undefined;
  const { id, exchange, sandbox, encryptedPassphrase, ivPassphrase } = row;
  const hasPassphrase = encryptedPassphrase !== null && ivPassphrase !== null;
  return {
    id,
    userId,
    exchange,
    sandbox,
    apiKey: { encrypted: row.encryptedApiKey, iv: row.ivApiKey },
    apiSecret: { encrypted: row.encryptedApiSecret, iv: row.ivApiSecret },
    passphrase: hasPassphrase ? { encrypted: encryptedPassphrase, iv: ivPassphrase } : null,
  };
}

/** Returns how many bots that are not stopped use each of a user's keys; a key without any is left out. */
export async function countActiveBotsByKey(db: Db, userId: string): Promise<Map<string, number>> {
  const rows = await db
    .select({ keyId: botRuns.exchangeKeyId, bots: sql<number>`count(*)::int` })
    .from(botRuns)
    .where(and(eq(botRuns.userId, userId), inArray(botRuns.status, [...ACTIVE])))
    .groupBy(botRuns.exchangeKeyId);
  return new Map(rows.flatMap((row) => (row.keyId === null ? [] : [[row.keyId, row.bots] as const])));
}

export async function deleteExchangeKey(db: Db, userId: string, keyId: string): Promise<void> {
  await db.delete(exchangeKeys).where(and(eq(exchangeKeys.id, keyId), eq(exchangeKeys.userId, userId)));
}
