import { countDay, listEngineBots, type EngineBot } from '../../db/queries/bot-state.ts';
import { markBotErrors } from '../../db/queries/ticks.ts';
import type { Outcome } from '../boss.ts';
import type { Deps } from '../deps.ts';
import type { Payload } from '../queues.ts';
import { decideGroup, groupBots, type GroupResult } from '../ticks/decide-group.ts';
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
  const bots = (await listEngineBots(deps.db, [...wanted.keys()])).filter((bot) => isDue(bot, wanted));
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
