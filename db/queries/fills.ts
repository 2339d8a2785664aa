import { and, asc, desc, eq, isNull, sql } from 'drizzle-orm';
import { money, sum, ZERO, type Money } from '../../jobs/trading/decimal.ts';
import { applyFill, FLAT } from '../../jobs/trading/portfolio/ledger.ts';
import type { Fill, Market, Position, ValuedFill } from '../../jobs/trading/types.ts';
import type { Db } from '../client.ts';
import { botRuns } from '../schema/bots.ts';
import { fills } from '../schema/orders.ts';
import { fromPosition, lockEngineBot, type EngineBot } from './bot-state.ts';

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

type StoredFill = ValuedFill & { id: number };

/**
 * Adds fills to the trade log and moves the bot's ledger, in the caller's transaction. A fill that is there already
 * (by the venue's trade id) changes nothing. Returns how many were new.
 */
export async function bookFills(
  tx: Db,
  owner: FillOwner,
  reported: { fills: ReportedFill[]; market: Market },
): Promise<number> {
  const bot = await lockEngineBot(tx, owner.botRunId);
  if (!bot) throw new Error(`No bot ${owner.botRunId} for the fills of order ${owner.orderId}`);
  const newest = await findNewestFillTime(tx, owner.botRunId);
  const added = await insertFills(tx, owner, reported.fills);
  if (added.length === 0) return 0;
  const isLate = added.some((fill) => fill.timeMs < newest);
  if (isLate) await rebuildLedger(tx, bot, reported.market);
  else await extendLedger(tx, bot, { fills: added, market: reported.market });
  return added.length;
}

async function findNewestFillTime(tx: Db, botRunId: string): Promise<number> {
  const [row] = await tx
    .select({ at: fills.executedAt })
    .from(fills)
    .where(eq(fills.botRunId, botRunId))
    .orderBy(desc(fills.executedAt))
    .limit(1);
  return row?.at.getTime() ?? -Infinity;
}

async function insertFills(tx: Db, owner: FillOwner, reported: ReportedFill[]): Promise<StoredFill[]> {
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

type Folded = {
  position: Position;
  realizedPnl: Money;
  fees: Money;
  pnls: { id: number; pnl: Money }[];
  lastSale: StoredFill | null;
};

function fold(start: Position, added: StoredFill[], market: Market): Folded {
  const folded: Folded = { position: start, realizedPnl: ZERO, fees: ZERO, pnls: [], lastSale: null };
  for (const fill of added) {
    const applied = applyFill(folded.position, fill, market);
    folded.position = applied.position;
    folded.realizedPnl = folded.realizedPnl.plus(applied.realizedPnl);
    folded.fees = folded.fees.plus(fill.feeQuote);
    if (fill.side !== 'SELL') continue;
    folded.pnls.push({ id: fill.id, pnl: applied.realizedPnl });
    folded.lastSale = fill;
  }
  return folded;
}

async function extendLedger(
  tx: Db,
  bot: EngineBot,
  { fills: added, market }: { fills: StoredFill[]; market: Market },
): Promise<void> {
  const folded = fold(bot.position, added, market);
  await storeLedger(tx, bot, folded, {
    realizedPnl: bot.realizedPnl.plus(folded.realizedPnl),
    feesQuote: sql`${botRuns.feesQuote} + ${folded.fees.toFixed()}::numeric`,
  });
}

/** Derives a bot's whole ledger anew from its fills: when a fill came late, or a fee got its value. */
export async function rebuildLedger(tx: Db, bot: EngineBot, market: Market): Promise<void> {
  const rows = await tx
    .select()
    .from(fills)
    .where(eq(fills.botRunId, bot.id))
    .orderBy(asc(fills.executedAt), asc(fills.id));
  const folded = fold(FLAT, rows.map(toStoredFill), market);
  const { highPrice } = bot.position;
  if (folded.position.openedAtMs !== null && highPrice.gt(folded.position.highPrice)) {
    folded.position = { ...folded.position, highPrice };
  }
  await storeLedger(tx, bot, folded, { realizedPnl: folded.realizedPnl, feesQuote: folded.fees });
}

async function storeLedger(
  tx: Db,
  bot: EngineBot,
  folded: Folded,
  totals: { realizedPnl: Money; feesQuote: Money | ReturnType<typeof sql> },
): Promise<void> {
  for (const { id, pnl } of folded.pnls) await tx.update(fills).set({ pnl }).where(eq(fills.id, id));
  const hasExited = folded.lastSale !== null && folded.position.openedAtMs === null;
  await tx
    .update(botRuns)
    .set({
      ...fromPosition(folded.position),
      ...totals,
      ...(hasExited && folded.lastSale
        ? {
            lastExitAt: new Date(folded.lastSale.timeMs),
            lastExitPnl: sum(folded.pnls.map(({ pnl }) => pnl)),
          }
        : {}),
    })
    .where(eq(botRuns.id, bot.id));
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
