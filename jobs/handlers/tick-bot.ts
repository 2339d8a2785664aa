import { randomUUID } from 'node:crypto';
import { countDay, listEngineBots, type DayCounts, type EngineBot } from '../../db/queries/bot-state.ts';
import { insertIntents, type NewOrder } from '../../db/queries/orders.ts';
import { insertDecisions, markBotErrors, markTicks, type DecisionRecord } from '../../db/queries/ticks.ts';
import type { Outcome } from '../boss.ts';
import type { Deps } from '../deps.ts';
import { ExchangeError } from '../exchange/errors.ts';
import { PRIORITY, type Payload } from '../queues.ts';
import { candleAt, tailCandles } from '../trading/candles.ts';
import { decide } from '../trading/decide.ts';
import { money, ZERO, type Money } from '../trading/decimal.ts';
import { clientOrderId } from '../trading/portfolio/client-order-id.ts';
import { findStrategy } from '../trading/strategies/registry.ts';
import { timeframeMs, type Timeframe } from '../trading/timeframe.ts';
import type { BotState, Candles, Decision, Market } from '../trading/types.ts';

type Tick = Payload<'tick-bot'>;
type Group = { venue: string; symbol: string; timeframe: Timeframe; candleTimeMs: number; bots: EngineBot[] };
type Decided = { bot: EngineBot; decision: Decision; price: number; missed: number };
type Failure = { botRunId: string; message: string };
type GroupResult = { decided: Decided[]; failures: Failure[] };

/** A venue publishes a candle a little after its close: it is asked this often, this far apart, before the tick goes on without. */
const PUBLISH_TRIES = 5;
const PUBLISH_WAIT_MS = 150;
/** Groups of one batch whose candles are fetched at the same time. */
const GROUPS_AT_ONCE = 16;

/**
 * Lets a batch of bots decide on the newest closed candle: candles once per (venue, symbol, timeframe), one decision a
 * bot, and everything that follows (marks, log, intents, jobs) in one transaction. Safe to run twice: a bot that has
 * decided on the candle is left alone.
 */
export async function tickBot(deps: Deps, ticks: Tick[]): Promise<Outcome[]> {
  const stopTimer = deps.metrics.tickDuration.startTimer();
  const wanted = new Map(ticks.map((tick) => [tick.botRunId, tick.candleTimeMs]));
  const bots = (await listEngineBots(deps.db, [...wanted.keys()])).filter((bot) => isDue(bot, wanted));
  const days = await countDay(
    deps.db,
    bots.filter(countsByDay).map((bot) => bot.id),
    startOfDay(deps.clock.now()),
  );
  const groups = groupBots(bots, wanted);
  const results: GroupResult[] = [];
  for (let at = 0; at < groups.length; at += GROUPS_AT_ONCE) {
    const slice = groups.slice(at, at + GROUPS_AT_ONCE);
    results.push(...(await Promise.all(slice.map((group) => decideGroup(deps, group, days)))));
  }
  await persist(
    deps,
    results.flatMap((result) => result.decided),
  );
  await markBotErrors(
    deps.db,
    results.flatMap((result) => result.failures),
    deps.clock.now(),
  );
  const seconds = stopTimer();
  deps.log.debug({ ticks: ticks.length, groups: groups.length, seconds }, 'ticked');
  return ticks.map(() => null);
}

function isDue(bot: EngineBot, wanted: ReadonlyMap<string, number>): boolean {
  const candleTimeMs = wanted.get(bot.id) ?? -Infinity;
  return bot.status === 'RUNNING' && (bot.lastCandleTimeMs ?? -Infinity) < candleTimeMs;
}

const countsByDay = ({ risk }: EngineBot) =>
  risk.maxTradesPerDay !== undefined || risk.maxDailyLossPct !== undefined;

const startOfDay = (nowMs: number) => Math.floor(nowMs / 86_400_000) * 86_400_000;

