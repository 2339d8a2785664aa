import { listEngineBots, type EngineBot } from '../../db/queries/bot-state.ts';
import { countCloseOrders, finishStop } from '../../db/queries/engine-bots.ts';
import { listWorkingOrders } from '../../db/queries/orders.ts';
import { markBotErrors } from '../../db/queries/ticks.ts';
import type { Deps } from '../deps.ts';
import { callBackOrder } from '../orders/call-back-order.ts';
import { wishExit } from '../orders/exit-order.ts';
import { findMarket } from '../orders/record-venue-order.ts';
import type { Payload } from '../queues.ts';
import { isDust } from '../trading/portfolio/order-size.ts';

/** How long until the stop goes on, while orders are being cancelled or the position is being sold. */
const NEXT_STEP_S = 1;
/** A position that could not be sold in this many tries is kept, and the owner told. */
const CLOSE_TRIES = 3;

/**
 * Takes one step of a stop: cancels what works, then sells the position if that was asked for, then ends the run. Each
 * step looks at what is, so a step that is repeated, or left half done, does no harm.
 */
export async function stopBot(deps: Deps, payload: Payload<'stop-bot'>): Promise<void> {
  const [bot] = await listEngineBots(deps.db, [payload.botRunId]);
  if (bot?.status !== 'STOPPING') return;
  const isDone = await takeStep(deps, bot);
  if (isDone || payload.isExtra === true) return;
  // Numbered within the run, not timed: a step that is repeated adds nothing, whatever the clocks of the processes say.
  const step = (payload.step ?? 0) + 1;
  const next = { botRunId: bot.id, step };
  const key = `${bot.id}:${bot.startedAtMs}:${step}`;
  await deps.boss.enqueue(deps.db, 'stop-bot', [{ payload: next, key, delayS: NEXT_STEP_S }]);
}

async function takeStep(deps: Deps, bot: EngineBot): Promise<boolean> {
  const working = await listWorkingOrders(deps.db, bot.id);
  if (working.length > 0) {
    // An order that sells the position on the way out is let through; everything else is called back.
    const unwanted = working.filter(({ reason }) => reason !== 'close_position');
    await Promise.all(unwanted.map((order) => callBackOrder(deps, order, 'the bot was stopped')));
    return false;
  }
  if (bot.closeOnStop && (await wishClose(deps, bot))) return false;
  return finishStop(deps.db, bot.id, deps.clock.now());
}

/** Returns whether the position is on its way out. */
async function wishClose(deps: Deps, bot: EngineBot): Promise<boolean> {
  const market = await findMarket(deps, bot);
  const price = (await deps.marketData(bot.venue).fetchTicker(bot.symbol)).last;
  if (isDust(bot.position.quantity, price, market)) return false;
  if ((await countCloseOrders(deps.db, bot.id)) >= CLOSE_TRIES) {
    const held = `${bot.position.quantity.toFixed()} ${bot.base}`;
    const message = `${held} could not be sold after ${CLOSE_TRIES} tries; the bot is stopped and still holds it.`;
    await markBotErrors(deps.db, [{ botRunId: bot.id, message }], deps.clock.now());
    return false;
  }
  const detail = 'Closed by hand with the stop';
  return wishExit(deps, bot.id, { source: 'person', reason: 'close_position', detail, price, market });
}
