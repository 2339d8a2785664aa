import { findBotRun, type BotRun } from '../../db/queries/bots.ts';
import { listDecisions } from '../../db/queries/decisions.ts';
import {
  listOpenOrders,
  listOrders,
  listTrades,
  type OwnedOrder,
  type Trade,
} from '../../db/queries/trades.ts';
import type { Deps } from '../../jobs/deps.ts';
import { tailCandles } from '../../jobs/trading/candles.ts';
import type { Money } from '../../jobs/trading/decimal.ts';
import { findStrategy } from '../../jobs/trading/strategies/registry.ts';
import { WEBHOOK } from '../../jobs/trading/strategies/webhook.ts';
import type { IndicatorSeries, Strategy } from '../../jobs/trading/strategies/strategy.ts';
import { lastClosedOpenTime, timeframeMs } from '../../jobs/trading/timeframe.ts';
import type { Candles, Market } from '../../jobs/trading/types.ts';
import type { BotDetailView, CandleView, ChartView, IndicatorView, NextView } from '../schemas/views.ts';
import { listBotChecks } from './bot-checks.server.ts';
import { readCurve, readFifo } from './bot-curve.server.ts';
import { isInPosition, listExitPrices, sayFigure } from './bot-state.ts';
import { iso, toBotView, toDecisionView, toOrderView, toTradeView } from './bot-views.ts';
import { within } from './deadline.ts';
import { notFound, requireId } from './ids.ts';
import { describeKept, linesOf, readKept } from './kept-orders.server.ts';
import { venueName } from './markets.server.ts';

const CHART_CANDLES = 240;
/** A bot that decides nothing is not worth fetching its whole warm-up. */
const IDLE_CANDLES = 1_000;
const ROWS = 50;
/** A page is served without what an exchange does not say in this time. */
const CANDLES_LIMIT_MS = 4_000;
const MARKET_LIMIT_MS = 2_000;

type Read = { candles: Candles; problem: string | null };

/** Returns all that a bot's page shows; throws 404 for another user's bot. A venue that is down leaves the chart empty. */
export async function getBotDetail(deps: Deps, userId: string, botRunId: string): Promise<BotDetailView> {
  const bot = await findBotRun(deps.db, userId, requireId(botRunId, 'bot'));
  if (!bot) throw notFound('bot');
  const of = { botRunId: bot.id, limit: ROWS };
  const [openOrders, orders, fills, decisions, curve, realizedFifo, read, market] = await Promise.all([
    listOpenOrders(deps.db, userId, bot.id),
    listOrders(deps.db, userId, of),
    listTrades(deps.db, userId, of),
    listDecisions(deps.db, userId, of),
    readCurve(deps, bot),
    readFifo(deps, bot),
    readCandles(deps, bot),
    readMarket(deps, bot),
  ]);
  const kept = await readKept(deps, bot);
  const checks = await listBotChecks(deps, { bot, ...read, market, kept, openOrders: openOrders.length });
  return {
    bot: toBotView(bot),
    openOrders: openOrders.map(toOrderView),
    orders: orders.map(toOrderView),
    fills: fills.map(toTradeView),
    decisions: decisions.map(toDecisionView),
    chart: toChart(bot, read, { fills, openOrders }),
    next:
      kept && bot.status === 'RUNNING'
        ? describeKept(kept)
        : describeNext(bot, read.candles, deps.clock.now()),
    checks,
    curve,
    realizedFifo,
    precision: market
      ? { price: decimalsOf(market.tickSize, 2), quantity: decimalsOf(market.lotSize, 8) }
      : null,
  };
}

function decimalsOf(step: Money, whereNoneStated: number): number {
  return step.isZero() ? whereNoneStated : step.decimalPlaces();
}

async function readMarket(deps: Deps, bot: BotRun): Promise<Market | undefined> {
  try {
    const markets = await within(MARKET_LIMIT_MS, deps.marketData(bot.venue).loadMarkets());
    return markets.get(bot.symbol);
  } catch (error) {
    deps.log.debug({ err: error, venue: bot.venue }, 'market list not read for a page');
    return undefined;
  }
}

const NO_CANDLES: Candles = {
  openTimeMs: new Float64Array(),
  open: new Float64Array(),
  high: new Float64Array(),
  low: new Float64Array(),
  close: new Float64Array(),
  volume: new Float64Array(),
};

async function readCandles(deps: Deps, bot: BotRun): Promise<Read> {
  const { venue, symbol, timeframe } = bot;
  const warmUp = findStrategy(bot.strategy)?.warmUp(bot.parameters, timeframe) ?? 0;
  const most = bot.status === 'RUNNING' ? Infinity : IDLE_CANDLES;
  const count = Math.min(most, CHART_CANDLES + warmUp);
  try {
    const candles = await within(CANDLES_LIMIT_MS, deps.candles.latest({ venue, symbol, timeframe, count }));
    return { candles, problem: staleness(bot, candles, deps.clock.now()) };
  } catch (error) {
    const why = error instanceof Error ? error.message : 'no answer';
    return { candles: NO_CANDLES, problem: `${venueName(venue)} gives no candles at present: ${why}` };
  }
}

