import { randomUUID } from 'node:crypto';
import type { EngineBot } from '../../db/queries/bot-state.ts';
import { insertIntents, type EngineOrder, type NewOrder } from '../../db/queries/orders.ts';
import { listNewestOfSlots, type LastOfSlot } from '../../db/queries/slots.ts';
import type { Db } from '../../db/client.ts';
import type { Deps } from '../deps.ts';
import { PRIORITY } from '../queues.ts';
import { clientOrderId } from '../trading/portfolio/client-order-id.ts';
import { planOrders, type SlotOrder, type WantedOrder } from '../trading/portfolio/plan-orders.ts';
import { STOP_SLOT, wantedStop } from '../trading/portfolio/wanted-stop.ts';
import type { Market } from '../trading/types.ts';

/** An order that the venue refused is not tried again for so long: the next one would be refused as well. */
const REFUSED_PAUSE_MS = 60_000;
/** Legs that no candle, rule or person uses. */
const STOP_LEG = 3;
const FIRST_SLOT_LEG = 100;

type PlacingDeps = Pick<Deps, 'boss' | 'clock'>;
type Scene = { bot: EngineBot; market: Market; working: EngineOrder[] };

/**
 * Writes the intents of those wanted orders whose slots are free, with their jobs, in the caller's transaction, which holds
 * the bot's lock. Returns the orders to be called back: those that are not wanted, or not like that.
 */
export async function planSlots(deps: PlacingDeps, tx: Db, scene: Scene): Promise<EngineOrder[]> {
  const { bot, market, working } = scene;
  const inSlots = working.filter(isInSlot);
  const wanted = listWanted(scene, inSlots);
  // Without the market's rules nothing can be sized: what rests is better than nothing.
  if (wanted.length > 0 && !market.isActive) return [];
  const plan = planOrders(wanted, inSlots, bot.position.quantity);
  await placeAll(deps, tx, { bot, place: plan.place });
  const unwanted = new Set(plan.cancel.map(({ id }) => id));
  return working.filter(({ id }) => unwanted.has(id));
}

function isInSlot(order: EngineOrder): order is EngineOrder & SlotOrder {
  return order.slot !== null;
}

/** What a bot wants working: nothing while an exit is on its way, or once it does not trade any more. */
function listWanted({ bot, market, working }: Scene, inSlots: SlotOrder[]): WantedOrder[] {
  const { position, risk, lastPrice: price } = bot;
  const isExiting = working.some(({ side, slot }) => side === 'SELL' && slot === null);
  const isKept = bot.status !== 'STOPPING' && bot.status !== 'STOPPED';
  if (isExiting || !isKept || risk.stopOnExchange !== true) return [];
  const resting = inSlots.find(({ slot }) => slot === STOP_SLOT);
  const stop = wantedStop({ position, risk, market, price, resting });
  return stop ? [stop] : [];
}

async function placeAll(
  deps: PlacingDeps,
  tx: Db,
  { bot, place }: { bot: EngineBot; place: WantedOrder[] },
): Promise<void> {
  if (place.length === 0) return;
  const nowMs = deps.clock.now();
  const sinceMs = Math.min(bot.position.openedAtMs ?? nowMs, nowMs - REFUSED_PAUSE_MS);
  const newest = await listNewestOfSlots(tx, bot.id, sinceMs);
  const intents = place
    .map((wish) => ({ wish, last: newest.get(wish.slot) }))
    .filter(({ last }) => !isPaused(last, nowMs))
    .map((placing) => toIntent(bot, { ...placing, nowMs }));
  await insertIntents(tx, intents);
  const jobs = intents.map(({ id }) => ({ payload: { orderId: id }, key: id, priority: PRIORITY.exit }));
  await deps.boss.enqueue(tx, 'place-order', jobs);
}

function isPaused(last: LastOfSlot | undefined, nowMs: number): boolean {
  return last?.status === 'rejected' && nowMs - (last.closedAtMs ?? 0) < REFUSED_PAUSE_MS;
}

type Placing = { wish: WantedOrder; last: LastOfSlot | undefined; nowMs: number };

function toIntent(bot: EngineBot, { wish, last, nowMs }: Placing): NewOrder {
  // Client order ids count whole seconds: two orders of a slot never share one.
  const timeMs = last ? Math.max(nowMs, last.candleTimeMs + 1_000) : nowMs;
  const leg = legOf(wish.slot);
  const isReplacing = last?.status === 'canceled' && last.createdAtMs >= (bot.position.openedAtMs ?? nowMs);
  return {
    ...wish,
    id: randomUUID(),
    botRunId: bot.id,
    userId: bot.userId,
    accountId: bot.accountId,
    venue: bot.venue,
    symbol: bot.symbol,
    clientOrderId: clientOrderId({ botRunId: bot.id, timeMs, leg }),
    candleTimeMs: timeMs,
    leg,
    decidedAtMs: nowMs,
    ...(isReplacing ? { replacesOrderId: last.id } : {}),
  };
}

/** Slots with a number, as those of a grid, have each a leg of their own. */
function legOf(slot: string): number {
  if (slot === STOP_SLOT) return STOP_LEG;
  const number = Number(slot.split(':')[1]);
  if (!Number.isInteger(number)) throw new RangeError(`A slot is "${STOP_SLOT}" or has a number: ${slot}`);
  return FIRST_SLOT_LEG + number;
}
