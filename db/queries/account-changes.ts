import { and, desc, eq, inArray, sql } from 'drizzle-orm';
import { money, type Money } from '../../jobs/trading/decimal.ts';
import type { Db } from '../client.ts';
import { accountChanges } from '../schema/reconciliation.ts';

/** Returns what every other known change did to an account, by asset. */
export async function sumOtherChanges(db: Db, accountId: string): Promise<Map<string, Money>> {
  const rows = await db.execute<{ asset: string; amount: string }>(sql`
    select key as asset, sum(value::numeric)::text as amount
    from ${accountChanges}, jsonb_each_text(amounts)
    where account_id = ${accountId} group by key`);
  return new Map(rows.map(({ asset, amount }) => [asset, money(amount)]));
}

export type AccountChange = {
  kind: 'trade' | 'deposit' | 'withdrawal' | 'accepted';
  reference: string;
  exchangeOrderId?: string;
  detail: string;
  amounts: ReadonlyMap<string, Money>;
  happenedAtMs: number;
};

/** Adds changes that are not our orders'; one that is known already stays as it was. */
export async function insertAccountChanges(
  tx: Db,
  accountId: string,
  changes: AccountChange[],
): Promise<void> {
  if (changes.length === 0) return;
  const rows = changes.map(({ amounts, happenedAtMs, exchangeOrderId, ...change }) => ({
    ...change,
    accountId,
    exchangeOrderId: exchangeOrderId ?? null,
    amounts: Object.fromEntries([...amounts].map(([asset, amount]) => [asset, amount.toFixed()])),
    happenedAt: new Date(happenedAtMs),
  }));
  await tx.insert(accountChanges).values(rows).onConflictDoNothing();
}

/** Returns which of these orders at the exchange had trades that were noted as nobody's of ours. */
export async function listNotedOrders(
  db: Db,
  accountId: string,
  exchangeOrderIds: string[],
): Promise<Set<string>> {
  if (exchangeOrderIds.length === 0) return new Set();
  const rows = await db
    .selectDistinct({ id: accountChanges.exchangeOrderId })
    .from(accountChanges)
    .where(
      and(eq(accountChanges.accountId, accountId), inArray(accountChanges.exchangeOrderId, exchangeOrderIds)),
    );
  return new Set(rows.flatMap(({ id }) => id ?? []));
}

/** Forgets the trades of an order that is ours from now on: its fills count instead. */
export async function deleteOrderChanges(tx: Db, accountId: string, exchangeOrderId: string): Promise<void> {
  await tx
    .delete(accountChanges)
    .where(and(eq(accountChanges.accountId, accountId), eq(accountChanges.exchangeOrderId, exchangeOrderId)));
}

/** Returns the newest changes of an account that are not our orders', newest first. */
export async function listAccountChanges(db: Db, accountId: string, limit: number) {
  return db
    .select()
    .from(accountChanges)
    .where(eq(accountChanges.accountId, accountId))
    .orderBy(desc(accountChanges.happenedAt), desc(accountChanges.id))
    .limit(limit);
}
