import { lockEngineBot, type EngineBot } from '../../db/queries/bot-state.ts';
import { claimIntents, moveOrder, type EngineOrder } from '../../db/queries/orders.ts';
import { listOtherSales, noteWait, shrinkIntent } from '../../db/queries/slots.ts';
import { markBotErrors } from '../../db/queries/ticks.ts';
import type { Db } from '../../db/client.ts';
import type { Deps } from '../deps.ts';
import { admitSale, type SaleVerdict } from '../trading/portfolio/admit-sale.ts';
import { leftOf } from '../trading/portfolio/plan-orders.ts';
import type { Market } from '../trading/types.ts';
import { findMarket } from './record-venue-order.ts';

const WAITS =
  'Waits until what rests on the exchange is cancelled: whatever that has sold is not sold again.';

/** The owner is told of an exit that has waited for so long: what it waits for may be looked after by hand. */
const LONG_WAIT_MS = 60_000;
const LONG_WAIT =
  'An exit waits: the exchange has not yet confirmed that the order resting there is cancelled.';

/**
 * Moves those of a bot's sales to `submitting` that may be sent, each cut to what is left to sell, and returns them as they
 * are to be sent. The bot is locked from the look at its books to the move, so that no two sales are sent for the same
 * coins. A sale with nothing left to sell ends; one that waits stays an intent, and the orders in its way are called back.
 */
export async function claimSales(deps: Deps, sales: EngineOrder[], atMs: number): Promise<EngineOrder[]> {
  const [first] = sales;
  if (!first) return [];
  const market = await findMarket(deps, first);
  return deps.db.transaction(async (tx) => {
    const bot = await lockEngineBot(tx, first.botRunId);
    if (!bot) return [];
    const claimed: EngineOrder[] = [];
    for (const sale of sales) {
      const verdict = await judge(tx, { bot, sale, market });
      claimed.push(...(await carryOut({ deps, tx, atMs }, sale, verdict)));
    }
    return claimed;
  });
}

type Judged = { bot: EngineBot; sale: EngineOrder; market: Market };

async function judge(tx: Db, { bot, sale, market }: Judged): Promise<SaleVerdict> {
  const others = await listOtherSales(tx, bot.id, sale.id);
  return admitSale({
    sale,
    others: others.map((other) => ({
      slot: other.slot,
      isSent: other.status !== 'intended',
      left: leftOf(other),
    })),
    held: bot.position.quantity,
    price: sale.stopPrice ?? sale.limitPrice ?? bot.lastPrice ?? bot.position.entryPrice,
    market,
  });
}

type Context = { deps: Deps; tx: Db; atMs: number };

async function carryOut(context: Context, sale: EngineOrder, verdict: SaleVerdict): Promise<EngineOrder[]> {
  const { deps, tx, atMs } = context;
  switch (verdict.outcome) {
    case 'drop':
      await moveOrder(tx, sale.id, { status: 'canceled', detail: verdict.detail, atMs });
      return [];
    case 'wait':
      await noteWait(tx, sale.id, { detail: WAITS, atMs });
      if (atMs - sale.decidedAt.getTime() > LONG_WAIT_MS)
        await markBotErrors(tx, [{ botRunId: sale.botRunId, message: LONG_WAIT }], atMs);
      await deps.boss.enqueue(tx, 'keep-orders', [
        { payload: { botRunId: sale.botRunId }, key: `${sale.id}:waits` },
      ]);
      return [];
    case 'send': {
      const { quantity } = verdict;
      if (!quantity.eq(sale.quantity)) await shrinkIntent(tx, sale.id, quantity);
      const sends = (await claimIntents(tx, [sale.id], atMs)).get(sale.id);
      if (sends === undefined) return [];
      return [{ ...sale, status: 'submitting', submittedAt: new Date(atMs), quantity, sends }];
    }
  }
}
