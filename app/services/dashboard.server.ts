import { listOpenAlerts } from '../../db/queries/alerts.ts';
import { listBotRuns, type BotRun } from '../../db/queries/bots.ts';
import {
  findEquityAt,
  listEquityPoints,
  sumFillsByBot,
  type EquityPoint,
  type FillSums,
} from '../../db/queries/reports.ts';
import { listTrades } from '../../db/queries/trades.ts';
import type { Deps } from '../../jobs/deps.ts';
import { sum, type Money } from '../../jobs/trading/decimal.ts';
import type { DashboardView, OpenPositionView, TotalsView } from '../schemas/views.ts';
import { toAlertView } from './alerts.server.ts';
import { isInPosition } from './bot-state.ts';
import { isoOrNull, toBotView, toPct, toTradeView, worthOf } from './bot-views.ts';
import { sumCurve } from './equity-curve.ts';

const CURVE_POINTS = 300;
const SPARK_POINTS = 40;
const TRADES = 10;
const ALERTS = 20;
const DAY_MS = 86_400_000;

/** What the figures of all groups are made from. */
type Past = {
  nowMs: number;
  /** By bot: equity at 00:00 UTC today; a bot not seen until then is left out. */
  atMidnight: Map<string, Money>;
  today: Map<string, FillSums>;
  points: EquityPoint[];
};

/** Returns what the dashboard shows: totals by mode and currency, bots, positions, trades, alerts. Days are UTC. */
export async function getDashboard(deps: Deps, userId: string): Promise<DashboardView> {
  const [bots, trades, alerts] = await Promise.all([
    listBotRuns(deps.db, userId),
    listTrades(deps.db, userId, { limit: TRADES }),
    listOpenAlerts(deps.db, userId, ALERTS),
  ]);
  const past = await readPast(deps, userId, bots);
  return {
    totals: groupBots(bots).map((group) => toTotals(group, past)),
    bots: bots.map(toBotView),
    sparks: toSparks(bots, past),
    positions: bots.filter(isInPosition).map(toOpenPosition),
    trades: trades.map(toTradeView),
    alerts: alerts.map(toAlertView),
  };
}

async function readPast(deps: Deps, userId: string, bots: BotRun[]): Promise<Past> {
  const nowMs = deps.clock.now();
  const midnight = new Date(Math.floor(nowMs / DAY_MS) * DAY_MS);
  const from = new Date(Math.min(nowMs, ...bots.map((bot) => bot.createdAtMs)));
  const [atMidnight, today, points] = await Promise.all([
    findEquityAt(deps.db, userId, midnight),
    sumFillsByBot(deps.db, userId, { from: midnight }),
    listEquityPoints(deps.db, userId, { from, to: new Date(nowMs), slots: CURVE_POINTS - 2 }),
  ]);
  return { nowMs, atMidnight, today, points };
}

/** Bots of one mode and currency together: live ones first, then the currency with most bots. */
function groupBots(bots: BotRun[]): BotRun[][] {
  const groups = new Map<string, BotRun[]>();
  for (const bot of bots) {
    const key = `${bot.mode} ${bot.quote}`;
    groups.set(key, [...(groups.get(key) ?? []), bot]);
  }
  const isLive = (group: BotRun[]) => (group[0]?.mode === 'live' ? 0 : 1);
  return [...groups.values()].sort((a, b) => isLive(a) - isLive(b) || b.length - a.length);
}

function toTotals(bots: BotRun[], past: Past): TotalsView {
  const worths = bots.map((bot) => ({ bot, ...worthOf(bot) }));
  const equity = sum(worths.map((worth) => worth.equity));
  const initial = sum(bots.map((bot) => bot.initialBalance));
  const profit = sum(worths.map((worth) => worth.profit));
  const before = sum(bots.map((bot) => past.atMidnight.get(bot.id) ?? bot.initialBalance));
  const today = equity.minus(before);
  const ends = worths.map(({ bot, equity: last }) => ({ botRunId: bot.id, first: bot.initialBalance, last }));
  const fromMs = Math.min(...bots.map((bot) => bot.createdAtMs));
  return {
    mode: bots[0]?.mode ?? 'paper',
    currency: bots[0]?.quote ?? '',
    bots: bots.length,
    equity: equity.toFixed(),
    today: {
      pnl: today.toFixed(),
      pct: toPct(today, before),
      trades: bots.reduce((count, bot) => count + (past.today.get(bot.id)?.trades ?? 0), 0),
    },
    unrealized: {
      pnl: sum(worths.map((worth) => worth.unrealized)).toFixed(),
      openPositions: bots.filter(isInPosition).length,
    },
    sinceStart: { pnl: profit.toFixed(), pct: toPct(profit, initial) },
    curve: sumCurve(ends, past.points, { fromMs, toMs: past.nowMs, atMost: CURVE_POINTS }),
  };
}

function toSparks(bots: BotRun[], { points }: Past): Record<string, number[]> {
  const byBot = new Map<string, EquityPoint[]>(bots.map((bot) => [bot.id, []]));
  for (const point of points) byBot.get(point.botRunId)?.push(point);
  const spark = (bot: BotRun) => {
    const seen = byBot.get(bot.id) ?? [];
    const step = Math.ceil(seen.length / (SPARK_POINTS - 2)) || 1;
    const kept = seen.filter((_, index) => (seen.length - 1 - index) % step === 0);
    return [bot.initialBalance, ...kept.map((point) => point.equity), worthOf(bot).equity];
  };
  return Object.fromEntries(bots.map((bot) => [bot.id, spark(bot).map((equity) => equity.toNumber())]));
}

function toOpenPosition(bot: BotRun): OpenPositionView {
  const { quantity, entryPrice, openedAtMs } = bot.position;
  return {
    botRunId: bot.id,
    botName: bot.name,
    mode: bot.mode,
    symbol: bot.symbol,
    base: bot.base,
    quote: bot.quote,
    quantity: quantity.toFixed(),
    averagePrice: entryPrice.toFixed(),
    lastPrice: bot.lastPrice?.toFixed() ?? null,
    value: quantity.times(bot.lastPrice ?? entryPrice).toFixed(),
    unrealizedPnl: worthOf(bot).unrealized.toFixed(),
    openedAt: isoOrNull(openedAtMs),
  };
}
