import { listEngineBots, lockEngineBot, type EngineBot } from '../../db/queries/bot-state.ts';
import { listWorkingOrders, type EngineOrder } from '../../db/queries/orders.ts';
import type { Db } from '../../db/client.ts';
import type { Deps } from '../deps.ts';
import { ExchangeError } from '../exchange/errors.ts';
import { callBackOrder } from '../orders/call-back-order.ts';
import { planSlots } from '../orders/keep-slots.ts';
import { findMarket } from '../orders/record-venue-order.ts';
import { PRIORITY, type Payload } from '../queues.ts';
import type { Money } from '../trading/decimal.ts';
import { findOrderStrategy } from '../trading/order-strategies/registry.ts';
import type { Market } from '../trading/types.ts';

/**
 * Takes one step to make a bot's resting orders those it wants: free slots are filled, unwanted orders called back, and an
 * exit that waited for its turn is sent once nothing rests any more. What a step leads to (a fill, a final word) asks for
 * the next one, and so does the risk watch; a step that is repeated, or left half done, does no harm.
 */
export async function keepOrders(deps: Deps, { botRunId }: Payload<'keep-orders'>): Promise<void> {
  const [bot] = await listEngineBots(deps.db, [botRunId]);
  if (!bot) return;
  const market = await findMarket(deps, bot);
  const price = findOrderStrategy(bot.strategy) ? await findPrice(deps, bot) : null;
  const unwanted = await deps.db.transaction((tx) => takeStep(deps, tx, { bot, market, price }));
  await Promise.all(unwanted.map((order) => callBackOrder(deps, order, 'it is not wanted any more')));
}

/** The price of now; `null` where the exchange does not say. */
async function findPrice(deps: Deps, { venue, symbol }: EngineBot): Promise<Money | null> {
  try {
    return (await deps.marketData(venue).fetchTicker(symbol)).last;
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error;
    return null;
  }
}

type Kept = { bot: EngineBot; market: Market; price: Money | null };

async function takeStep(deps: Deps, tx: Db, { bot, market, price }: Kept): Promise<EngineOrder[]> {
  const locked = await lockEngineBot(tx, bot.id);
  if (!locked) return [];
  const working = await listWorkingOrders(tx, bot.id);
  await releaseExits(deps, tx, working);
  return planSlots(deps, tx, { bot: locked, market, working, price });
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
