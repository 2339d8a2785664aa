import { toBotState, type DayCounts, type EngineBot } from '../../db/queries/bot-state.ts';
import type { Deps } from '../deps.ts';
import { ExchangeError } from '../exchange/errors.ts';
import { candleAt, tailCandles } from '../trading/candles.ts';
import { decide } from '../trading/decide.ts';
import type { Money } from '../trading/decimal.ts';
import { keepsOrders } from '../trading/order-strategies/names.ts';
import { findStrategy } from '../trading/strategies/registry.ts';
import { timeframeMs, type Timeframe } from '../trading/timeframe.ts';
import type { Candles, Decision, Market } from '../trading/types.ts';

/** Bots that look at the same candles. */
export type Group = {
  venue: string;
  symbol: string;
  timeframe: Timeframe;
  candleTimeMs: number;
  bots: EngineBot[];
};

/**
 * `price` is the close that was decided on, `latePrice` the one that the size follows from where the tick came late;
 * `missed` counts the candles that nobody decided on before it.
 */
export type Decided = {
  bot: EngineBot;
  market: Market;
  decision: Decision;
  price: number;
  latePrice?: Money | null;
  missed: number;
};
export type Failure = { botRunId: string; message: string };
export type GroupResult = { decided: Decided[]; failures: Failure[] };

/** A venue publishes a candle a little after its close: it is asked this often, this far apart, before the tick goes on without. */
const PUBLISH_TRIES = 5;
const PUBLISH_WAIT_MS = 150;

/** Returns the bots by what they look at. */
export function groupBots(bots: EngineBot[], wanted: ReadonlyMap<string, number>): Group[] {
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

/** Lets each bot of a group decide: candles once, whatever the number of bots. A bot that cannot decide fails alone. */
export async function decideGroup(
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
  return strategy ? strategy.warmUp(bot.parameters, bot.timeframe) : 1;
}

/** Returns the newest `count` candles, once that of the tick is published, or soon after. */
export async function loadCandles(deps: Deps, group: Omit<Group, 'bots'>, count: number): Promise<Candles> {
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

/** Whether a candle that closed then is decided on late. */
export const isLate = (closeMs: number, nowMs: number): boolean => nowMs - closeMs > LATE_MS;

async function findLatePrice(deps: Deps, group: Group, candles: Candles): Promise<Money | null> {
  const closeMs = (candles.openTimeMs.at(-1) ?? 0) + timeframeMs(group.timeframe);
  if (!isLate(closeMs, deps.clock.now())) return null;
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
        state: toBotState(bot, days.get(bot.id)),
        candles: tailCandles(candles, neededCandles(bot)),
        price,
        nowMs: deps.clock.now(),
      });
      result.decided.push({
        bot,
        market,
        decision,
        price: newest.close,
        latePrice: price,
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

/** Candles that closed between the last decision and this one: nobody decided on them. Who keeps orders does not decide on any. */
function countMissed(bot: EngineBot, candleTimeMs: number): number {
  if (keepsOrders(bot.strategy)) return 0;
  const length = timeframeMs(bot.timeframe);
  // What came before the bot was started (again) was not missed.
  if (bot.lastCandleTimeMs === null || bot.lastCandleTimeMs + 2 * length <= bot.startedAtMs) return 0;
  return Math.max(0, (candleTimeMs - bot.lastCandleTimeMs) / length - 1);
}
