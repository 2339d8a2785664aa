import { eq, sql } from 'drizzle-orm';
import { money, ZERO, type Money } from '../../jobs/trading/decimal.ts';
import { isFinal } from '../../jobs/trading/order-life.ts';
import type { OrderMemory, SlotBook, SlotLast } from '../../jobs/trading/order-strategies/order-strategy.ts';
import type { OrderStatus, OrderType, Side } from '../../jobs/trading/types.ts';
import type { Db } from '../client.ts';
import { fills, orders } from '../schema/orders.ts';
import { orderMemories } from '../schema/order-memories.ts';

export type StoredMemory = {
  memory: OrderMemory;
  reason: string;
  denial: { rule: string; detail: string } | null;
};

/** Returns what a bot that keeps orders remembers; `undefined` before its first look. For the engine. */
export async function findOrderMemory(db: Db, botRunId: string): Promise<StoredMemory | undefined> {
  const { memory, reason, denial } = orderMemories;
  const [row] = await db
    .select({ memory, reason, denial })
    .from(orderMemories)
    .where(eq(orderMemories.botRunId, botRunId));
  return row;
}

/** Stores what a bot remembers, in the transaction that writes what follows from it. */
export async function storeOrderMemory(
  tx: Db,
  botRunId: string,
  { atMs, ...stored }: StoredMemory & { atMs: number },
): Promise<void> {
  const values = { ...stored, updatedAt: new Date(atMs) };
  await tx
    .insert(orderMemories)
    .values({ botRunId, ...values })
    .onConflictDoUpdate({ target: orderMemories.botRunId, set: values });
}

/** Returns how many of a bot's sales outside slots, by rules or people, sold something. */
export async function countPlainExits(tx: Db, botRunId: string): Promise<number> {
  const [row] = await tx.execute<{ count: number }>(sql`
    select count(*)::int as count from ${orders} o
    where o.bot_run_id = ${botRunId} and o.slot is null and o.side = 'SELL' and o.filled_quantity > 0`);
  return row?.count ?? 0;
}

type LastRow = {
  slot: string;
  side: Side;
  type: OrderType;
  status: OrderStatus;
  quantity: string;
  filled_quantity: string;
  limit_price: string | null;
  amount: string | null;
  filled: string | null;
};

type SumRow = {
  slot: string;
  bought: string | null;
  spent: string | null;
  sold: string | null;
  received: string | null;
};

/** Returns the books of a bot's slots of one round: the newest order of each, and what all of them moved. */
export async function listSlotBooks(
  tx: Db,
  { id, base, quote }: { id: string; base: string; quote: string },
  round: number,
): Promise<Map<string, SlotBook>> {
  const mine = sql`${orders} o where o.bot_run_id = ${id} and o.slot ~ ${`^[a-z]${round}:`}`;
  const lasts = await tx.execute<LastRow>(sql`
    select l.*, f.amount, f.filled from (
      select distinct on (o.slot) o.id, o.slot, o.side, o.type, o.status, o.quantity, o.filled_quantity, o.limit_price
      from ${mine} order by o.slot, o.created_at desc, o.candle_time desc) l
    left join lateral (select sum(x.quantity * x.price) as amount, sum(x.quantity) as filled
      from ${fills} x where x.order_id = l.id) f on true`);
  const inBase = sql`case when f.fee_currency = ${base} then f.fee else 0 end`;
  const inQuote = sql`case when f.fee_currency = ${base} then 0 when f.fee_currency = ${quote} then f.fee
    else coalesce(f.fee_quote, 0) end`;
  const sums = await tx.execute<SumRow>(sql`
    select m.slot,
      sum(f.quantity - ${inBase}) filter (where f.side = 'BUY') as bought,
      sum(f.quantity * f.price + ${inQuote}) filter (where f.side = 'BUY') as spent,
      sum(f.quantity + ${inBase}) filter (where f.side = 'SELL') as sold,
      sum(f.quantity * f.price - ${inQuote}) filter (where f.side = 'SELL') as received
    from (select o.id, o.slot from ${mine}) m join ${fills} f on f.order_id = m.id group by m.slot`);
  const moved = new Map(sums.map((row) => [row.slot, row]));
  return new Map(lasts.map((row) => [row.slot, { last: toLast(row), ...toMoved(moved.get(row.slot)) }]));
}

const orZero = (value: string | null | undefined): Money => (value == null ? ZERO : money(value));

function toLast(row: LastRow): SlotLast {
  const { side, type, status, quantity, filled_quantity, limit_price, amount, filled } = row;
  return {
    side,
    type,
    quantity: money(quantity),
    filledQuantity: money(filled_quantity),
    limitPrice: limit_price === null ? null : money(limit_price),
    averagePrice: amount === null || filled === null ? null : money(amount).div(filled),
    isWorking: !isFinal(status),
  };
}

function toMoved(row: SumRow | undefined): Pick<SlotBook, 'bought' | 'sold'> {
  return {
    bought: { quantity: orZero(row?.bought), amount: orZero(row?.spent) },
    sold: { quantity: orZero(row?.sold), amount: orZero(row?.received) },
  };
}
