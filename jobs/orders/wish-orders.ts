import { countDay, toBotState, type EngineBot } from '../../db/queries/bot-state.ts';
import { haltBots } from '../../db/queries/halts.ts';
import {
  countPlainExits,
  findOrderMemory,
  listSlotBooks,
  storeOrderMemory,
  type StoredMemory,
} from '../../db/queries/order-memories.ts';
import type { Db } from '../../db/client.ts';
import type { Money } from '../trading/decimal.ts';
import {
  freshMemory,
  type OrderMemory,
  type OrderStrategy,
  type OrderWish,
} from '../trading/order-strategies/order-strategy.ts';
import { toBudget } from '../trading/order-strategies/wishes.ts';
import type { SlotOrder, WantedOrder } from '../trading/portfolio/plan-orders.ts';
import { allowResting } from '../trading/risk/resting-entries.ts';
import { utcDayStart } from '../trading/timeframe.ts';
import type { Candles, Market } from '../trading/types.ts';

/** A bot that keeps orders, locked, as one look finds it. */
export type WishScene = {
  bot: EngineBot;
  strategy: OrderStrategy;
  market: Market;
  price: Money;
  /** The newest closed candles, as many as its strategy looks at. */
  candles: Candles;
  /** The orders that work in its slots. */
  inSlots: SlotOrder[];
  nowMs: number;
};

export const PLAN_ENDED = 'plan-ended';

/**
 * Asks a bot's strategy what is to work, in the caller's transaction, which holds the bot's lock: what it remembers moves
 * together with the orders that follow from it. Where the strategy has ended, the bot is halted.
 *
 * A bot that is halted for another reason keeps the sales that rest and may sell at the market; it places nothing else.
 */
export async function wishOrders(tx: Db, scene: WishScene): Promise<WantedOrder[]> {
  const { bot, nowMs } = scene;
  const stored = await findOrderMemory(tx, bot.id);
  const memory = noticeExits(stored?.memory ?? freshMemory(), await countPlainExits(tx, bot.id));
  const isRunning = bot.status === 'RUNNING';
  if (!isRunning && memory.notes === null) return [];
  const wish = await ask(tx, scene, memory);
  const { orders, denial } = await allow(tx, scene, wish.orders);
  const next = { memory: wish.memory, reason: wish.reason, denial };
  if (!isSame(stored, next)) await storeOrderMemory(tx, bot.id, { ...next, atMs: nowMs });
  if (wish.done !== undefined)
    await haltBots(tx, [{ botRunId: bot.id, rule: PLAN_ENDED, reason: wish.done }], nowMs);
  return isRunning ? orders : orders.filter((order) => outlastsHalt(order, scene.inSlots));
}

/** Somebody else sold what the slots hold: their books are closed, and the strategy begins anew. */
function noticeExits(memory: OrderMemory, exits: number): OrderMemory {
  return exits === memory.exits ? memory : { round: memory.round + 1, notes: null, exits };
}

async function ask(tx: Db, scene: WishScene, memory: OrderMemory): Promise<OrderWish> {
  const { bot, strategy, market, price, candles, nowMs } = scene;
  const slots = await listSlotBooks(tx, bot, memory.round);
  const budget = toBudget(bot.sizing, bot.initialBalance);
  const state = toBotState(bot);
  const { timeframe } = bot;
  const seen = { market, state, price, candles, timeframe, nowMs };
  return strategy.wanted(bot.parameters, { ...seen, memory, slots, budget });
}

async function allow(
  tx: Db,
  { bot, market, price, nowMs }: WishScene,
  orders: WantedOrder[],
): Promise<{ orders: WantedOrder[]; denial: StoredMemory['denial'] }> {
  const { risk } = bot;
  const counts = risk.maxDailyLossPct ? await countDay(tx, [bot.id], utcDayStart(nowMs)) : undefined;
  const state = toBotState(bot, counts?.get(bot.id));
  const isHalted = bot.status !== 'RUNNING';
  const allowed = allowResting(orders, { state, risk, market, price, nowMs, isHalted });
  const { denial } = allowed;
  return { orders: allowed.orders, denial: denial && { rule: denial.rule, detail: denial.detail } };
}

function isSame(stored: StoredMemory | undefined, next: StoredMemory): boolean {
  return stored !== undefined && toText(stored) === toText(next);
}

const sortKeys = (_key: string, value: unknown): unknown =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)))
    : value;

const toText = ({ memory, reason, denial }: StoredMemory) =>
  JSON.stringify({ memory, reason, denial }, sortKeys);

function outlastsHalt({ slot, side, type }: WantedOrder, inSlots: SlotOrder[]): boolean {
  return side === 'SELL' && (type === 'market' || inSlots.some((order) => order.slot === slot));
}
