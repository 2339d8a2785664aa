import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import type {
  PaperBalance,
  PaperBalanceChange,
  PaperOrder,
  PaperStore,
  PaperTrade,
} from '../../jobs/exchange/paper-store.ts';
import { ZERO } from '../../jobs/trading/decimal.ts';
import type { Db } from '../client.ts';
import { paperBalances, paperOrders, paperTrades } from '../schema/paper.ts';

type OrderRow = typeof paperOrders.$inferSelect;
type TradeRow = typeof paperTrades.$inferSelect;

/** Makes the place where paper accounts live: Postgres. Changes of one account follow one another by a lock on it. */
export function createPaperStore(db: Db): PaperStore {
  return {
    balances: (accountId) => readBalances(db, accountId),
    findOrder: async (accountId, clientOrderId) => {
      const row = await findRow(db, accountId, clientOrderId);
      return row && withTrades(db, row);
    },
    async listOrders(accountId, { symbol, status }) {
      const isWanted = and(
        eq(paperOrders.accountId, accountId),
        eq(paperOrders.symbol, symbol),
        status && eq(paperOrders.status, status),
      );
      const rows = await db.select().from(paperOrders).where(isWanted).orderBy(asc(paperOrders.id));
      return allWithTrades(db, rows);
    },
    trigger: (accountId, clientOrderId) => triggerOrder(db, accountId, clientOrderId),
    add: (accountId, order, changes) => db.transaction((tx) => addOrder(tx, accountId, { order, changes })),
    finish: (accountId, order, changes) =>
      db.transaction((tx) => finishOrder(tx, accountId, { order, changes })),
  };
}

async function triggerOrder(db: Db, accountId: string, clientOrderId: string): Promise<PaperOrder> {
  const [row] = await db
    .update(paperOrders)
    .set({ isTriggered: true })
    .where(and(eq(paperOrders.accountId, accountId), eq(paperOrders.clientOrderId, clientOrderId)))
    .returning();
  if (!row) throw new Error(`No paper order ${clientOrderId} to trigger`);
  return withTrades(db, row);
}

type OrderChange = { order: PaperOrder; changes: PaperBalanceChange[] };

async function findRow(db: Db, accountId: string, clientOrderId: string): Promise<OrderRow | undefined> {
  const [row] = await db
    .select()
    .from(paperOrders)
    .where(and(eq(paperOrders.accountId, accountId), eq(paperOrders.clientOrderId, clientOrderId)));
  return row;
}

async function addOrder(
  tx: Db,
  accountId: string,
  { order, changes }: OrderChange,
): Promise<PaperOrder | { lackingAsset: string }> {
  const held = await lockBalances(tx, accountId);
  const known = await findRow(tx, accountId, order.clientOrderId);
  if (known) return withTrades(tx, known);
  const lacking = changes.find(({ asset, free, used }) => {
    const balance = held.get(asset);
    return free.plus(balance?.free ?? 0).lt(0) || used.plus(balance?.used ?? 0).lt(0);
  });
  if (lacking) return { lackingAsset: lacking.asset };
  await insertOrder(tx, accountId, order);
  await applyChanges(tx, accountId, changes);
  return order;
}

async function finishOrder(tx: Db, accountId: string, { order, changes }: OrderChange): Promise<PaperOrder> {
  await lockBalances(tx, accountId);
  const stored = await findRow(tx, accountId, order.clientOrderId);
  if (!stored) throw new Error(`No paper order ${order.clientOrderId} to finish`);
  if (stored.status !== 'open') return withTrades(tx, stored);
  const { status, isTriggered } = order;
  await tx.update(paperOrders).set({ status, isTriggered }).where(eq(paperOrders.id, stored.id));
  await insertTrades(tx, stored.id, order.trades);
  await applyChanges(tx, accountId, changes);
  return order;
}

async function readBalances(db: Db, accountId: string): Promise<Map<string, PaperBalance>> {
  const rows = await db.select().from(paperBalances).where(eq(paperBalances.accountId, accountId));
  return new Map(rows.map(({ asset, free, used }) => [asset, { free, used }]));
}

async function lockBalances(tx: Db, accountId: string): Promise<Map<string, PaperBalance>> {
  // The account's own lock: rows of assets it has never held cannot be locked.
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${accountId}, 0))`);
  return readBalances(tx, accountId);
}

async function applyChanges(tx: Db, accountId: string, changes: PaperBalanceChange[]): Promise<void> {
  for (const { asset, free, used } of changes) {
    await tx.insert(paperBalances).values({ accountId, asset, free: ZERO }).onConflictDoNothing();
    await tx
      .update(paperBalances)
      .set({
        free: sql`${paperBalances.free} + ${free.toFixed()}::numeric`,
        used: sql`${paperBalances.used} + ${used.toFixed()}::numeric`,
      })
      .where(and(eq(paperBalances.accountId, accountId), eq(paperBalances.asset, asset)));
  }
}

async function insertOrder(tx: Db, accountId: string, order: PaperOrder): Promise<void> {
  const { trades, timeMs, ...plain } = order;
  const [row] = await tx
    .insert(paperOrders)
    .values({ ...plain, accountId, placedAt: new Date(timeMs) })
    .returning({ id: paperOrders.id });
  if (row) await insertTrades(tx, row.id, trades);
}

async function insertTrades(tx: Db, paperOrderId: number, trades: PaperTrade[]): Promise<void> {
  if (trades.length === 0) return;
  await tx
    .insert(paperTrades)
    .values(trades.map(({ timeMs, ...trade }) => ({ ...trade, paperOrderId, executedAt: new Date(timeMs) })));
}

async function withTrades(db: Db, row: OrderRow): Promise<PaperOrder> {
  const trades = await db
    .select()
    .from(paperTrades)
    .where(eq(paperTrades.paperOrderId, row.id))
    .orderBy(asc(paperTrades.id));
  return toPaperOrder(row, trades);
}

async function allWithTrades(db: Db, rows: OrderRow[]): Promise<PaperOrder[]> {
  const ids = rows.map((row) => row.id);
  const trades = await db
    .select()
    .from(paperTrades)
    .where(inArray(paperTrades.paperOrderId, ids))
    .orderBy(asc(paperTrades.id));
  return rows.map((row) =>
    toPaperOrder(
      row,
      trades.filter((trade) => trade.paperOrderId === row.id),
    ),
  );
}

function toPaperOrder(row: OrderRow, trades: TradeRow[]): PaperOrder {
  const { clientOrderId, symbol, side, type, status, quantity, limitPrice, stopPrice, isTriggered } = row;
  return {
    clientOrderId,
    symbol,
    side,
    type,
    status,
    quantity,
    limitPrice,
    stopPrice,
    isTriggered,
    timeMs: row.placedAt.getTime(),
    trades: trades.map((trade) => ({
      quantity: trade.quantity,
      price: trade.price,
      fee: trade.fee,
      feeCurrency: trade.feeCurrency,
      timeMs: trade.executedAt.getTime(),
    })),
  };
}