/** Two candles late is late: the newest one may still be on its way. */
function staleness({ timeframe, venue }: BotRun, candles: Candles, nowMs: number): string | null {
  const newest = candles.openTimeMs.at(-1);
  if (newest === undefined) return `${venueName(venue)} has no candles of this market yet.`;
  const lateBy = lastClosedOpenTime(timeframe, nowMs) - newest;
  const closed = iso(newest + timeframeMs(timeframe))
    .slice(0, 16)
    .replace('T', ' ');
  return lateBy > 2 * timeframeMs(timeframe)
    ? `Stale since ${closed} UTC: no newer candle was published.`
    : null;
}

type Drawn = { fills: Trade[]; openOrders: OwnedOrder[] };

function toChart(bot: BotRun, { candles, problem }: Read, { fills, openOrders }: Drawn): ChartView {
  const strategy = findStrategy(bot.strategy);
  const shown = tailCandles(candles, CHART_CANDLES);
  const input = { candles, timeframe: bot.timeframe };
  const series = strategy && candles.close.length > 0 ? strategy.indicators(bot.parameters, input) : [];
  const from = shown.openTimeMs[0] ?? Infinity;
  const entry = isInPosition(bot)
    ? [{ label: 'Entry', price: bot.position.entryPrice.toFixed(), kind: 'entry' as const }]
    : [];
  const exits = listExitPrices(bot).map(({ label, price, kind }) => ({
    label,
    kind,
    price: price.toFixed(),
  }));
  return {
    candles: toCandleViews(shown),
    indicators: series.map((line) => toIndicatorView(line, shown.close.length)),
    markers: fills
      .filter((fill) => fill.executedAtMs >= from)
      .reverse()
      .map((fill) => toMarker(fill)),
    lines: [...entry, ...exits, ...linesOf(openOrders)],
    problem,
  };
}

function toMarker(fill: Trade): ChartView['markers'][number] {
  const verb = fill.side === 'BUY' ? 'Bought' : 'Sold';
  return {
    timeMs: fill.executedAtMs,
    side: fill.side,
    price: fill.price.toNumber(),
    quantity: fill.quantity.toFixed(),
    label: `${verb} ${sayFigure(fill.quantity)} ${fill.base} at ${sayFigure(fill.price)}`,
  };
}

/** Returns candles as a chart takes them. */
export function toCandleViews(candles: Candles): CandleView[] {
  return Array.from(candles.openTimeMs, (timeMs, index) => ({
    timeMs,
    open: candles.open[index] ?? 0,
    high: candles.high[index] ?? 0,
    low: candles.low[index] ?? 0,
    close: candles.close[index] ?? 0,
    volume: candles.volume[index] ?? 0,
  }));
}

/** Returns the newest `count` values of an indicator as a chart takes them. */
export function toIndicatorView(series: IndicatorSeries, count: number): IndicatorView {
  const values = count === 0 ? [] : Array.from(series.values.slice(-count));
  return {
    name: series.label,
    pane: series.pane === 'price' ? 'price' : 'own',
    values: values.map((value) => (Number.isFinite(value) ? value : null)),
    levels: (series.bands ?? []).map((value) => ({ label: String(value), value })),
    range: series.range ? { min: series.range[0], max: series.range[1] } : null,
  };
}

/** Returns when the bot decides again and what would make it act. */
function describeNext(bot: BotRun, candles: Candles, nowMs: number): NextView {
  const strategy = findStrategy(bot.strategy);
  if (bot.status !== 'RUNNING') return describeIdle(bot);
  if (bot.strategy === WEBHOOK && strategy)
    return {
      headline: 'Acts as soon as a signal is posted to its address.',
      detail: [sayCondition(bot, strategy, candles), sayExits(bot)].filter(Boolean).join(' '),
      decidesAt: null,
    };
  const decidesAtMs = lastClosedOpenTime(bot.timeframe, nowMs) + 2 * timeframeMs(bot.timeframe);
  const clock = iso(decidesAtMs).slice(11, bot.timeframe === '1s' ? 19 : 16);
  return {
    headline: `Decides again at ${clock} UTC, when the ${bot.timeframe} candle closes.`,
    detail: [strategy ? sayCondition(bot, strategy, candles) : '', sayExits(bot)].filter(Boolean).join(' '),
    decidesAt: iso(decidesAtMs),
  };
}

function describeIdle(bot: BotRun): NextView {
  if (bot.status === 'HALTED')
    return {
      headline: 'Makes no entries until you let it trade again.',
      detail: sayExits(bot),
      decidesAt: null,
    };
  const held = isInPosition(bot) ? ' What it holds stays as it is.' : '';
  const headline =
    bot.status === 'STOPPING'
      ? 'Stops once its open orders are settled.'
      : 'Decides nothing until it is started again.';
  return { headline, detail: held.trim(), decidesAt: null };
}

function sayCondition(bot: BotRun, strategy: Strategy, candles: Candles): string {
  const needed = strategy.warmUp(bot.parameters, bot.timeframe);
  if (candles.close.length < needed)
    return `Needs ${String(needed)} closed candles before it trusts a signal; there are ${String(candles.close.length)}.`;
  const input = { candles, timeframe: bot.timeframe };
  return strategy.next(bot.parameters, input, isInPosition(bot) ? bot.position : null);
}

function sayExits(bot: BotRun): string {
  const exits = listExitPrices(bot).map(({ label, price }) => `${sayFigure(price)} (${label.toLowerCase()})`);
  return exits.length === 0 ? '' : `Also sells at ${exits.join(' or ')} at any time.`;
}
