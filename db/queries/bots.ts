import { and, desc, eq, inArray } from 'drizzle-orm';
import type { Money } from '../../jobs/trading/decimal.ts';
import type { Timeframe } from '../../jobs/trading/timeframe.ts';
import type { BotMode, BotStatus, Position, Signal, Sizing, StoredRisk } from '../../jobs/trading/types.ts';
import type { Db } from '../client.ts';
import { botRuns } from '../schema/bots.ts';
import { paperBalances } from '../schema/paper.ts';
import { toPosition } from './bot-state.ts';
import { equityNow } from './halts.ts';

/** A bot as its owner sees it. */
export type BotRun = {
  id: string;
  userId: string;
  name: string;
  strategy: string;
  venue: string;
  symbol: string;
  base: string;
  quote: string;
  timeframe: Timeframe;
  mode: BotMode;
  exchangeKeyId: string | null;
  /** The basket that it is a leg of. */
  basketId: string | null;
  parameters: Record<string, unknown>;
  sizing: Sizing;
  risk: StoredRisk;
  /** Of a leg its share, for reports: what it may spend, its basket says. */
  initialBalance: Money;
  status: BotStatus;
  closeOnStop: boolean;
  startedAtMs: number;
  stoppedAtMs: number | null;
  createdAtMs: number;
  lastCandleTimeMs: number | null;
  lastTickAtMs: number | null;
  lastSignal: (Signal & { candleTimeMs: number }) | null;
  lastPrice: Money | null;
  lastPriceAtMs: number | null;
  error: string | null;
  /** What halted it last; whether it is halted now, its status says. */
  halt: { atMs: number; rule: string; reason: string } | null;
  position: Position;
  realizedPnl: Money;
  feesQuote: Money;
};

type Row = typeof botRuns.$inferSelect;

export type NewBotRun = Pick<
  Row,
  | 'id'
  | 'userId'
  | 'name'
  | 'strategy'
  | 'venue'
  | 'symbol'
  | 'base'
  | 'quote'
  | 'timeframe'
  | 'mode'
  | 'exchangeKeyId'
  | 'accountId'
  | 'parameters'
  | 'sizingType'
  | 'sizingValue'
  | 'risk'
  | 'initialBalance'
  | 'startedAt'
> &
  Partial<Pick<Row, 'basketId' | 'basketPlace'>>;

const ms = (date: Date | null) => date?.getTime() ?? null;

function toHalt({ haltedAt, haltRule, haltReason }: Row): BotRun['halt'] {
  return haltedAt && { atMs: haltedAt.getTime(), rule: haltRule ?? '', reason: haltReason ?? '' };
}

/** Returns a row as its owner sees the bot. */
export function toBotRun(row: Row): BotRun {
  return {
    id: row.id,
    userId: row.userId,
    name: row.name,
    strategy: row.strategy,
    venue: row.venue,
    symbol: row.symbol,
    base: row.base,
    quote: row.quote,
    timeframe: row.timeframe as Timeframe,
    mode: row.mode,
    exchangeKeyId: row.exchangeKeyId,
    basketId: row.basketId,
    parameters: row.parameters,
    sizing: { type: row.sizingType, value: row.sizingValue },
    risk: row.risk,
    initialBalance: row.initialBalance,
    status: row.status,
    closeOnStop: row.closeOnStop,
    startedAtMs: row.startedAt.getTime(),
    stoppedAtMs: ms(row.stoppedAt),
    createdAtMs: row.createdAt.getTime(),
    lastCandleTimeMs: ms(row.lastCandleTime),
    lastTickAtMs: ms(row.lastTickAt),
    lastSignal: row.lastSignal,
    lastPrice: row.lastPrice,
    lastPriceAtMs: ms(row.lastPriceAt),
    error: row.error,
    halt: toHalt(row),
    position: toPosition(row),
    realizedPnl: row.realizedPnl,
    feesQuote: row.feesQuote,
  };
}

/** Stores a new bot, running; a paper bot's account opens with its initial balance, a leg has its basket's. */
export async function insertBotRun(tx: Db, bot: NewBotRun): Promise<BotRun> {
  const [row] = await tx
    .insert(botRuns)
    .values({ ...bot, status: 'RUNNING', createdAt: bot.startedAt })
    .returning();
  if (!row) throw new Error('The insert of a bot returned no row.');
  if (bot.mode === 'paper' && row.basketId === null) {
    await tx
      .insert(paperBalances)
      .values({ accountId: bot.accountId, asset: bot.quote, free: bot.initialBalance });
  }
  return toBotRun(row);
}

export async function findBotRun(db: Db, userId: string, botRunId: string): Promise<BotRun | undefined> {
  const [row] = await db
    .select()
    .from(botRuns)
    .where(and(eq(botRuns.id, botRunId), eq(botRuns.userId, userId)));
  return row && toBotRun(row);
}

/** Returns a user's bots, newest first; the legs of a basket by their places. */
export async function listBotRuns(db: Db, userId: string): Promise<BotRun[]> {
  const rows = await db
    .select()
    .from(botRuns)
    .where(eq(botRuns.userId, userId))
    .orderBy(desc(botRuns.createdAt), botRuns.basketId, botRuns.basketPlace, desc(botRuns.id));
  return rows.map(toBotRun);
}

/** Returns a user's bot and keeps its row locked until the transaction ends. */
export async function lockBotRun(tx: Db, userId: string, botRunId: string): Promise<BotRun | undefined> {
  const [row] = await tx
    .select()
    .from(botRuns)
    .where(and(eq(botRuns.id, botRunId), eq(botRuns.userId, userId)))
    .for('update');
  return row && toBotRun(row);
}

/** Sets a bot that is not stopped on its way to a stop. */
export async function markBotStopping(
  tx: Db,
  userId: string,
  stop: { botRunId: string; closePosition: boolean },
): Promise<BotRun | undefined> {
  const [row] = await tx
    .update(botRuns)
    .set({ status: 'STOPPING', closeOnStop: stop.closePosition })
    .where(
      and(
        eq(botRuns.id, stop.botRunId),
        eq(botRuns.userId, userId),
        inArray(botRuns.status, ['RUNNING', 'STOPPING', 'HALTED', 'ERROR']),
      ),
    )
    .returning();
  return row && toBotRun(row);
}

/** Sets a bot running again; what it holds and has earned stays, and its drawdown counts from what it owns now. */
export async function markBotRunning(
  tx: Db,
  userId: string,
  start: { botRunId: string; startedAt: Date },
): Promise<BotRun | undefined> {
  const [row] = await tx
    .update(botRuns)
    .set({
      status: 'RUNNING',
      closeOnStop: false,
      startedAt: start.startedAt,
      stoppedAt: null,
      error: null,
      haltedAt: null,
      haltRule: null,
      haltReason: null,
      equityPeak: equityNow,
    })
    .where(
      and(
        eq(botRuns.id, start.botRunId),
        eq(botRuns.userId, userId),
        inArray(botRuns.status, ['STOPPED', 'HALTED', 'ERROR']),
      ),
    )
    .returning();
  return row && toBotRun(row);
}