function groupBots(bots: EngineBot[], wanted: ReadonlyMap<string, number>): Group[] {
  const groups = new Map<string, Group>();
  for (const bot of bots) {
    const { venue, symbol, timeframe } = bot;
    const key = `${venue} ${symbol} ${timeframe}`;
    const candleTimeMs = wanted.get(bot.id) ?? 0;
    const group = groups.get(key) ?? { venue, symbol, timeframe, candleTimeMs, bots: [] };
    group.bots.push(bot);
    group.candleTimeMs = Math.max(group.candleTimeMs, candleTimeMs);
    groups.set(key, group);
  }
  return [...groups.values()];
}

async function decideGroup(
  deps: Deps,
  group: Group,
  days: ReadonlyMap<string, DayCounts>,
): Promise<GroupResult> {
  try {
    const count = Math.max(...group.bots.map(neededCandles));
    const market = (await deps.marketData(group.venue).loadMarkets()).get(group.symbol);
    if (!market) return failAll(group, `${group.venue} does not list ${group.symbol} any more.`);
    const candles = await loadCandles(deps, group, count);
    const price = await findLatePrice(deps, group, candles);
    return decideEach(deps, group, { market, candles, price, days });
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error;
    return failAll(group, `No candles from ${group.venue}: ${error.message}`);
  }
}

const failAll = (group: Group, message: string): GroupResult => ({
  decided: [],
  failures: group.bots.map((bot) => ({ botRunId: bot.id, message })),
});

function neededCandles(bot: EngineBot): number {
  const strategy = findStrategy(bot.strategy);
  return strategy ? strategy.warmUp(bot.parameters) : 1;
}

async function loadCandles(deps: Deps, group: Group, count: number): Promise<Candles> {
  const query = { venue: group.venue, symbol: group.symbol, timeframe: group.timeframe, count };
  let candles = await deps.candles.latest(query);
  for (
    let tries = 1;
    tries < PUBLISH_TRIES && (candles.openTimeMs.at(-1) ?? 0) < group.candleTimeMs;
    tries++
  ) {
    await new Promise((resolve) => setTimeout(resolve, PUBLISH_WAIT_MS));
    candles = await deps.candles.latest(query);
  }
  return candles;
}

/** A decision made this long after its candle closed (after a restart, say) is sized on the price of now. */
const LATE_MS = 10_000;

async function findLatePrice(deps: Deps, group: Group, candles: Candles): Promise<Money | null> {
  const closeMs = (candles.openTimeMs.at(-1) ?? 0) + timeframeMs(group.timeframe);
  if (deps.clock.now() - closeMs <= LATE_MS) return null;
  return (await deps.marketData(group.venue).fetchTicker(group.symbol)).last;
}

type Inputs = { market: Market; candles: Candles; price: Money | null; days: ReadonlyMap<string, DayCounts> };

function decideEach(deps: Deps, group: Group, { market, candles, price, days }: Inputs): GroupResult {
  const result: GroupResult = { decided: [], failures: [] };
  if (candles.openTimeMs.length === 0)
    return failAll(group, `${group.venue} has no candles of ${group.symbol} yet.`);
  const newest = candleAt(candles, -1);
  for (const bot of group.bots) {
    if (newest.openTimeMs <= (bot.lastCandleTimeMs ?? -Infinity)) continue;
    try {
      const decision = decide({
        config: { ...bot, params: bot.parameters },
        market,
        state: toState(bot, days.get(bot.id)),
        candles: tailCandles(candles, neededCandles(bot)),
        price,
        nowMs: deps.clock.now(),
      });
      result.decided.push({
        bot,
        decision,
        price: newest.close,
        missed: countMissed(bot, newest.openTimeMs),
      });
    } catch (error) {
      deps.log.error({ botRunId: bot.id, err: error }, 'a bot could not decide');
      const message = error instanceof Error ? error.message : String(error);
      result.failures.push({ botRunId: bot.id, message: `It could not decide: ${message}` });
    }
  }
  return result;
}

