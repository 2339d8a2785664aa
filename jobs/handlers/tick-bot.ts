import { listLegIds } from '../../db/queries/basket-books.ts';
import { countDay, listEngineBots, type EngineBot } from '../../db/queries/bot-state.ts';
import { markBotErrors } from '../../db/queries/ticks.ts';
import type { Outcome } from '../boss.ts';
import type { Deps } from '../deps.ts';
import { askAtClose } from '../orders/ask-to-keep.ts';
import type { Payload } from '../queues.ts';
import { decideGroup, groupBots, type GroupResult } from '../ticks/decide-group.ts';
import { listRebalanced, rebalanceBaskets } from '../ticks/rebalance-baskets.ts';
import { recordDecisions } from '../ticks/record-decisions.ts';
import { utcDayStart } from '../trading/timeframe.ts';

type Tick = Payload<'tick-bot'>;

/** Groups of one batch whose candles are fetched at the same time. */
const GROUPS_AT_ONCE = 64;

/**
 * Lets a batch of bots decide on the newest closed candle: candles once per (venue, symbol, timeframe), one decision a
 * bot, and everything that follows (marks, log, intents, jobs) in one transaction. Safe to run twice: a bot that has
 * decided on the candle is left alone.
 */
export async function tickBot(deps: Deps, ticks: Tick[]): Promise<Outcome[]> {
  const stopTimer = deps.metrics.tickDuration.startTimer();
  const wanted = new Map(ticks.map((tick) => [tick.botRunId, tick.candleTimeMs]));
  const found = await listWithLegs(deps, wanted);
  const bots = found.filter((bot) => isDue(bot, wanted));
  const days = await countDay(
    deps.db,
    bots.filter(countsByDay).map((bot) => bot.id),
    utcDayStart(deps.clock.now()),
  );
  const groups = groupBots(bots, wanted);
  const results: GroupResult[] = [];
  for (let at = 0; at < groups.length; at += GROUPS_AT_ONCE) {
    const slice = groups.slice(at, at + GROUPS_AT_ONCE);
    results.push(...(await Promise.all(slice.map((group) => decideGroup(deps, group, days)))));
  }
  await recordDecisions(
    deps,
    results.flatMap((result) => result.decided),
  );
  await markBotErrors(
    deps.db,
    results.flatMap((result) => result.failures),
    deps.clock.now(),
  );
  await rebalanceBaskets(deps, listRebalanced(found, wanted));
  await askAtClose(deps, bots, wanted);
  const seconds = stopTimer();
  deps.log.debug({ ticks: ticks.length, groups: groups.length, seconds }, 'ticked');
  return ticks.map(() => null);
}

/**
 * Returns the bots of a batch, and with a leg all legs of its basket: they decide together, so that of several entries at a
 * candle the first given symbol comes first, whichever tick came first.
 */
async function listWithLegs(deps: Deps, wanted: Map<string, number>): Promise<EngineBot[]> {
  const bots = await listEngineBots(deps.db, [...wanted.keys()]);
  const candleTimes = new Map<string, number>();
  for (const { id, basketId } of bots) {
    if (basketId === null) continue;
    candleTimes.set(basketId, Math.max(wanted.get(id) ?? 0, candleTimes.get(basketId) ?? 0));
  }
  if (candleTimes.size === 0) return bots;
  const legs = await listEngineBots(deps.db, await listLegIds(deps.db, [...candleTimes.keys()]));
  for (const { id, basketId } of legs) wanted.set(id, candleTimes.get(basketId ?? '') ?? 0);
  return [...bots.filter(({ basketId }) => basketId === null), ...legs];
}

function isDue(bot: EngineBot, wanted: ReadonlyMap<string, number>): boolean {
  const candleTimeMs = wanted.get(bot.id) ?? -Infinity;
  return bot.status === 'RUNNING' && (bot.lastCandleTimeMs ?? -Infinity) < candleTimeMs;
}

/** A leg's day is counted with its basket's. */
const countsByDay = ({ risk, basketId }: EngineBot) => basketId === null && countsTrades(risk);

const countsTrades = (risk: EngineBot['risk']) =>
  risk.maxTradesPerDay !== undefined || risk.maxDailyLossPct !== undefined;
