import type { BotRun } from '../../db/queries/bots.ts';
import { listNewestBuys } from '../../db/queries/fills.ts';
import { listEquityPoints } from '../../db/queries/reports.ts';
import type { Deps } from '../../jobs/deps.ts';
import { lotsCost, openLots } from '../../jobs/trading/portfolio/fifo.ts';
import type { BotDetailView } from '../schemas/views.ts';
import { iso, worthOf } from './bot-views.ts';

const CURVE_POINTS = 200;

/** Returns a bot's equity from its start to now, thinned. */
export async function readCurve(deps: Deps, bot: BotRun): Promise<BotDetailView['curve']> {
  const nowMs = deps.clock.now();
  const points = await listEquityPoints(deps.db, bot.userId, {
    from: new Date(bot.createdAtMs),
    to: new Date(nowMs),
    slots: CURVE_POINTS,
    botRunIds: [bot.id],
  });
  return [
    { time: iso(bot.createdAtMs), equity: bot.initialBalance.toFixed() },
    ...points.map(({ timeMs, equity }) => ({ time: iso(timeMs), equity: equity.toFixed() })),
    { time: iso(nowMs), equity: worthOf(bot).equity.toFixed() },
  ];
}

/** Returns the profit realised by first in, first out. Both methods earn the same in the end: they differ by what the open lots cost more or less than the position. */
export async function readFifo(deps: Deps, bot: BotRun): Promise<string> {
  const { quantity, cost } = bot.position;
  const buys = await listNewestBuys(deps.db, bot.id, { held: quantity, base: bot.base });
  return bot.realizedPnl
    .minus(cost)
    .plus(lotsCost(openLots(quantity, buys, bot)))
    .toFixed();
}
