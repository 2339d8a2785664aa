import { randomUUID } from 'node:crypto';
import type { EngineBot } from '../../db/queries/bot-state.ts';
import { insertIntents, type EngineOrder, type NewOrder } from '../../db/queries/orders.ts';
import { listNewestOfSlots, type LastOfSlot } from '../../db/queries/slots.ts';
import type { Db } from '../../db/client.ts';
import type { Deps } from '../deps.ts';
import { PRIORITY } from '../queues.ts';
import type { Money } from '../trading/decimal.ts';
import { readSlot } from '../trading/order-strategies/order-strategy.ts';
import { findOrderStrategy } from '../trading/order-strategies/registry.ts';
import { clientOrderId } from '../trading/portfolio/client-order-id.ts';
import { planOrders, type SlotOrder, type WantedOrder } from '../trading/portfolio/plan-orders.ts';
import { STOP_SLOT, wantedStop } from '../trading/portfolio/wanted-stop.ts';
import type { Candles, Market } from '../trading/types.ts';
import { admitResting, type Placing } from './admit-resting.ts';
import { wishOrders } from './wish-orders.ts';

/** An order that the venue refused is not tried again for so long: the next one would be refused as well. */
const REFUSED_PAUSE_MS = 60_000;
/** Legs that no candle, rule or person uses. */
const STOP_LEG = 3;
const FIRST_SLOT_LEG = 100;

type PlacingDeps = Pick<Deps, 'boss' | 'clock'>;
type Scene = {
  bot: EngineBot;
  market: Market;
  working: EngineOrder[];
  /** The latest price and the closed candles, for a strategy that keeps orders; `null` while nobody knows them. */
  seen: { price: Money; candles: Candles } | null;
};

/**
 * Writes the intents of those wanted orders whose slots are free, with their jobs, in the caller's transaction, which holds
 * the bot's lock. Returns the orders to be called back: those that are not wanted, or not like that.
 */
export async function planSlots(deps: PlacingDeps, tx: Db, scene: Scene): Promise<EngineOrder[]> {
  const { bot, working } = scene;
  const inSlots = working.filter(isInSlot);
  const wanted = await listWanted(deps, tx, { ...scene, inSlots });
  if (!wanted) return [];
  const plan = planOrders(wanted, inSlots, bot.position.quantity);
  const place = await admit(tx, { ...scene, inSlots, place: plan.place, nowMs: deps.clock.now() });
  await placeAll(deps, tx, { bot, place });
  const unwanted = new Set(plan.cancel.map(({ id }) => id));
  return working.filter(({ id }) => unwanted.has(id));
}

function isInSlot(order: EngineOrder): order is EngineOrder & SlotOrder {
  return order.slot !== null;
}

/**
 * What a bot wants working: nothing while an exit is on its way, or once it does not trade any more. `undefined`: it cannot be
 * known just now, as nothing can be sized without the market's rules or a price; what rests is better than nothing.
 */
async function listWanted(
  deps: PlacingDeps,
  tx: Db,
  scene: Scene & { inSlots: SlotOrder[] },
): Promise<WantedOrder[] | undefined> {
  const { bot, market, working, seen } = scene;
  const isExiting = working.some(({ side, slot }) => side === 'SELL' && slot === null);
  const isKept = bot.status !== 'STOPPING' && bot.status !== 'STOPPED';
  if (isExiting || !isKept) return [];
  const strategy = findOrderStrategy(bot.strategy);
  if (!strategy) return listStops(scene);
  if (!market.isActive || !seen) return undefined;
  return wishOrders(tx, { ...scene, ...seen, strategy, nowMs: deps.clock.now() });
}

function listStops({ bot, market, inSlots }: Scene & { inSlots: SlotOrder[] }): WantedOrder[] | undefined {
  const { position, risk, lastPrice: price } = bot;
  if (risk.stopOnExchange !== true) return [];
  const resting = inSlots.find(({ slot }) => slot === STOP_SLOT);
  const stop = wantedStop({ position, risk, market, price, resting });
  if (!stop) return [];
  return market.isActive ? [stop] : undefined;
}

/** A stop protects what is held; what a strategy keeps is held against money and limits. */
async function admit(
  tx: Db,
  { seen, place, ...placing }: Omit<Placing, 'price'> & Pick<Scene, 'seen'>,
): Promise<WantedOrder[]> {
  return seen ? admitResting(tx, { ...placing, price: seen.price, place }) : place;
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
  const jobs = intents.map(({ id, side }) => ({
    payload: { orderId: id },
    key: id,
    priority: side === 'SELL' ? PRIORITY.exit : PRIORITY[bot.mode],
  }));
  await deps.boss.enqueue(tx, 'place-order', jobs);
}

function isPaused(last: LastOfSlot | undefined, nowMs: number): boolean {
  return last?.status === 'rejected' && nowMs - (last.closedAtMs ?? 0) < REFUSED_PAUSE_MS;
}

type Slotted = { wish: WantedOrder; last: LastOfSlot | undefined; nowMs: number };

function toIntent(bot: EngineBot, { wish, last, nowMs }: Slotted): NewOrder {
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

/** Where the legs of a strategy's slots begin, and how many there are: no two that work at a time share one. */
const SLOT_LEGS = { b: [4, 2], t: [6, 2], x: [8, 2], s: [10, 80], g: [FIRST_SLOT_LEG, 1_000] } as const;

function legOf(slot: string): number {
  if (slot === STOP_SLOT) return STOP_LEG;
  const parts = readSlot(slot);
  if (!parts) throw new RangeError(`Not a slot: ${slot}`);
  const [first, count] = SLOT_LEGS[parts.kind];
  const number = parts.kind === 'g' || parts.kind === 's' ? parts.number : parts.round;
  return first + (number % count);
}
