import { eq, inArray, sql, type SQL } from 'drizzle-orm';
import { money, ZERO, type Money } from '../../jobs/trading/decimal.ts';
import type { Exits } from '../../jobs/trading/portfolio/exits.ts';
import { WORKING_STATUSES } from '../../jobs/trading/order-life.ts';
import { toRiskSettings } from '../../jobs/trading/risk/stored-risk.ts';
import type { Timeframe } from '../../jobs/trading/timeframe.ts';
import type {
  BotMode,
  BotState,
  BotStatus,
  Position,
  RiskSettings,
  Sizing,
} from '../../jobs/trading/types.ts';
import type { Db } from '../client.ts';
import { botRuns } from '../schema/bots.ts';
import { fills, orders } from '../schema/orders.ts';

/** A bot as the engine sees it: what it was told, and where it stands. */
export type EngineBot = {
  id: string;
  userId: string;
  name: string;
  accountId: string;
  /** The basket that it is a leg of, and its place there. */
  basketId: string | null;
  basketPlace: number | null;
  mode: BotMode;
  status: BotStatus;
  venue: string;
  symbol: string;
  base: string;
  quote: string;
  timeframe: Timeframe;
  strategy: string;
  parameters: Record<string, unknown>;
  sizing: Sizing;
  risk: RiskSettings;
  initialBalance: Money;
  startedAtMs: number;
  closeOnStop: boolean;
  lastCandleTimeMs: number | null;
  lastPrice: Money | null;
  error: string | null;
  position: Position;
  realizedPnl: Money;
  exits: Exits;
  equityPeak: Money;
  hasWorkingOrder: boolean;
};

/** What the rules that count need, since 00:00 UTC. */
export type DayCounts = { trades: number; realizedPnl: Money };

type Row = typeof botRuns.$inferSelect & { hasWorkingOrder: boolean };

const NO_COUNTS: DayCounts = { trades: 0, realizedPnl: ZERO };

/** Returns a bot that trades alone as the decision sees it: what it may spend follows from its own ledger. A leg: `toLegState`. */
export function toBotState(bot: EngineBot, counts: DayCounts = NO_COUNTS): BotState {
  return {
    position: bot.position,
    realizedPnl: bot.realizedPnl,
    initialBalance: bot.initialBalance,
    freeQuote: bot.initialBalance.plus(bot.realizedPnl).minus(bot.position.cost),
    hasWorkingOrder: bot.hasWorkingOrder,
    tradesToday: counts.trades,
    realizedPnlToday: counts.realizedPnl,
    lastExitAtMs: bot.exits.lastExit?.atMs ?? null,
    lastExitPnl: bot.exits.lastExit?.pnl ?? null,
    lossStreak: bot.exits.lossStreak,
    equityPeak: bot.equityPeak,
  };
}

/** Returns the position columns of a bot's row. */
export function toPosition(
  row: Pick<
    Row,
    'positionQuantity' | 'positionCost' | 'positionEntryPrice' | 'positionHighPrice' | 'positionOpenedAt'
  >,
): Position {
  return {
    quantity: row.positionQuantity,
    cost: row.positionCost,
    entryPrice: row.positionEntryPrice,
    highPrice: row.positionHighPrice,
    openedAtMs: row.positionOpenedAt?.getTime() ?? null,
  };
}

/** Returns a position as the columns of a bot's row. */
export function fromPosition(position: Position) {
  return {
    positionQuantity: position.quantity,
    positionCost: position.cost,
    positionEntryPrice: position.entryPrice,
    positionHighPrice: position.highPrice,
    positionOpenedAt: position.openedAtMs === null ? null : new Date(position.openedAtMs),
  };
}

