import { randomUUID } from 'node:crypto';
import { fills, orders } from '../../db/schema/orders.ts';
import { equitySnapshots } from '../../db/schema/reports.ts';
import type { Db } from '../../db/client.ts';
import { money } from '../../jobs/trading/decimal.ts';
import type { Side } from '../../jobs/trading/types.ts';

export type LoggedFill = {
  userId: string;
  botRunId: string;
  side: Side;
  at: string;
  quantity?: string;
  price?: string;
  fee?: string;
  pnl?: string;
  symbol?: string;
};

/** Writes a filled order with one fill, as the executor would; returns the order's id. */
export async function logFill(db: Db, fill: LoggedFill): Promise<string> {
  const id = randomUUID();
  const at = new Date(fill.at);
  const symbol = fill.symbol ?? 'BTC/USDT';
  const quantity = money(fill.quantity ?? '0.1');
  const owner = { userId: fill.userId, botRunId: fill.botRunId, accountId: fill.botRunId, symbol };
  await db.insert(orders).values({
    ...owner,
    id,
    venue: 'demo',
    clientOrderId: `c-${id}`,
    side: fill.side,
    type: 'market',
    reason: 'signal',
    quantity,
    filledQuantity: quantity,
    status: 'filled',
    candleTime: at,
    leg: Math.floor(Math.random() * 1_000_000_000),
    decidedAt: at,
    createdAt: at,
  });
  await db.insert(fills).values({
    ...owner,
    orderId: id,
    exchangeTradeId: `t-${id}`,
    side: fill.side,
    quantity,
    price: money(fill.price ?? '50000'),
    fee: money(fill.fee ?? '5'),
    feeCurrency: 'USDT',
    feeQuote: money(fill.fee ?? '5'),
    pnl: fill.pnl === undefined ? null : money(fill.pnl),
    executedAt: at,
  });
  return id;
}

/** Writes what a bot was worth at a moment. */
export async function logEquity(
  db: Db,
  snapshot: { userId: string; botRunId: string; at: string; equity: string },
): Promise<void> {
  await db.insert(equitySnapshots).values({
    userId: snapshot.userId,
    botRunId: snapshot.botRunId,
    takenAt: new Date(snapshot.at),
    equity: money(snapshot.equity),
    realizedPnl: money(0),
    unrealizedPnl: money(0),
    price: money(1),
  });
}
