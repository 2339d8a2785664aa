import { and, desc, eq, inArray } from 'drizzle-orm';
import { sharedEquity } from '../../jobs/trading/basket/books.ts';
import type { Money } from '../../jobs/trading/decimal.ts';
import type { Timeframe } from '../../jobs/trading/timeframe.ts';
import type { BotMode, Sizing, StoredRisk } from '../../jobs/trading/types.ts';
import type { Db } from '../client.ts';
import { baskets, botRuns } from '../schema/bots.ts';
import { paperBalances } from '../schema/paper.ts';
import { readBasketBooks, lockBaskets } from './basket-books.ts';
import { insertBotRun, toBotRun, type BotRun, type NewBotRun } from './bots.ts';

/** A basket as its owner sees it, with its legs by place; at least one. */
export type Basket = {
  id: string;
  userId: string;
  name: string;
  strategy: string;
  venue: string;
  quote: string;
  timeframe: Timeframe;
  mode: BotMode;
  exchangeKeyId: string | null;
  parameters: Record<string, unknown>;
  sizing: Sizing;
  risk: StoredRisk;
  initialBalance: Money;
  maxOpen: number;
  createdAtMs: number;
  legs: BotRun[];
};

type Row = typeof baskets.$inferSelect;
export type NewBasket = Omit<typeof baskets.$inferInsert, 'equityPeak' | 'createdAt'> & {
  id: string;
  startedAt: Date;
};

function toBasket(row: Row, legs: BotRun[]): Basket {
  return {
    id: row.id,
    userId: row.userId,
    name: row.name,
    strategy: row.strategy,
    venue: row.venue,
    quote: row.quote,
    timeframe: row.timeframe as Timeframe,
    mode: row.mode,
    exchangeKeyId: row.exchangeKeyId,
    parameters: row.parameters,
    sizing: { type: row.sizingType, value: row.sizingValue },
    risk: row.risk,
    initialBalance: row.initialBalance,
    maxOpen: row.maxOpen,
    createdAtMs: row.createdAt.getTime(),
    legs,
  };
}

/** Stores a new basket and its legs, running; on paper all legs have one account, which opens with the initial balance. */
export async function insertBasket(tx: Db, basket: NewBasket, legs: NewBotRun[]): Promise<Basket> {
  const { startedAt, ...values } = basket;
  const [row] = await tx
    .insert(baskets)
    .values({ ...values, createdAt: startedAt })
    .returning();
  if (!row) throw new Error('The insert of a basket returned no row.');
  if (row.mode === 'paper')
    await tx.insert(paperBalances).values({ accountId: row.id, asset: row.quote, free: row.initialBalance });
  const stored: BotRun[] = [];
  for (const leg of legs) stored.push(await insertBotRun(tx, leg));
  return toBasket(row, stored);
}

export async function findBasket(db: Db, userId: string, basketId: string): Promise<Basket | undefined> {
  const [found] = await listWhere(db, and(eq(baskets.id, basketId), eq(baskets.userId, userId)));
  return found;
}

/** Returns a user's baskets, newest first. */
export async function listBaskets(db: Db, userId: string): Promise<Basket[]> {
  return listWhere(db, eq(baskets.userId, userId));
}

async function listWhere(db: Db, where: ReturnType<typeof and>): Promise<Basket[]> {
  const rows = await db
    .select()
    .from(baskets)
    .where(where)
    .orderBy(desc(baskets.createdAt), desc(baskets.id));
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const legs = await db
    .select()
    .from(botRuns)
    .where(inArray(botRuns.basketId, ids))
    .orderBy(botRuns.basketPlace);
  return rows.map((row) => toBasket(row, legs.filter(({ basketId }) => basketId === row.id).map(toBotRun)));
}

/** Returns a user's basket and keeps it and all its legs locked until the transaction ends. */
export async function lockBasket(tx: Db, userId: string, basketId: string): Promise<Basket | undefined> {
  if (!(await findBasket(tx, userId, basketId))) return undefined;
  await lockBaskets(tx, [basketId]);
  return findBasket(tx, userId, basketId);
}

/** Has a basket's fall count from what its legs own together now, at the last prices seen. */
export async function resetBasketPeak(tx: Db, basketId: string, nowMs: number): Promise<void> {
  const books = (await readBasketBooks(tx, [{ basketId, settledBeforeMs: nowMs }], nowMs)).get(basketId);
  if (!books) return;
  await tx
    .update(baskets)
    .set({ equityPeak: sharedEquity(books) })
    .where(eq(baskets.id, basketId));
}
