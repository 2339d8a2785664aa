import { and, asc, desc, eq, isNull, notInArray, sql, type SQL } from 'drizzle-orm';
import { money, ZERO, type Money } from '../../jobs/trading/decimal.ts';
import type { Exits } from '../../jobs/trading/portfolio/exits.ts';
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

/** Buys read at a time on the way back to the oldest one of which something is left. */
const BUYS_PAGE = 50;

/**
 * Returns a bot's newest buys, newest first: at least as many as `held` base units take, all of them if they do not
 * suffice. `except` are fills that do not count yet.
 */
export async function listNewestBuys(
  tx: Db,
  botRunId: string,
  { held, base, except = [] }: { held: Money; base: string; except?: number[] },
): Promise<StoredFill[]> {
  const found: StoredFill[] = [];
  let missing = held;
  while (missing.gt(0)) {
    const rows = await tx
      .select()
      .from(fills)
      .where(and(eq(fills.botRunId, botRunId), eq(fills.side, 'BUY'), notInArray(fills.id, except)))
      .orderBy(desc(fills.executedAt), desc(fills.id))
      .limit(BUYS_PAGE)
      .offset(found.length);
    const buys = rows.map(toStoredFill);
    found.push(...buys);
    for (const { quantity, fee, feeCurrency } of buys)
      missing = missing.minus(feeCurrency === base ? quantity.minus(fee) : quantity);
    if (rows.length < BUYS_PAGE) break;
  }
  return found;
}

/** Whether a bot's newest sale has no profit by first in, first out yet. `except` are fills that do not count yet. */
export async function isNewestSaleUnvalued(tx: Db, botRunId: string, except: number[]): Promise<boolean> {
  const [row] = await tx
    .select({ pnlFifo: fills.pnlFifo })
    .from(fills)
    .where(and(eq(fills.botRunId, botRunId), eq(fills.side, 'SELL'), notInArray(fills.id, except)))
    .orderBy(desc(fills.executedAt), desc(fills.id))
    .limit(1);
  return row !== undefined && row.pnlFifo === null;
}

/** What a fill earned by average cost and by first in, first out; null where it cannot earn anything. */
export type FillProfit = { id: number; pnl: Money | null; pnlFifo: Money | null };

/** What fills lead to: the bot's new standing, and the profit of each. */
export type LedgerChange = {
  position: Position;
  realizedPnl: Money;
  /** All fees of the bot; those to add where `areFeesAdded`. Quote units. */
  fees: Money;
  areFeesAdded: boolean;
  profits: FillProfit[];
  exits: Exits;
};

/** Writes a bot's new standing and its fills' profits. */
export async function storeLedger(tx: Db, botRunId: string, change: LedgerChange): Promise<void> {
  await storeProfits(tx, change.profits);
  const feesQuote: Money | SQL = change.areFeesAdded
    ? sql`${botRuns.feesQuote} + ${change.fees.toFixed()}::numeric`
    : change.fees;
  await tx
    .update(botRuns)
    .set({
      ...fromPosition(change.position),
      realizedPnl: change.realizedPnl,
      feesQuote,
      ...fromExits(change.exits),
    })
    .where(eq(botRuns.id, botRunId));
}

function fromExits({ openTradePnl, lastExit, lossStreak }: Exits) {
  return {
    openTradePnl,
    lossStreak,
    lastExitAt: lastExit && new Date(lastExit.atMs),
    lastExitPnl: lastExit && lastExit.pnl,
  };
}

/** One statement, whatever the number of fills; those whose profits are known already stay as they are. */
async function storeProfits(tx: Db, profits: FillProfit[]): Promise<void> {
  const rows = profits.map(({ id, pnl, pnlFifo }) => ({
    id,
    pnl: pnl?.toFixed() ?? null,
    fifo: pnlFifo?.toFixed() ?? null,
  }));
  await tx.execute(sql`
    update ${fills} set pnl = v.pnl, pnl_fifo = v.fifo
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as v(id bigint, pnl numeric, fifo numeric)
    where ${fills.id} = v.id and (${fills.pnl}, ${fills.pnlFifo}) is distinct from (v.pnl, v.fifo)`);
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
