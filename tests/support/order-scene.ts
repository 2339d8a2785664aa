import { and, asc, eq, isNotNull } from 'drizzle-orm';
import { strategies } from '../../db/schema/bots.ts';
import { orders } from '../../db/schema/orders.ts';
import { listOrderStrategies } from '../../jobs/trading/order-strategies/registry.ts';
import type { TestBot } from './engine.ts';
import type { MarketSetup } from './exchange-simulator/engine-types.ts';
import { openStopScene, type StopScene } from './stop-scene.ts';
import type { VenueName } from './venue-engine.ts';

/** A simulated exchange whose price the test moves, and bots that keep orders there. */
export type OrderScene = StopScene & {
  /** Stores a bot and lets it place what it wants at the start. */
  start(bot: Partial<TestBot>): Promise<string>;
  /** Moves the price and lets the engine see what came of it, until nothing more follows. */
  move(price: number): Promise<void>;
  /** The orders that work, as a trader would list them: `SELL 0.02 at 52000 (g1:2)`. */
  working(botId: string): Promise<string[]>;
  /** All orders of a slot, oldest first: `BUY 0.02 filled`. */
  slot(botId: string, slot: string): Promise<string[]>;
};

const LOOKS = 4;

export async function openOrderScene(
  venue: VenueName,
  market: Partial<MarketSetup> = {},
): Promise<OrderScene> {
  const at = await openStopScene(venue, market);
  const { db } = at.engine.deps;
  for (const { name, description } of listOrderStrategies())
    await db.insert(strategies).values({ name, description }).onConflictDoNothing();
  const inSlots = (id: string) =>
    db
      .select()
      .from(orders)
      .where(and(eq(orders.botRunId, id), isNotNull(orders.slot)))
      .orderBy(asc(orders.candleTime), asc(orders.leg));
  const look = async () => {
    for (let turn = 0; turn < LOOKS; turn += 1) await at.watch();
  };
  return {
    ...at,
    async start(bot) {
      const id = await at.makeBot(bot);
      await look();
      return id;
    },
    async move(price) {
      at.setPrice(price);
      await look();
    },
    async working(id) {
      const open = (await inSlots(id)).filter(
        ({ status }) => status === 'open' || status === 'partially_filled',
      );
      return open
        .toSorted((one, other) => Number(other.limitPrice ?? 0) - Number(one.limitPrice ?? 0))
        .map(
          ({ side, quantity, filledQuantity, limitPrice, slot }) =>
            `${side} ${quantity.minus(filledQuantity).toFixed()} at ${limitPrice?.toFixed() ?? 'market'} (${slot ?? ''})`,
        );
    },
    async slot(id, slot) {
      const mine = (await inSlots(id)).filter((order) => order.slot === slot);
      return mine.map(({ side, quantity, status }) => `${side} ${quantity.toFixed()} ${status}`);
    },
  };
}
