import { and, asc, desc, eq, inArray, lt, lte, sql } from 'drizzle-orm';
import type { Money } from '../../jobs/trading/decimal.ts';
import type { OrderStatus, Side, Signal } from '../../jobs/trading/types.ts';
import type { Db } from '../client.ts';
import { botRuns } from '../schema/bots.ts';
import { orders } from '../schema/orders.ts';
import { webhookSignals } from '../schema/webhooks.ts';

export type SignalOutcome = 'pending' | 'order' | 'ignored' | 'refused' | 'test';

/** A signal that was posted. Its price and reason are the sender's words. */
export type WebhookSignal = {
  id: string;
  botRunId: string;
  action: Side;
  receivedAtMs: number;
  sentAtMs: number | null;
  actsAtMs: number;
  price: Money | null;
  reason: string;
  outcome: SignalOutcome;
  detail: string;
};

type Row = typeof webhookSignals.$inferSelect;

const toSignal = (row: Row): WebhookSignal => ({
  id: row.id,
  botRunId: row.botRunId,
  action: row.action,
  receivedAtMs: row.receivedAt.getTime(),
  sentAtMs: row.sentAt?.getTime() ?? null,
  actsAtMs: row.actsAt.getTime(),
  price: row.price,
  reason: row.reason,
  outcome: row.outcome,
  detail: row.detail,
});

export type NewSignal = Omit<WebhookSignal, 'id'> & { key: string | null };

/** Writes a signal and returns its id. */
export async function insertSignal(tx: Db, signal: NewSignal): Promise<string> {
  const { receivedAtMs, sentAtMs, actsAtMs, ...rest } = signal;
  const [row] = await tx
    .insert(webhookSignals)
    .values({
      ...rest,
      receivedAt: new Date(receivedAtMs),
      sentAt: sentAtMs === null ? null : new Date(sentAtMs),
      actsAt: new Date(actsAtMs),
      settledAt: signal.outcome === 'pending' ? null : new Date(receivedAtMs),
    })
    .returning({ id: webhookSignals.id });
  if (!row) throw new Error('The insert of a signal returned no row.');
  return row.id;
}

/** Counts that a signal came again; returns its id, or `undefined` where none of that key was let in. */
export async function countRepeat(tx: Db, botRunId: string, key: string): Promise<string | undefined> {
  const [row] = await tx
    .update(webhookSignals)
    .set({ repeats: sql`least(${webhookSignals.repeats} + 1, 1000000)` })
    .where(and(eq(webhookSignals.botRunId, botRunId), eq(webhookSignals.key, key)))
    .returning({ id: webhookSignals.id });
  return row?.id;
}

/** Forgets a key that was taken before `beforeMs`: the same message is another signal from then on. */
export async function releaseKey(
  tx: Db,
  botRunId: string,
  { key, beforeMs }: { key: string; beforeMs: number },
): Promise<void> {
  await tx
    .update(webhookSignals)
    .set({ key: null })
    .where(
      and(
        eq(webhookSignals.botRunId, botRunId),
        eq(webhookSignals.key, key),
        lt(webhookSignals.receivedAt, new Date(beforeMs)),
      ),
    );
}

/** For the engine, which acts for every owner. */
export async function findSignal(db: Db, id: string): Promise<WebhookSignal | undefined> {
  const [row] = await db.select().from(webhookSignals).where(eq(webhookSignals.id, id));
  return row && toSignal(row);
}

/** Returns the bot's oldest signal that waits, up to the one that acts at `untilMs`. */
export async function findOldestPending(
  db: Db,
  botRunId: string,
  untilMs: number,
): Promise<WebhookSignal | undefined> {
  const [row] = await db
    .select()
    .from(webhookSignals)
    .where(
      and(
        eq(webhookSignals.botRunId, botRunId),
        eq(webhookSignals.outcome, 'pending'),
        lte(webhookSignals.actsAt, new Date(untilMs)),
      ),
    )
    .orderBy(asc(webhookSignals.actsAt))
    .limit(1);
  return row && toSignal(row);
}

