import { and, asc, desc, eq, isNull, sql, type SQL } from 'drizzle-orm';
import { money, ZERO, type Money } from '../../jobs/trading/decimal.ts';
import type { Fill, Position, ValuedFill } from '../../jobs/trading/types.ts';
import type { Db } from '../client.ts';
import { botRuns } from '../schema/bots.ts';
import { fills } from '../schema/orders.ts';
import { fromPosition } from './bot-state.ts';

/** A fill as the venue reported it; `feeQuote` is null where the fee could not be valued yet (it then counts as 0). */
export type ReportedFill = Fill & { feeQuote: Money | null };

/** Whose order it was. */
export type FillOwner = {
  orderId: string;
  botRunId: string;
  userId: string;
  accountId: string;
  symbol: string;
};

export type StoredFill = ValuedFill & { id: number };

/** Returns when a bot's newest fill was executed; -Infinity before the first. */
export async function findNewestFillTime(tx: Db, botRunId: string): Promise<number> {
  const [row] = await tx
    .select({ at: fills.executedAt })
    .from(fills)
    .where(eq(fills.botRunId, botRunId))
    .orderBy(desc(fills.executedAt))
    .limit(1);
  return row?.at.getTime() ?? -Infinity;
}

/** Adds fills to the trade log and returns those that were new, oldest first: a venue's trade id counts once. */
export async function insertFills(tx: Db, owner: FillOwner, reported: ReportedFill[]): Promise<StoredFill[]> {
  if (reported.length === 0) return [];
  const rows = reported
    .toSorted((a, b) => a.timeMs - b.timeMs)
    .map((fill) => ({
      ...owner,
      exchangeTradeId: fill.tradeId,
      side: fill.side,
      quantity: fill.quantity,
      price: fill.price,
      fee: fill.fee,
      feeCurrency: fill.feeCurrency,
      feeQuote: fill.feeQuote,
      executedAt: new Date(fill.timeMs),
    }));
  const added = await tx.insert(fills).values(rows).onConflictDoNothing().returning();
  return added.map(toStoredFill).sort((a, b) => a.timeMs - b.timeMs || a.id - b.id);
}

function toStoredFill(row: typeof fills.$inferSelect): StoredFill {
  return {
    id: row.id,
    tradeId: row.exchangeTradeId,
    side: row.side,
    quantity: row.quantity,
    price: row.price,
    fee: row.fee,
    feeCurrency: row.feeCurrency,
    feeQuote: row.feeQuote ?? ZERO,
    timeMs: row.executedAt.getTime(),
  };
}

/** Returns all fills of a bot, oldest first. */
export async function listBotFills(tx: Db, botRunId: string): Promise<StoredFill[]> {
  const rows = await tx
    .select()
    .from(fills)
    .where(eq(fills.botRunId, botRunId))
    .orderBy(asc(fills.executedAt), asc(fills.id));
  return rows.map(toStoredFill);
}

/** What fills lead to: the bot's new standing, and the profit of each sale. */
export type LedgerChange = {
  position: Position;
  realizedPnl: Money;
  /** All fees of the bot; those to add where `areFeesAdded`. Quote units. */
  fees: Money;
  areFeesAdded: boolean;
  pnls: { id: number; pnl: Money }[];
  exit: { atMs: number; pnl: Money } | null;
};

/** Writes a bot's new standing and its sales' profits. */
export async function storeLedger(tx: Db, botRunId: string, change: LedgerChange): Promise<void> {
  for (const { id, pnl } of change.pnls) await tx.update(fills).set({ pnl }).where(eq(fills.id, id));
  const feesQuote: Money | SQL = change.areFeesAdded
    ? sql`${botRuns.feesQuote} + ${change.fees.toFixed()}::numeric`
    : change.fees;
  await tx
    .update(botRuns)
    .set({
      ...fromPosition(change.position),
      realizedPnl: change.realizedPnl,
      feesQuote,
      ...(change.exit ? { lastExitAt: new Date(change.exit.atMs), lastExitPnl: change.exit.pnl } : {}),
    })
    .where(eq(botRuns.id, botRunId));
}

export type UnvaluedFill = {
  id: number;
  botRunId: string;
  venue: string;
  quote: string;
  fee: Money;
  feeCurrency: string;
  price: Money;
  executedAtMs: number;
};

/** Returns fills whose fee has no value in quote yet, oldest first. */
export async function listUnvaluedFills(db: Db): Promise<UnvaluedFill[]> {
  const rows = await db
    .select({ fill: fills, venue: botRuns.venue, quote: botRuns.quote })
    .from(fills)
    .innerJoin(botRuns, eq(botRuns.id, fills.botRunId))
    .where(isNull(fills.feeQuote))
    .orderBy(asc(fills.id))
    .limit(200);
  return rows.map(({ fill, venue, quote }) => ({
    id: fill.id,
    botRunId: fill.botRunId,
    venue,
    quote,
    fee: fill.fee,
    feeCurrency: fill.feeCurrency,
    price: fill.price,
    executedAtMs: fill.executedAt.getTime(),
  }));
}

/** Gives a fee its value in quote; the caller rebuilds the bot's ledger in the same transaction. */
export async function valueFee(tx: Db, fillId: number, feeQuote: Money): Promise<void> {
  await tx
    .update(fills)
    .set({ feeQuote })
    .where(and(eq(fills.id, fillId), isNull(fills.feeQuote)));
}

/** Returns the sum of an order's fills in base units. */
export async function sumFilled(db: Db, orderId: string): Promise<Money> {
  const [row] = await db
    .select({ total: sql<string | null>`sum(${fills.quantity})` })
    .from(fills)
    .where(eq(fills.orderId, orderId));
  return money(row?.total ?? '0');
}
