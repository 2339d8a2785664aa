import { listBotRuns, type BotRun } from '../../db/queries/bots.ts';
import { findEquityAt, listEquityPoints, sumFillsByBot, type FillSums } from '../../db/queries/reports.ts';
import { listTrades as listStoredTrades } from '../../db/queries/trades.ts';
import type { Deps } from '../../jobs/deps.ts';
import { sum, ZERO, type Money } from '../../jobs/trading/decimal.ts';
import type { BotMode } from '../../jobs/trading/types.ts';
import type { PnlQuery, TradesQuery } from '../schemas/reports.ts';
import type { CurvePoint, TradePage } from '../schemas/views.ts';
import { refuseField } from './app-error.ts';
import { toTradeView, worthOf } from './bot-views.ts';
import { sumCurve } from './equity-curve.ts';
import { notFound, requireId } from './ids.ts';

export { getDashboard } from './dashboard.server.ts';

const DEFAULT_LIMIT = 50;
const CURVE_POINTS = 300;

/** Returns a page of a user's fills, newest first. `nextCursor` is null on the last page. */
export async function listTrades(deps: Deps, userId: string, query: TradesQuery): Promise<TradePage> {
  const limit = query.limit ?? DEFAULT_LIMIT;
  const { symbol, from, to } = query;
  requireOrder(query);
  const botRunId =
    query.bot_run_id === undefined ? undefined : await requireBotId(deps, userId, query.bot_run_id);
  const beforeId = query.cursor === undefined ? undefined : Number(query.cursor);
  const filter = { botRunId, symbol, from, to, beforeId, limit: limit + 1 };
  const found = await listStoredTrades(deps.db, userId, filter);
  const trades = found.slice(0, limit);
  const last = trades.at(-1);
  return {
    trades: trades.map(toTradeView),
    nextCursor: found.length > limit && last ? String(last.id) : null,
  };
}

async function requireBotId(deps: Deps, userId: string, botRunId: string): Promise<string> {
  const id = requireId(botRunId, 'bot');
  const bots = await listBotRuns(deps.db, userId);
  if (!bots.some((bot) => bot.id === id)) throw notFound('bot');
  return id;
}

function requireOrder({ from, to }: { from?: Date | undefined; to?: Date | undefined }): void {
  if (from && to && from >= to)
    throw refuseField('to', 'The end ("to") must be after the beginning ("from").');
}

export type BotPnl = {
  botRunId: string;
  name: string;
  mode: BotMode;
  symbol: string;
  currency: string;
  realizedPnl: string;
  unrealizedPnl: string;
  fees: string;
  equity: string;
};

export type Pnl = {
  /** The most common quote currency of the bots; the sums and the curve are those of its bots alone. Null without bots. */
  currency: string | null;
  realizedPnl: string;
  unrealizedPnl: string;
  fees: string;
  curve: CurvePoint[];
  /** Every bot, each in its own currency. */
  byBot: BotPnl[];
};

type Sums = { bot: BotRun; realized: Money; unrealized: Money; fees: Money; equity: Money };

/**
 * Returns profit and loss of a user's bots. With `from` or `to`, realised profit and fees are those of the fills in that
 * span (`to` excluded), and the curve is cut to it; unrealised profit and equity are always today's.
 */
export async function getPnl(deps: Deps, userId: string, query: PnlQuery): Promise<Pnl> {
  requireOrder(query);
  const all = await listBotRuns(deps.db, userId);
  const id = query.bot_run_id === undefined ? undefined : requireId(query.bot_run_id, 'bot');
  const bots = id === undefined ? all : all.filter((bot) => bot.id === id);
  if (id !== undefined && bots.length === 0) throw notFound('bot');
  const sums = await sumBots(deps, userId, { bots, query });
  const currency = commonestQuote(bots);
  const main = sums.filter(({ bot }) => bot.quote === currency);
  return {
    currency,
    realizedPnl: sum(main.map((one) => one.realized)).toFixed(),
    unrealizedPnl: sum(main.map((one) => one.unrealized)).toFixed(),
    fees: sum(main.map((one) => one.fees)).toFixed(),
    curve: await readCurve(deps, userId, { main, query }),
    byBot: sums.map(toBotPnl),
  };
}

async function sumBots(
  deps: Deps,
  userId: string,
  { bots, query }: { bots: BotRun[]; query: PnlQuery },
): Promise<Sums[]> {
  const isWhole = query.from === undefined && query.to === undefined;
  const inSpan = isWhole ? undefined : await sumFillsByBot(deps.db, userId, query);
  return bots.map((bot) => {
    const { realizedPnl: realized, fees } = inSpan ? (inSpan.get(bot.id) ?? NONE) : ofBot(bot);
    const { unrealized, equity } = worthOf(bot);
    return { bot, realized, fees, unrealized, equity };
  });
}

const NONE: Omit<FillSums, 'trades'> = { realizedPnl: ZERO, fees: ZERO };
const ofBot = ({ realizedPnl, feesQuote }: BotRun) => ({ realizedPnl, fees: feesQuote });

function commonestQuote(bots: readonly BotRun[]): string | null {
  const counts = new Map<string, number>();
  for (const { quote } of bots) counts.set(quote, (counts.get(quote) ?? 0) + 1);
  const [commonest] = [...counts].sort(([a, many], [b, more]) => more - many || a.localeCompare(b, 'en'));
  return commonest?.[0] ?? null;
}

function toBotPnl({ bot, realized, unrealized, fees, equity }: Sums): BotPnl {
  return {
    botRunId: bot.id,
    name: bot.name,
    mode: bot.mode,
    symbol: bot.symbol,
    currency: bot.quote,
    realizedPnl: realized.toFixed(),
    unrealizedPnl: unrealized.toFixed(),
    fees: fees.toFixed(),
    equity: equity.toFixed(),
  };
}

async function readCurve(
  deps: Deps,
  userId: string,
  { main, query }: { main: Sums[]; query: PnlQuery },
): Promise<CurvePoint[]> {
  const nowMs = deps.clock.now();
  const createdMs = Math.min(nowMs, ...main.map(({ bot }) => bot.createdAtMs));
  const fromMs = Math.max(createdMs, query.from?.getTime() ?? createdMs);
  const toMs = Math.min(nowMs, query.to?.getTime() ?? nowMs);
  if (fromMs > toMs) return [];
  const [before, atEnd, points] = await Promise.all([
    findEquityAt(deps.db, userId, new Date(fromMs)),
    toMs === nowMs ? new Map<string, Money>() : findEquityAt(deps.db, userId, new Date(toMs)),
    listEquityPoints(deps.db, userId, {
      from: new Date(fromMs),
      to: new Date(toMs),
      slots: CURVE_POINTS - 2,
      botRunIds: query.bot_run_id === undefined ? undefined : [query.bot_run_id.toLowerCase()],
    }),
  ]);
  const ends = main.map(({ bot, equity }) => ({
    botRunId: bot.id,
    first: before.get(bot.id) ?? bot.initialBalance,
    last: toMs === nowMs ? equity : (atEnd.get(bot.id) ?? bot.initialBalance),
  }));
  return sumCurve(ends, points, { fromMs, toMs, atMost: CURVE_POINTS });
}