/** Returns the ids of signals that came before `beforeMs` and still wait, the oldest first. */
export async function listSignalsLeftBehind(db: Db, beforeMs: number): Promise<string[]> {
  const rows = await db
    .select({ id: webhookSignals.id })
    .from(webhookSignals)
    .where(and(eq(webhookSignals.outcome, 'pending'), lt(webhookSignals.receivedAt, new Date(beforeMs))))
    .orderBy(asc(webhookSignals.actsAt));
  return rows.map((row) => row.id);
}

export type SignalEnd = {
  outcome: Exclude<SignalOutcome, 'pending' | 'test'>;
  detail: string;
  orderId?: string | undefined;
  atMs: number;
};

/** Notes what became of a signal that waits. Returns false, and changes nothing, when somebody else was faster. */
export async function settleSignal(tx: Db, id: string, end: SignalEnd): Promise<boolean> {
  const { outcome, detail, orderId, atMs } = end;
  const rows = await tx
    .update(webhookSignals)
    .set({ outcome, detail, orderId: orderId ?? null, settledAt: new Date(atMs) })
    .where(and(eq(webhookSignals.id, id), eq(webhookSignals.outcome, 'pending')))
    .returning({ id: webhookSignals.id });
  return rows.length > 0;
}

/** Returns whether a signal still waits. */
export async function isPending(tx: Db, id: string): Promise<boolean> {
  const rows = await tx
    .select({ id: webhookSignals.id })
    .from(webhookSignals)
    .where(and(eq(webhookSignals.id, id), eq(webhookSignals.outcome, 'pending')));
  return rows.length > 0;
}

/** Leaves a posted signal on its bot's row, as a tick leaves its own. */
export async function markSignal(
  tx: Db,
  botRunId: string,
  { signal, actsAtMs, atMs }: { signal: Signal; actsAtMs: number; atMs: number },
): Promise<void> {
  await tx
    .update(botRuns)
    .set({ lastSignal: { ...signal, candleTimeMs: actsAtMs }, lastTickAt: new Date(atMs) })
    .where(eq(botRuns.id, botRunId));
}

export type ListedSignal = WebhookSignal & {
  repeats: number;
  order: { id: string; status: OrderStatus } | null;
};

/** Returns a user's bot's newest signals, newest first, each with its order. */
export async function listSignals(
  db: Db,
  userId: string,
  of: { botRunId: string; limit: number },
): Promise<ListedSignal[]> {
  const rows = await db
    .select({ signal: webhookSignals, order: { id: orders.id, status: orders.status } })
    .from(webhookSignals)
    .innerJoin(botRuns, eq(botRuns.id, webhookSignals.botRunId))
    .leftJoin(orders, eq(orders.id, webhookSignals.orderId))
    .where(and(eq(webhookSignals.botRunId, of.botRunId), eq(botRuns.userId, userId)))
    .orderBy(desc(webhookSignals.receivedAt), desc(webhookSignals.actsAt))
    .limit(of.limit);
  return rows.map(({ signal, order }) => ({
    ...toSignal(signal),
    repeats: signal.repeats,
    order,
  }));
}

/** Removes signals that nobody looks at any more: refused ones and tests earlier than those that were acted on. */
export async function deleteOldSignals(
  db: Db,
  before: { settledMs: number; refusedMs: number },
): Promise<void> {
  const settled = lt(webhookSignals.receivedAt, new Date(before.settledMs));
  await db.delete(webhookSignals).where(and(settled, inArray(webhookSignals.outcome, ['order', 'ignored'])));
  const refused = lt(webhookSignals.receivedAt, new Date(before.refusedMs));
  await db
    .delete(webhookSignals)
    .where(
      and(refused, inArray(webhookSignals.outcome, ['refused', 'test']), sql`${webhookSignals.key} is null`),
    );
  await db.delete(webhookSignals).where(and(settled, eq(webhookSignals.outcome, 'refused')));
}
