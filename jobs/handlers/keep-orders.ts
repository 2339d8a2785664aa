import { listEngineBots, lockEngineBot, type EngineBot } from '../../db/queries/bot-state.ts';
import { listWorkingOrders, type EngineOrder } from '../../db/queries/orders.ts';
import type { Db } from '../../db/client.ts';
import type { Deps } from '../deps.ts';
import { ExchangeError } from '../exchange/errors.ts';
import { callBackOrder } from '../orders/call-back-order.ts';
import { planSlots } from '../orders/keep-slots.ts';
import { lookAtNear } from '../orders/look-at-near.ts';
import { findMarket } from '../orders/record-venue-order.ts';
import { PRIORITY, type Payload } from '../queues.ts';
import { toCandles } from '../trading/candles.ts';
import type { Money } from '../trading/decimal.ts';
import { findOrderStrategy } from '../trading/order-strategies/registry.ts';
import type { Candles, Market } from '../trading/types.ts';

/**
 * Takes one step to make a bot's resting orders those it wants: free slots are filled, unwanted orders called back, and an
 * exit that waited for its turn is sent once nothing rests any more. What a step leads to (a fill, a final word) asks for
 * the next one, and so does the risk watch; a step that is repeated, or left half done, does no harm.
 */
export async function keepOrders(deps: Deps, { botRunId }: Payload<'keep-orders'>): Promise<void> {
  const [bot] = await listEngineBots(deps.db, [botRunId]);
  if (!bot) return;
  const market = await findMarket(deps, bot);
  const seen = await look(deps, bot);
  const unwanted = await deps.db.transaction((tx) => takeStep(deps, tx, { bot, market, seen }));
  await Promise.all(unwanted.map((order) => callBackOrder(deps, order, 'it is not wanted any more')));
}

/** What a strategy that keeps orders goes by. */
type Seen = { price: Money; candles: Candles };

/** The price of now and the newest candles; `null` where the exchange says no price, or nobody asks. */
async function look(deps: Deps, bot: EngineBot): Promise<Seen | null> {
  const strategy = findOrderStrategy(bot.strategy);
  if (!strategy) return null;
  const { venue, symbol, timeframe } = bot;
  const count = strategy.countCandles?.(bot.parameters) ?? 0;
  const series = { venue, symbol, timeframe, count };
  const candles = count === 0 ? NO_CANDLES : await answerOf(deps.candles.latest(series), NO_CANDLES);
  const ticker = await answerOf(deps.marketData(venue).fetchTicker(symbol), null);
  return ticker && { candles, price: ticker.last };
}

/** What an exchange does not say now, it may say at the next look. */
async function answerOf<Value, Otherwise>(
  asked: Promise<Value>,
  otherwise: Otherwise,
): Promise<Value | Otherwise> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error;
    return otherwise;
  }
}

const NO_CANDLES = toCandles([]);

type Kept = { bot: EngineBot; market: Market; seen: Seen | null };

async function takeStep(deps: Deps, tx: Db, { bot, market, seen }: Kept): Promise<EngineOrder[]> {
  const locked = await lockEngineBot(tx, bot.id);
  if (!locked) return [];
  const working = await listWorkingOrders(tx, bot.id);
  await releaseExits(deps, tx, working);
  if (seen) await lookAtNear(tx, deps, { working, price: seen.price });
  return planSlots(deps, tx, { bot: locked, market, working, seen });
}

/** An exit has its turn once no order in a slot can sell any more. */
async function releaseExits(deps: Deps, tx: Db, working: EngineOrder[]): Promise<void> {
  const sales = working.filter(({ side }) => side === 'SELL');
  if (sales.some(({ slot, status }) => slot !== null && status !== 'intended')) return;
  const waiting = sales.filter(({ slot, status }) => slot === null && status === 'intended');
  const jobs = waiting.map(({ id }) => ({
    payload: { orderId: id },
    key: `${id}:released`,
    priority: PRIORITY.exit,
  }));
  await deps.boss.enqueue(tx, 'place-order', jobs);
}