function toState(bot: EngineBot, day: DayCounts | undefined): BotState {
  return {
    position: bot.position,
    realizedPnl: bot.realizedPnl,
    initialBalance: bot.initialBalance,
    freeQuote: bot.initialBalance.plus(bot.realizedPnl).minus(bot.position.cost),
    hasWorkingOrder: bot.hasWorkingOrder,
    tradesToday: day?.trades ?? 0,
    realizedPnlToday: day?.realizedPnl ?? ZERO,
    lastExitAtMs: bot.lastExit?.atMs ?? null,
    lastExitPnl: bot.lastExit?.pnl ?? null,
  };
}

/** Candles that closed between the last decision and this one: nobody decided on them. */
function countMissed(bot: EngineBot, candleTimeMs: number): number {
  const length = timeframeMs(bot.timeframe);
  // What came before the bot was started (again) was not missed.
  if (bot.lastCandleTimeMs === null || bot.lastCandleTimeMs + 2 * length <= bot.startedAtMs) return 0;
  return Math.max(0, (candleTimeMs - bot.lastCandleTimeMs) / length - 1);
}

async function persist(deps: Deps, decided: Decided[]): Promise<void> {
  if (decided.length === 0) return;
  const nowMs = deps.clock.now();
  await deps.db.transaction(async (tx) => {
    const marks = decided.map(({ bot, decision, price }) => ({
      botRunId: bot.id,
      candleTimeMs: decision.candleTimeMs,
      tickedAtMs: nowMs,
      signal: decision.signal,
      price: money(price),
    }));
    const moved = await markTicks(tx, marks);
    const mine = decided.filter(({ bot }) => moved.has(bot.id));
    await insertDecisions(tx, mine.flatMap(toRecords));
    const intents = mine.flatMap((entry) => toIntent(entry, nowMs));
    await insertIntents(tx, intents);
    const modes = new Map(mine.map(({ bot }) => [bot.id, bot.mode]));
    const jobs = intents.map(({ id, side, botRunId }) => ({
      payload: { orderId: id },
      key: id,
      priority: side === 'SELL' ? PRIORITY.exit : PRIORITY[modes.get(botRunId) ?? 'paper'],
    }));
    await deps.boss.enqueue(tx, 'place-order', jobs);
  });
  deps.metrics.ticks.inc(decided.length);
}

function toRecords({ bot, decision, price, missed }: Decided): DecisionRecord[] {
  const common = { botRunId: bot.id, source: 'candle' as const, price: money(price) };
  const records: DecisionRecord[] = [];
  if (missed > 0) records.push({ ...common, ...describeMissed(bot, missed) });
  if (decision.outcome !== 'hold') records.push({ ...common, ...decision });
  return records;
}

function describeMissed(bot: EngineBot, missed: number): Decision {
  const firstMs = (bot.lastCandleTimeMs ?? 0) + timeframeMs(bot.timeframe);
  const what = missed === 1 ? 'One candle' : `${missed} candles`;
  const reason = `${what} closed while nothing was running or the exchange did not answer`;
  return {
    candleTimeMs: firstMs,
    signal: { kind: 'HOLD', confidence: 0, reason },
    intent: null,
    verdicts: [],
    outcome: 'ignored',
    detail: 'Not traded late on a stale price: the bot goes on with the newest closed candle.',
  };
}

function toIntent({ bot, decision }: Decided, nowMs: number): NewOrder[] {
  if (!decision.intent) return [];
  const { leg, side, type, quantity, reason, limitPrice } = decision.intent;
  const { accountId, userId, venue, symbol } = bot;
  return [
    {
      id: randomUUID(),
      botRunId: bot.id,
      accountId,
      userId,
      venue,
      symbol,
      clientOrderId: clientOrderId({ botRunId: bot.id, timeMs: decision.candleTimeMs, leg }),
      side,
      type,
      reason,
      quantity,
      ...(limitPrice ? { limitPrice } : {}),
      candleTimeMs: decision.candleTimeMs,
      leg,
      decidedAtMs: nowMs,
    },
  ];
}
