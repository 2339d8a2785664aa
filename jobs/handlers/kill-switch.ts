import { listEngineBots, type EngineBot } from '../../db/queries/bot-state.ts';
import { findKillSwitch, listOrdersSince, type KillSwitch } from '../../db/queries/kill-switches.ts';
import { listWorkingOrders } from '../../db/queries/orders.ts';
import { markBotErrors } from '../../db/queries/ticks.ts';
import type { Deps } from '../deps.ts';
import { ExchangeError } from '../exchange/errors.ts';
import { callBackOrder } from '../orders/call-back-order.ts';
import { wishExit } from '../orders/exit-order.ts';
import { findMarket } from '../orders/record-venue-order.ts';
import type { Payload } from '../queues.ts';
import type { Money } from '../trading/decimal.ts';
import { isFinal } from '../trading/order-life.ts';
import { isDust } from '../trading/portfolio/order-size.ts';
import { STOP_SLOT } from '../trading/portfolio/wanted-stop.ts';

/** How long until the next look, while orders are being cancelled or the position is being sold. */
const NEXT_STEP_S = 1;
/** A position that could not be sold in this many tries is kept, and the owner told. */
const CLOSE_TRIES = 3;

/**
 * Takes one step of a kill switch for one bot: cancels what works, then sells the position where the switch says so. A stop
 * that rests on the exchange protects what is held: it stays, or gives way to the sale. The bot's entries ended with the
 * pull. Each step looks at what is, so one that is repeated, or left half done, does no harm.
 */
export async function killSwitch(deps: Deps, payload: Payload<'kill-switch'>): Promise<void> {
  const pulled = await findKillSwitch(deps.db, payload.killSwitchId);
  if (!pulled || pulled.liftedAt || pulled.level === 'entries') return;
  const [bot] = await listEngineBots(deps.db, [payload.botRunId]);
  // A bot on its way to a stop cancels, and sells, by itself.
  if (!bot || bot.status === 'STOPPING') return;
  const isDone = await takeStep(deps, pulled, bot);
  if (isDone) return;
  // Numbered, not timed: a step that is repeated adds nothing, whatever the clocks of the processes say.
  const step = payload.step + 1;
  const next = { payload: { ...payload, step }, key: `${pulled.id}:${bot.id}:${step}`, delayS: NEXT_STEP_S };
  await deps.boss.enqueue(deps.db, 'kill-switch', [next]);
}

async function takeStep(deps: Deps, pulled: KillSwitch, bot: EngineBot): Promise<boolean> {
  const working = (await listWorkingOrders(deps.db, bot.id)).filter(({ slot }) => slot !== STOP_SLOT);
  if (working.length === 0) return pulled.level === 'orders' || !(await wishClose(deps, pulled, bot));
  // A sale that closes the position is let through; everything else is called back.
  const unwanted = working.filter(({ reason }) => reason !== 'close_position');
  await Promise.all(unwanted.map((order) => callBackOrder(deps, order, 'the kill switch was pulled')));
  return false;
}

/** Returns whether the position is on its way out. */
async function wishClose(deps: Deps, pulled: KillSwitch, bot: EngineBot): Promise<boolean> {
  const market = await findMarket(deps, bot);
  const price = await findPrice(deps, bot);
  if (isDust(bot.position.quantity, price, market)) return false;
  const made = await listOrdersSince(deps.db, [bot.id], pulled.pulledAt.getTime());
  const tries = made.filter(({ reason, status }) => reason === 'close_position' && isFinal(status));
  if (tries.length >= CLOSE_TRIES) {
    const held = `${bot.position.quantity.toFixed()} ${bot.base}`;
    const message = `The kill switch could not sell ${held} in ${CLOSE_TRIES} tries; the bot still holds it.`;
    await markBotErrors(deps.db, [{ botRunId: bot.id, message }], deps.clock.now());
    return false;
  }
  const detail = 'Closed by the kill switch';
  return wishExit(deps, bot.id, { source: 'person', reason: 'close_position', detail, price, market });
}

/** A sale at the market does not wait for a price: the last one seen will do. */
async function findPrice(deps: Deps, bot: EngineBot): Promise<Money> {
  try {
    return (await deps.marketData(bot.venue).fetchTicker(bot.symbol)).last;
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error;
    return bot.lastPrice ?? bot.position.entryPrice;
  }
}
