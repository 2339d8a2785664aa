import { and, desc, eq, inArray, ne, sql } from 'drizzle-orm';
import type { Money } from '../../jobs/trading/decimal.ts';
import { isFinal, WORKING_STATUSES } from '../../jobs/trading/order-life.ts';
import type { BotStatus, OrderStatus } from '../../jobs/trading/types.ts';
import type { Db } from '../client.ts';
import { botRuns } from '../schema/bots.ts';
import { orderEvents, orders } from '../schema/orders.ts';
import { alerts } from '../schema/reports.ts';

/** An order as it is now, held until the transaction ends, with its bot's name and state. */
export type HeldOrder = typeof orders.$inferSelect & { botName: string; botStatus: BotStatus };

/** Returns an order and keeps its row locked until the transaction ends. For the engine, which acts for every owner. */
export async function lockOrder(tx: Db, id: string): Promise<HeldOrder> {
  const [row] = await tx
    .select({ order: orders, botName: botRuns.name, botStatus: botRuns.status })
    .from(orders)
    .innerJoin(botRuns, eq(botRuns.id, orders.botRunId))
    .where(eq(orders.id, id))
    .for('update', { of: orders });
  if (!row) throw new Error(`No order ${id}`);
  return { ...row.order, botName: row.botName, botStatus: row.botStatus };
}

/** What an order says of itself while its venue, which had acknowledged it, does not know it. */
const DENIED = 'The exchange says that it knows no such order, though it had acknowledged it.';

/** Notes, once, that a venue denies an order that it had acknowledged. Returns since when it has done so (ms UTC). */
export async function noteDenial(db: Db, orderId: string, atMs: number): Promise<number> {
  return db.transaction(async (tx) => {
    const noted = await tx
      .update(orders)
      .set({ statusDetail: DENIED })
      .where(and(eq(orders.id, orderId), sql`${orders.statusDetail} is distinct from ${DENIED}`))
      .returning({ status: orders.status });
    const at = new Date(atMs);
    for (const { status } of noted)
      await tx.insert(orderEvents).values({ orderId, status, detail: DENIED, at });
    const [first] = await tx
      .select({ at: orderEvents.at })
      .from(orderEvents)
      .where(and(eq(orderEvents.orderId, orderId), eq(orderEvents.detail, DENIED)))
      .orderBy(desc(orderEvents.id))
      .limit(1);
    return first?.at.getTime() ?? atMs;
  });
}

/** Notes that a venue knows an order that it had denied. */
export async function noteReturn(
  db: Db,
  { id: orderId, status, statusDetail }: Pick<HeldOrder, 'id' | 'status' | 'statusDetail'>,
  atMs: number,
): Promise<void> {
  if (statusDetail !== DENIED) return;
  await db.transaction(async (tx) => {
    await tx.update(orders).set({ statusDetail: null }).where(eq(orders.id, orderId));
    const detail = 'The exchange knows it again.';
    await tx.insert(orderEvents).values({ orderId, status, detail, at: new Date(atMs) });
  });
}

/** Returns whether another order works in this order's slot. */
export async function isSlotTaken(tx: Db, order: HeldOrder): Promise<boolean> {
  if (order.slot === null) return false;
  const [other] = await tx
    .select({ id: orders.id })
    .from(orders)
    .where(
      and(
        eq(orders.botRunId, order.botRunId),
        eq(orders.slot, order.slot),
        ne(orders.id, order.id),
        inArray(orders.status, [...WORKING_STATUSES]),
      ),
    )
    .limit(1);
  return other !== undefined;
}

export type Repair = {
  status: OrderStatus;
  exchangeOrderId: string;
  filledQuantity: Money;
  /** False: another order works in its slot, which it leaves. */
  keepsSlot: boolean;
  detail: string;
  atMs: number;
};

/** Sets an order to what its venue says, against the table of moves, and logs the step. The caller holds the row. */
export async function repairOrder(tx: Db, id: string, repair: Repair): Promise<void> {
  const { status, exchangeOrderId, filledQuantity, keepsSlot, detail } = repair;
  const at = new Date(repair.atMs);
  const seen = at.toISOString();
  await tx
    .update(orders)
    .set({
      status,
      exchangeOrderId,
      filledQuantity,
      statusDetail: detail,
      submittedAt: sql`coalesce(${orders.submittedAt}, ${seen})`,
      acknowledgedAt: sql`coalesce(${orders.acknowledgedAt}, ${seen})`,
      closedAt: isFinal(status) ? at : null,
      sends: sql`greatest(${orders.sends}, 1)`,
      ...(keepsSlot ? {} : { slot: null }),
    })
    .where(eq(orders.id, id));
  await tx.insert(orderEvents).values({ orderId: id, status, detail, at });
}

/** Opens an alert over an order, or opens it again with other words; one per order and code. */
export async function raiseOrderAlert(
  tx: Db,
  order: Pick<HeldOrder, 'id' | 'userId' | 'botRunId'>,
  alert: {
    code: 'order-contradicted' | 'order-twice' | 'order-forgotten';
    title: string;
    detail: string;
    atMs: number;
  },
): Promise<void> {
  const { code, title, detail } = alert;
  const again = { detail, resolvedAt: null, acknowledgedAt: null, announcedAt: null };
  await tx
    .insert(alerts)
    .values({
      userId: order.userId,
      botRunId: order.botRunId,
      orderId: order.id,
      code,
      title,
      detail,
      createdAt: new Date(alert.atMs),
    })
    .onConflictDoUpdate({
      target: [alerts.orderId, alerts.code],
      set: again,
      setWhere: sql`${alerts.detail} <> excluded.detail`,
    });
}
