import { and, asc, eq, isNotNull, isNull } from 'drizzle-orm';
import { botRuns } from '../../db/schema/bots.ts';
import { orders } from '../../db/schema/orders.ts';
import { sum, ZERO } from '../../jobs/trading/decimal.ts';
import type { StoredRisk } from '../../jobs/trading/types.ts';
import type { QueueName } from '../../jobs/queues.ts';
import type { MarketSetup, SimulatedOrder } from './exchange-simulator/engine-types.ts';
import { intend } from './intend.ts';
import { startVenueEngine, FLAT, VENUE_START_MS, type VenueEngine, type VenueName } from './venue-engine.ts';

type Order = typeof orders.$inferSelect;

/** An engine on a simulated exchange whose price the test moves, and bots whose stops rest there. */
export type StopScene = VenueEngine & {
  /** Moves the price, from the next second on. */
  setPrice(price: number): void;
  /** Lets time pass as the scheduler would: the watches, and what they lead to. */
  watch(ms?: number): Promise<void>;
  /** Works on the queues of orders until they are empty. */
  settle(): Promise<void>;
  /** Stores a bot with a stop of 5 % on the exchange that has just bought 0.01, and lets its stop rest. */
  holdingBot(risk?: StoredRisk): Promise<string>;
  readBot(id: string): Promise<typeof botRuns.$inferSelect>;
  /** A bot's orders in slots, oldest first; and the others. */
  stopsOf(botRunId: string): Promise<Order[]>;
  plainOf(botRunId: string): Promise<Order[]>;
  /** The order at the exchange that is ours. */
  atVenue(order: Order | undefined): SimulatedOrder;
  /** Working orders of the account at the exchange. */
  workingAtVenue(): SimulatedOrder[];
  /** Drops every job that waits: what a process had in hand is lost with it. */
  loseJobs(): Promise<void>;
};

const WORK: QueueName[] = ['sweep-orders', 'assess-risk', 'keep-orders', 'place-order', 'sync-order'];

export async function openStopScene(venue: VenueName, market: Partial<MarketSetup> = {}): Promise<StopScene> {
  const candles = FLAT.map((candle) => ({ ...candle }));
  const at = await startVenueEngine(venue, { ...market, candles });
  const { engine, simulator } = at;
  const { db } = engine.deps;
  const settle = async () => {
    await engine.drain(WORK);
  };
  const isOpen = ({ status }: SimulatedOrder) => status === 'NEW' || status === 'PARTIALLY_FILLED';
  const scene: StopScene = {
    ...at,
    settle,
    setPrice(price) {
      const next = Math.floor((engine.clock.nowMs - VENUE_START_MS) / 1_000) + 1;
      for (const candle of candles.slice(next))
        Object.assign(candle, { open: price, high: price, low: price, close: price });
    },
    async watch(ms = 5_000) {
      engine.clock.nowMs += ms;
      const slot = [{ payload: { slotMs: engine.clock.nowMs } }];
      await engine.boss.enqueue(db, 'assess-risk', slot);
      await engine.boss.enqueue(db, 'sweep-orders', slot);
      await settle();
    },
    async holdingBot(risk = {}) {
      const id = await at.makeBot({ risk: { stop_loss_pct: '5', stop_on_exchange: true, ...risk } });
      await intend(engine, id, { quantity: '0.01' });
      await settle();
      return id;
    },
    async readBot(id) {
      const [bot] = await db.select().from(botRuns).where(eq(botRuns.id, id));
      if (!bot) throw new Error(`no bot ${id}`);
      return bot;
    },
    stopsOf: (id) =>
      db
        .select()
        .from(orders)
        .where(and(eq(orders.botRunId, id), isNotNull(orders.slot)))
        .orderBy(asc(orders.candleTime)),
    plainOf: (id) =>
      db
        .select()
        .from(orders)
        .where(and(eq(orders.botRunId, id), isNull(orders.slot)))
        .orderBy(asc(orders.createdAt), asc(orders.candleTime)),
    atVenue(order) {
      const ours = simulator
        .orders(at.apiKey)
        .filter(({ clientOrderId }) => clientOrderId === order?.clientOrderId);
      if (ours.length !== 1 || !ours[0])
        throw new Error(`${String(ours.length)} such orders at the exchange`);
      return ours[0];
    },
    workingAtVenue: () => simulator.orders(at.apiKey).filter(isOpen),
    async loseJobs() {
      await engine.database.sql`delete from pgboss.job where state < 'completed'`;
    },
  };
  return scene;
}

/** What a bot's sales sold, as the exchange has it: never more than was bought. */
export function soldAtVenue(scene: StopScene, placed: Order[]): string {
  const ids = new Set(placed.filter(({ side }) => side === 'SELL').map((order) => order.clientOrderId));
  const sales = scene.simulator.orders(scene.apiKey).filter((order) => ids.has(order.clientOrderId));
  return sum([ZERO, ...sales.map(({ filled }) => ZERO.plus(filled.toFixed()))]).toFixed();
}
