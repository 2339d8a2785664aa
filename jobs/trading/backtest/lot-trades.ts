import type { Money } from '../decimal.ts';
import { toFillValue } from '../portfolio/fill-value.ts';
import type { Market, ValuedFill } from '../types.ts';
import type { BacktestTrade } from './run.ts';

/** What is left of one buy, in base units, with its cost and fee, in quote units. */
type Lot = { timeMs: number; price: Money; quantity: Money; cost: Money; fee: Money };

/** Buys and sales paired first in, first out. */
export class LotTrades {
  readonly trades: BacktestTrade[] = [];
  private lots: Lot[] = [];
  private readonly market: Market;

  constructor(market: Market) {
    this.market = market;
  }

  /** Books a fill; a sale ends as many trades as it takes lots. */
  book(fill: ValuedFill, exitReason: BacktestTrade['exitReason']): void {
    const { quantity, amount } = toFillValue(fill, this.market);
    if (fill.side === 'BUY') {
      const { timeMs, price, feeQuote: fee } = fill;
      const lot = { timeMs, price, quantity, cost: amount, fee };
      const [rest, ...more] = this.lots;
      this.lots = rest && more.length === 0 ? this.putBack(rest, [lot]) : [...this.lots, lot];
      return;
    }
    let left = quantity;
    while (left.gt(0) && this.lots[0]) {
      const lot = this.lots[0];
      const taken = left.lt(lot.quantity) ? left : lot.quantity;
      const { part, rest } = split(lot, taken);
      const share = taken.div(quantity);
      const sale = { amount: amount.times(share), fee: fill.feeQuote.times(share) };
      this.trades.push(this.toTrade(part, { ...sale, fill, exitReason }));
      this.lots = this.putBack(rest, this.lots.slice(1));
      left = left.minus(taken);
    }
  }

  /** A rest too small to be sold by itself goes with the lot after it. */
  private putBack(rest: Lot, later: Lot[]): Lot[] {
    const [next, ...others] = later;
    if (!rest.quantity.gt(0)) return later;
    if (!next || rest.quantity.gte(this.market.lotSize)) return [rest, ...later];
    return [join(rest, next), ...others];
  }

  private toTrade(lot: Lot, { amount, fee, fill, exitReason }: Closing): BacktestTrade {
    const pnl = amount.minus(lot.cost).toNumber();
    return {
      symbol: this.market.symbol,
      entryTimeMs: lot.timeMs,
      entryPrice: lot.price.toNumber(),
      exitTimeMs: fill.timeMs,
      exitPrice: fill.price.toNumber(),
      quantity: lot.quantity.toNumber(),
      fees: lot.fee.plus(fee).toNumber(),
      pnl,
      pnlPct: (100 * pnl) / lot.cost.toNumber(),
      exitReason,
    };
  }
}

type Closing = { amount: Money; fee: Money; fill: ValuedFill; exitReason: BacktestTrade['exitReason'] };

const join = (rest: Lot, next: Lot): Lot => ({
  ...next,
  quantity: next.quantity.plus(rest.quantity),
  cost: next.cost.plus(rest.cost),
  fee: next.fee.plus(rest.fee),
});

function split(lot: Lot, taken: Money): { part: Lot; rest: Lot } {
  if (taken.gte(lot.quantity))
    return { part: lot, rest: { ...lot, quantity: lot.quantity.minus(lot.quantity) } };
  const share = taken.div(lot.quantity);
  const part = { ...lot, quantity: taken, cost: lot.cost.times(share), fee: lot.fee.times(share) };
  const rest = {
    ...lot,
    quantity: lot.quantity.minus(taken),
    cost: lot.cost.minus(part.cost),
    fee: lot.fee.minus(part.fee),
  };
  return { part, rest };
}