function toEngineBot(row: Row): EngineBot {
  return {
    id: row.id,
    userId: row.userId,
    name: row.name,
    accountId: row.accountId,
    basketId: row.basketId,
    basketPlace: row.basketPlace,
    mode: row.mode,
    status: row.status,
    venue: row.venue,
    symbol: row.symbol,
    base: row.base,
    quote: row.quote,
    timeframe: row.timeframe as Timeframe,
    strategy: row.strategy,
    parameters: row.parameters,
    sizing: { type: row.sizingType, value: row.sizingValue },
    risk: toRiskSettings(row.risk),
    initialBalance: row.initialBalance,
    startedAtMs: row.startedAt.getTime(),
    closeOnStop: row.closeOnStop,
    lastCandleTimeMs: row.lastCandleTime?.getTime() ?? null,
    lastPrice: row.lastPrice,
    error: row.error,
    position: toPosition(row),
    realizedPnl: row.realizedPnl,
    equityPeak: row.equityPeak ?? row.initialBalance,
    exits: toExits(row),
    hasWorkingOrder: row.hasWorkingOrder,
  };
}

function toExits({ openTradePnl, lastExitAt, lastExitPnl, lossStreak }: Row): Exits {
  const lastExit = lastExitAt && { atMs: lastExitAt.getTime(), pnl: lastExitPnl ?? ZERO };
  return { openTradePnl, lastExit, lossStreak };
}

const statusList = sql.raw(WORKING_STATUSES.map((status) => `'${status}'`).join(', '));
const hasWorkingOrder = sql<boolean>`exists (
  select 1 from ${orders} o where o.bot_run_id = "bot_runs"."id" and o.slot is null and o.status in (${statusList}))`;

async function listWhere(db: Db, where: SQL): Promise<EngineBot[]> {
  const rows = await db
    .select({ bot: botRuns, hasWorkingOrder })
    .from(botRuns)
    .where(where)
    .orderBy(botRuns.id);
  return rows.map((row) => toEngineBot({ ...row.bot, hasWorkingOrder: row.hasWorkingOrder }));
}

/** Returns the bots of these ids that exist, by id. For the engine, which acts for every owner. */
export async function listEngineBots(db: Db, ids: string[]): Promise<EngineBot[]> {
  return ids.length === 0
    ? []
    : listWhere(db, sql`${botRuns.id} = any(${sql.param(`{${ids.join(',')}}`)}::uuid[])`);
}

/** Returns every bot that is not stopped and holds something, and every running one whose drawdown is limited. */
export async function listWatchedBots(db: Db): Promise<EngineBot[]> {
  const holds = sql`${inArray(botRuns.status, ['RUNNING', 'STOPPING', 'HALTED'])} and ${botRuns.positionQuantity} > 0`;
  return listWhere(
    db,
    sql`(${holds}) or (${botRuns.status} = 'RUNNING' and ${botRuns.risk} ? 'max_drawdown_pct')`,
  );
}

/** Returns one bot and keeps its row locked until the transaction ends. */
export async function lockEngineBot(tx: Db, id: string): Promise<EngineBot | undefined> {
  await tx.execute(sql`select 1 from ${botRuns} where ${botRuns.id} = ${id} for no key update`);
  const [bot] = await listWhere(tx, eq(botRuns.id, id));
  return bot;
}

/** Returns trades (entries that were not refused) and realised P&L of each bot since `sinceMs`. */
export async function countDay(db: Db, ids: string[], sinceMs: number): Promise<Map<string, DayCounts>> {
  const counts = new Map<string, DayCounts>();
  if (ids.length === 0) return counts;
  const since = new Date(sinceMs).toISOString();
  const idList = sql.param(`{${ids.join(',')}}`);
  const rows = await db.execute<{ id: string; trades: number; pnl: string | null }>(sql`
    select b.id,
      (select count(*)::int from ${orders} o where o.bot_run_id = b.id and o.created_at >= ${since} and o.side = 'BUY'
        and o.status not in ('rejected', 'expired', 'canceled')) as trades,
      (select sum(f.pnl) from ${fills} f where f.bot_run_id = b.id and f.executed_at >= ${since}) as pnl
    from unnest(${idList}::uuid[]) as b(id)`);
  for (const row of rows)
    counts.set(row.id, { trades: row.trades, realizedPnl: row.pnl === null ? ZERO : money(row.pnl) });
  return counts;
}
