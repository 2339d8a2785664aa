import { eq } from 'drizzle-orm';
import { insertIntents } from '../../db/queries/orders.ts';
import { botRuns } from '../../db/schema/bots.ts';
import { money } from '../../jobs/trading/decimal.ts';
import { clientOrderId } from '../../jobs/trading/portfolio/client-order-id.ts';
import type { Side } from '../../jobs/trading/types.ts';
import type { Engine } from './engine.ts';

/** An order at the market, or at its own price. Left out: a buy of 0.002. */
export type Wish = { side?: Side; quantity?: string; limitPrice?: string };

let legs = 100;

/** Writes an intent the way a tick does: with its job. Returns the order's id. */
export async function intend(engine: Engine, botRunId: string, wish: Wish = {}): Promise<string> {
  const [bot] = await engine.deps.db.select().from(botRuns).where(eq(botRuns.id, botRunId));
  if (!bot) throw new Error(`no bot ${botRunId}`);
  const { accountId, venue, symbol, userId } = bot;
  const { side = 'BUY', quantity = '0.002', limitPrice } = wish;
  const id = crypto.randomUUID();
  const nowMs = engine.clock.now();
  const leg = (legs += 1);
  const type = limitPrice === undefined ? ('market' as const) : ('limit' as const);
  await engine.deps.db.transaction(async (tx) => {
    await insertIntents(tx, [
      {
        ...{ id, botRunId, userId, accountId, venue, symbol, side, type, leg },
        clientOrderId: clientOrderId({ botRunId, timeMs: nowMs, leg }),
        ...(limitPrice === undefined ? {} : { limitPrice: money(limitPrice) }),
        reason: 'signal',
        quantity: money(quantity),
        candleTimeMs: nowMs,
        decidedAtMs: nowMs,
      },
    ]);
    await engine.boss.enqueue(tx, 'place-order', [{ payload: { orderId: id }, key: id }]);
  });
  return id;
}
