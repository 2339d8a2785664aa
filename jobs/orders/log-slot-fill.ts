import { insertDecisions } from '../../db/queries/ticks.ts';
import type { Db } from '../../db/client.ts';
import type { EngineOrder } from '../../db/queries/orders.ts';
import { figure } from '../trading/figures.ts';
import { readSlot, saySlot } from '../trading/order-strategies/order-strategy.ts';
import type { Money } from '../trading/decimal.ts';

/** Logs, in the transaction that books its last fill, that an order which a strategy keeps has filled. */
export async function logSlotFill(
  tx: Db,
  order: Pick<EngineOrder, 'slot' | 'botRunId' | 'side' | 'quantity' | 'limitPrice' | 'symbol'>,
  { price, atMs }: { price: Money; atMs: number },
): Promise<void> {
  const { slot, botRunId, side, quantity, limitPrice, symbol } = order;
  if (slot === null || !readSlot(slot)) return;
  const [base = symbol, quote = ''] = symbol.split('/');
  const verb = side === 'BUY' ? 'bought' : 'sold';
  const where = limitPrice ? `at ${figure(limitPrice)} ${quote}` : 'at the market';
  const said = `${saySlot(slot)} ${verb} ${figure(quantity)} ${base} ${where}`;
  await insertDecisions(tx, [
    {
      botRunId,
      source: 'candle',
      candleTimeMs: atMs,
      signal: { kind: side, confidence: 1, reason: said },
      intent: null,
      verdicts: [],
      outcome: 'order',
      detail: `${said}.`,
      price,
    },
  ]);
}
