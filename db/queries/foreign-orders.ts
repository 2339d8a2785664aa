import { and, desc, eq, inArray } from 'drizzle-orm';
import type { Money } from '../../jobs/trading/decimal.ts';
import type { OrderStatus, Side } from '../../jobs/trading/types.ts';
import type { Db } from '../client.ts';
import { fills, orders } from '../schema/orders.ts';
import { foreignOrders } from '../schema/reconciliation.ts';

export type KnownOrder = {
  id: string;
  exchangeOrderId: string | null;
  clientOrderId: string;
  status: OrderStatus;
  filledQuantity: Money;
};

/** Returns our orders of an account among those that a venue named, by either id. */
export async function listKnownOrders(
  db: Db,
  accountId: string,
  ids: { exchangeOrderIds: string[]; clientOrderIds: string[] },
): Promise<KnownOrder[]> {
  const { exchangeOrderIds, clientOrderIds } = ids;
  if (exchangeOrderIds.length + clientOrderIds.length === 0) return [];
  const columns = {
    id: orders.id,
    exchangeOrderId: orders.exchangeOrderId,
    clientOrderId: orders.clientOrderId,
    status: orders.status,
    filledQuantity: orders.filledQuantity,
  };
  const byExchange =
    exchangeOrderIds.length > 0 ? inArray(orders.exchangeOrderId, exchangeOrderIds) : undefined;
  const byClient = clientOrderIds.length > 0 ? inArray(orders.clientOrderId, clientOrderIds) : undefined;
  const lists = await Promise.all(
    [byExchange, byClient].flatMap((where) =>
      where
        ? [
            db
              .select(columns)
              .from(orders)
              .where(and(eq(orders.accountId, accountId), where)),
          ]
        : [],
    ),
  );
  return lists.flat();
}

/** Returns which of these trades of a symbol are in our log. */
export async function listBookedTrades(
  db: Db,
  where: { accountId: string; symbol: string; tradeIds: string[] },
): Promise<Set<string>> {
  if (where.tradeIds.length === 0) return new Set();
  const rows = await db
    .select({ id: fills.exchangeTradeId })
    .from(fills)
    .where(
      and(
        eq(fills.accountId, where.accountId),
        eq(fills.symbol, where.symbol),
        inArray(fills.exchangeTradeId, where.tradeIds),
      ),
    );
  return new Set(rows.map((row) => row.id));
}

export type SeenOrder = {
  symbol: string;
  exchangeOrderId: string;
  clientOrderId: string | null;
  side: Side;
  type: string;
  quantity: Money;
  filledQuantity: Money;
  status: string;
  placedAtMs: number;
  seenAtMs: number;
};

/** Adds or updates an order that is not ours; what was chosen about it stays. */
export async function storeForeignOrder(tx: Db, accountId: string, seen: SeenOrder): Promise<void> {
  const { placedAtMs, seenAtMs, filledQuantity, status, ...order } = seen;
  const seenAt = new Date(seenAtMs);
  await tx
    .insert(foreignOrders)
    .values({ ...order, filledQuantity, status, accountId, placedAt: new Date(placedAtMs), seenAt })
    .onConflictDoUpdate({
      target: [foreignOrders.accountId, foreignOrders.symbol, foreignOrders.exchangeOrderId],
      set: { filledQuantity, status, seenAt },
    });
}

/** Returns foreign orders, newest first; with `isOpen` only those that were open when last seen and not adopted. */
export async function listForeignOrders(db: Db, accountId: string, isOpen = false) {
  const open = inArray(foreignOrders.status, ['open', 'partially_filled']);
  return db
    .select()
    .from(foreignOrders)
    .where(and(eq(foreignOrders.accountId, accountId), isOpen ? open : undefined))
    .orderBy(desc(foreignOrders.placedAt))
    .limit(100);
}

/** Returns one foreign order of an account and keeps its row locked until the transaction ends. */
export async function lockForeignOrder(tx: Db, accountId: string, id: string) {
  const [row] = await tx
    .select()
    .from(foreignOrders)
    .where(and(eq(foreignOrders.accountId, accountId), eq(foreignOrders.id, id)))
    .for('update');
  return row;
}

/** Notes what the owner chose about a foreign order. */
export async function chooseForeignOrder(
  tx: Db,
  id: string,
  choice: 'adopted' | 'canceled' | 'ignored',
): Promise<void> {
  await tx.update(foreignOrders).set({ choice }).where(eq(foreignOrders.id, id));
}
