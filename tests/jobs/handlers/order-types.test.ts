import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertIntents, listWorkingOrders, type NewOrder } from '../../../db/queries/orders.ts';
import { botRuns } from '../../../db/schema/bots.ts';
import { fills, orders } from '../../../db/schema/orders.ts';
import { paperBalances } from '../../../db/schema/paper.ts';
import { callBackOrder } from '../../../jobs/orders/call-back-order.ts';
import { money, sum } from '../../../jobs/trading/decimal.ts';
import { clientOrderId } from '../../../jobs/trading/portfolio/client-order-id.ts';
import { insertBot } from '../../support/engine.ts';
import { openStopScene, type StopScene } from '../../support/stop-scene.ts';

type Terms = Pick<NewOrder, 'side' | 'type'> &
  Partial<Pick<NewOrder, 'limitPrice' | 'stopPrice' | 'timeInForce' | 'isPostOnly'>>;

/** Each on an account of an exchange, and on paper with the prices of one. */
const PLACES = [
  { place: 'Binance', venue: 'binance', isPaper: false },
  { place: 'Kraken', venue: 'kraken', isPaper: false },
  { place: 'paper', venue: 'binance', isPaper: true },
] as const;

const QUANTITY = money('0.01');
const at49 = money(49_000);
const at51 = money(51_000);

let at: StopScene;
let leg = 500;

describe.each(PLACES)('an order on $place', ({ venue, isPaper }) => {
  beforeAll(async () => {
    at = await openStopScene(venue, { restingFillLimit: '0.004' });
  });

  afterAll(() => at.stop());

  /** A bot that holds 0.01 and has 10,000. */
  async function makeBot(): Promise<string> {
    at.setPrice(50_000);
    at.engine.clock.nowMs += 2_000;
    const { db } = at.engine.deps;
    const id = isPaper ? await insertBot(at.engine, { userId: at.userId, venue }) : await at.makeBot();
    const held = {
      positionQuantity: QUANTITY,
      positionCost: money(500),
      positionEntryPrice: money(50_000),
      positionHighPrice: money(50_000),
      positionOpenedAt: new Date(0),
    };
    await db.update(botRuns).set(held).where(eq(botRuns.id, id));
    if (isPaper) await db.insert(paperBalances).values({ accountId: id, asset: 'BTC', free: QUANTITY });
    return id;
  }

  /** Writes the intent as a decision does, and lets it be sent. */
  async function send(terms: Terms): Promise<string> {
    const botRunId = await makeBot();
    const { accountId, userId } = await at.readBot(botRunId);
    const id = crypto.randomUUID();
    const nowMs = at.engine.clock.now();
    leg += 1;
    await insertIntents(at.engine.deps.db, [
      {
        ...terms,
        id,
        botRunId,
        accountId,
        userId,
        venue,
        symbol: 'BTC/USDT',
        quantity: QUANTITY,
        reason: 'signal',
        leg,
        clientOrderId: clientOrderId({ botRunId, timeMs: nowMs, leg }),
        candleTimeMs: nowMs,
        decidedAtMs: nowMs,
      },
    ]);
    await at.engine.boss.enqueue(at.engine.deps.db, 'place-order', [{ payload: { orderId: id } }]);
    await at.settle();
    return id;
  }

  async function stateOf(id: string): Promise<string> {
    const [order] = await at.engine.deps.db.select().from(orders).where(eq(orders.id, id));
    const booked = await at.engine.deps.db.select().from(fills).where(eq(fills.orderId, id));
    const filled = sum(booked.map(({ quantity }) => quantity));
    expect(order?.filledQuantity.toFixed()).toBe(filled.toFixed());
    return `${order?.status ?? ''} ${filled.toFixed()}`;
  }

  async function moveTo(price: number): Promise<void> {
    at.setPrice(price);
    await at.watch();
  }

  it('rests at its limit until the price is there', async () => {
    const id = await send({ side: 'BUY', type: 'limit', limitPrice: at49 });
    expect(await stateOf(id)).toBe('open 0');
    for (let second = 0; second < 3; second += 1) await moveTo(48_900);
    expect(await stateOf(id)).toBe('filled 0.01');
  });

  it.each(['IOC', 'FOK'] as const)('never rests as %s: it fills, or ends', async (timeInForce) => {
    const ended = isPaper ? 'canceled' : 'expired';
    expect(await stateOf(await send({ side: 'BUY', type: 'limit', limitPrice: at49, timeInForce }))).toBe(
      `${ended} 0`,
    );
    expect(await stateOf(await send({ side: 'BUY', type: 'limit', limitPrice: at51, timeInForce }))).toBe(
      'filled 0.01',
    );
  });

  it('rests as post-only, and is refused where it would trade at once', async () => {
    const terms = { side: 'BUY', type: 'limit', isPostOnly: true } as const;
    expect(await stateOf(await send({ ...terms, limitPrice: at49 }))).toBe('open 0');
    expect(await stateOf(await send({ ...terms, limitPrice: at51 }))).toBe('rejected 0');
  });

  it('sells at the market once the price has fallen to its stop', async () => {
    const id = await send({ side: 'SELL', type: 'stop', stopPrice: at49 });
    expect(await stateOf(id)).toBe('open 0');
    await moveTo(48_900);
    expect(await stateOf(id)).toBe('filled 0.01');
  });

  it('rests at its limit once the price has fallen to its stop, and sells when the price is back', async () => {
    const id = await send({ side: 'SELL', type: 'stop_limit', stopPrice: at49, limitPrice: money(49_500) });
    await moveTo(48_900);
    expect(await stateOf(id)).toBe('open 0');
    for (let second = 0; second < 3; second += 1) await moveTo(49_600);
    expect(await stateOf(id)).toBe('filled 0.01');
  });

  it('ends with what it filled when it is called back', async () => {
    const id = await send({ side: 'BUY', type: 'limit', limitPrice: at49 });
    const [order] = await at.engine.deps.db.select().from(orders).where(eq(orders.id, id));
    if (!isPaper) {
      // One second at its price: the exchange fills 0.004 of it.
      at.setPrice(49_000);
      at.engine.clock.nowMs += 1_500;
      at.setPrice(50_000);
      await at.watch();
      expect(await stateOf(id)).toBe('partially_filled 0.004');
    }
    const [working] = await listWorkingOrders(at.engine.deps.db, order?.botRunId ?? '');
    if (!working) throw new Error('nothing works');
    await callBackOrder(at.engine.deps, working, 'the test says so');
    await at.settle();
    expect(await stateOf(id)).toBe(isPaper ? 'canceled 0' : 'canceled 0.004');
  });
});
