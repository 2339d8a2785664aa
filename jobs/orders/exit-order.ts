import { randomUUID } from 'node:crypto';
import { lockEngineBot, type EngineBot } from '../../db/queries/bot-state.ts';
import { insertIntents } from '../../db/queries/orders.ts';
import { insertDecisions } from '../../db/queries/ticks.ts';
import type { Deps } from '../deps.ts';
import { PRIORITY } from '../queues.ts';
import type { Money } from '../trading/decimal.ts';
import { clientOrderId } from '../trading/portfolio/client-order-id.ts';
import { isDust, sellQuantity } from '../trading/portfolio/order-size.ts';
import type { Market, OrderReason } from '../trading/types.ts';

/** Orders that answer to no candle have legs of their own, so they never share a client order id with one that does. */
const LEGS = { risk: 1, person: 2 } as const;

export type ExitWish = {
  source: keyof typeof LEGS;
  reason: Exclude<OrderReason, 'signal'>;
  /** Why, with the figures: a sentence for the decision log. */
  detail: string;
  price: Money;
  market: Market;
};

/**
 * Writes the intent to sell a bot's whole position, its log entry and its job in one transaction. Does nothing, and
 * returns false, when the bot is flat (a rest too small to sell counts as flat) or an order of it is still working.
 */
export async function wishExit(
  deps: Pick<Deps, 'db' | 'boss' | 'clock'>,
  botRunId: string,
  wish: ExitWish,
): Promise<boolean> {
  return deps.db.transaction(async (tx) => {
    const bot = await lockEngineBot(tx, botRunId);
    if (!bot || bot.hasWorkingOrder || isDust(bot.position.quantity, wish.price, wish.market)) return false;
    const nowMs = deps.clock.now();
    const intent = toIntent(bot, wish, nowMs);
    await insertDecisions(tx, [
      {
        botRunId,
        source: wish.source,
        candleTimeMs: nowMs,
        signal: { kind: 'SELL', confidence: 1, reason: wish.detail },
        intent: null,
        verdicts: [],
        outcome: 'order',
        detail: `Sells ${intent.quantity.toFixed()} ${bot.base} at about ${wish.price.toFixed()} ${bot.quote}.`,
        price: wish.price,
      },
    ]);
    await insertIntents(tx, [intent]);
    const job = { payload: { orderId: intent.id }, key: intent.id, priority: PRIORITY.exit };
    await deps.boss.enqueue(tx, 'place-order', [job]);
    return true;
  });
}

function toIntent(bot: EngineBot, wish: ExitWish, nowMs: number) {
  const leg = LEGS[wish.source];
  return {
    id: randomUUID(),
    botRunId: bot.id,
    userId: bot.userId,
    accountId: bot.accountId,
    venue: bot.venue,
    symbol: bot.symbol,
    clientOrderId: clientOrderId({ botRunId: bot.id, timeMs: nowMs, leg }),
    side: 'SELL' as const,
    type: 'market' as const,
    reason: wish.reason,
    quantity: sellQuantity(bot.position.quantity, wish.market),
    candleTimeMs: nowMs,
    leg,
    decidedAtMs: nowMs,
  };
}
