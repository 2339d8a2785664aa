import { bookFills } from '../../jobs/orders/book-fills.ts';
import { insertIntents, moveOrder } from '../../db/queries/orders.ts';
import { paperBalances } from '../../db/schema/paper.ts';
import { money, type Money } from '../../jobs/trading/decimal.ts';
import { clientOrderId } from '../../jobs/trading/portfolio/client-order-id.ts';
import type { Market } from '../../jobs/trading/types.ts';
import { insertBot, type Engine, type TestBot } from './engine.ts';

/** Stores a bot that bought 0.01 BTC at a price, without fee, ten minutes ago. */
export async function insertHoldingBot(
  engine: Engine,
  { entryPrice, market, bot }: { entryPrice: Money; market: Market; bot: TestBot },
): Promise<string> {
  const { userId, venue } = bot;
  const botRunId = await insertBot(engine, bot);
  const accountId = bot.exchangeKeyId ?? botRunId;
  const orderId = crypto.randomUUID();
  const timeMs = engine.clock.now() - 600_000;
  const quantity = money('0.01');
  const owner = { orderId, botRunId, userId, accountId, symbol: 'BTC/USDT' };
  const intent = {
    id: orderId,
    botRunId,
    userId,
    accountId,
    venue,
    symbol: 'BTC/USDT',
    clientOrderId: clientOrderId({ botRunId, timeMs, leg: 0 }),
    side: 'BUY' as const,
    type: 'market' as const,
    reason: 'signal' as const,
    quantity,
    candleTimeMs: timeMs,
    leg: 0,
    decidedAtMs: timeMs,
  };
  const fill = {
    tradeId: orderId,
    side: 'BUY' as const,
    quantity,
    price: entryPrice,
    fee: money(0),
    feeCurrency: 'USDT',
    feeQuote: money(0),
    timeMs,
  };
  await engine.deps.db.transaction(async (tx) => {
    await insertIntents(tx, [intent]);
    await moveOrder(tx, orderId, { status: 'submitting', atMs: timeMs });
    await moveOrder(tx, orderId, { status: 'filled', atMs: timeMs, filledQuantity: quantity });
    await bookFills(tx, owner, { fills: [fill], market });
    if (accountId === botRunId)
      await tx.insert(paperBalances).values({ accountId, asset: 'BTC', free: quantity });
  });
  return botRunId;
}
