import type { Money } from '../decimal.ts';
import { recordExit } from '../portfolio/exits.ts';
import { fillMarketOrder } from '../portfolio/fill-model.ts';
import { toFillValue } from '../portfolio/fill-value.ts';
import { applyFill } from '../portfolio/ledger.ts';
import type { Position, Side, ValuedFill } from '../types.ts';
import { bookEntry, bookExit } from './account.ts';
import type { Pair } from './pair.ts';
import type { BacktestTrade, Run } from './run.ts';

export type Order = {
  side: Side;
  quantity: Money;
  /** Best bid and ask of the moment: candles tell no spread. */
  price: Money;
  slippageBps: number;
  reason: BacktestTrade['exitReason'];
  /** The candle in which it fills. */
  index: number;
};

/** Fills an order by the fill model of paper trading and books it in the ledger of live trading. */
export function fillOrder(run: Run, pair: Pair, order: Order): void {
  const { account } = run;
  const fill = toFill(pair, order);
  const { amount } = toFillValue(fill, pair.market);
  const before = pair.position;
  const { position, realizedPnl } = applyFill(before, fill, pair.market);
  pair.position = position;
  pair.exits = recordExit(pair.exits, { fill, before, after: position, realizedPnl });
  pair.tradeFees = pair.tradeFees.plus(fill.feeQuote);
  if (order.side === 'BUY') {
    const isNewTrade = before.openedAtMs === null;
    if (isNewTrade) pair.unseen = order.index;
    bookEntry(account, amount, isNewTrade);
  } else {
    const isClosed = position.openedAtMs === null;
    bookExit(account, { amount, realizedPnl, isClosed });
    if (isClosed) closeTrade(run, pair, { before, fill, amount, realizedPnl, reason: order.reason });
  }
  pair.holdings.index.push(order.index);
  pair.holdings.quantity.push(position.quantity.toNumber());
  pair.holdings.isOpen.push(position.openedAtMs !== null);
}

function toFill({ market, candles }: Pair, order: Order): ValuedFill {
  const { side, quantity, price, slippageBps, index } = order;
  const prices = { bid: price, ask: price };
  const filled = fillMarketOrder({ side, quantity, prices, slippageBps, feeRate: market.takerFee, market });
  const { fee, feeCurrency } = filled;
  return {
    tradeId: '',
    side,
    quantity,
    price: filled.price,
    fee,
    feeCurrency,
    feeQuote: feeCurrency === market.base ? fee.times(filled.price) : fee,
    timeMs: candles.openTimeMs[index] ?? NaN,
  };
}

type Closing = {
  before: Position;
  fill: ValuedFill;
  amount: Money;
  realizedPnl: Money;
  reason: BacktestTrade['exitReason'];
};

function closeTrade({ trades, account }: Run, pair: Pair, closing: Closing): void {
  const { before, fill, amount, realizedPnl, reason } = closing;
  const pnl = realizedPnl.toNumber();
  trades.push({
    symbol: pair.symbol,
    entryTimeMs: before.openedAtMs ?? NaN,
    entryPrice: before.entryPrice.toNumber(),
    exitTimeMs: fill.timeMs,
    exitPrice: fill.price.toNumber(),
    quantity: fill.quantity.toNumber(),
    fees: pair.tradeFees.toNumber(),
    pnl,
    pnlPct: (100 * pnl) / (amount.toNumber() - pnl),
    exitReason: reason,
  });
  pair.tradeFees = account.zero;
}
