import { Amount, ceilTo, floorDecimals, floorTo, NOTHING, roundTo } from './decimals.ts';
import type {
  FeeSetup,
  SimulatedAccount,
  SimulatedMarket,
  SimulatedOrder,
  SimulatedTrade,
} from './engine-types.ts';
import { priceAt } from './price-replay.ts';

/** The middle price of a market, on its tick. */
export function midPrice(market: SimulatedMarket, timeMs: number): Amount {
  return roundTo(new Amount(priceAt(market.replay, timeMs)), market.tickSize);
}

/** What a taker pays or gets: the middle price moved by half the spread, to the taker's disadvantage. */
export function takerPrice(market: SimulatedMarket, side: 'BUY' | 'SELL', timeMs: number): Amount {
  const half = midPrice(market, timeMs).times(market.spread).div(2);
  const mid = midPrice(market, timeMs);
  return side === 'BUY' ? ceilTo(mid.plus(half), market.tickSize) : floorTo(mid.minus(half), market.tickSize);
}

export type FillPart = { quantity: Amount; price: Amount };

/** Cuts a taker's quantity into the market's number of fills, each a tick worse than the one before. */
export function takerParts(
  market: SimulatedMarket,
  order: { side: 'BUY' | 'SELL'; quantity: Amount },
  timeMs: number,
): FillPart[] {
  const best = takerPrice(market, order.side, timeMs);
  const worse = order.side === 'BUY' ? market.tickSize : market.tickSize.negated();
  const share = floorTo(order.quantity.div(market.fillsPerMarketOrder), market.lotSize);
  const parts: FillPart[] = [];
  let left = order.quantity;
  for (let index = 0; index < market.fillsPerMarketOrder && left.gt(0); index += 1) {
    const isLast = index === market.fillsPerMarketOrder - 1;
    const quantity = isLast || share.isZero() ? left : share;
    parts.push({ quantity, price: best.plus(worse.times(index)) });
    left = left.minus(quantity);
  }
  return parts;
}

export type Fees = FeeSetup & { priceIn(asset: string, quote: string, timeMs: number): Amount | undefined };
export type FillContext = {
  account: SimulatedAccount;
  market: SimulatedMarket;
  order: SimulatedOrder;
  fees: Fees;
  nextTradeId(): number;
};

/** Books one fill: what is spent (from the locked amount first), what is received, and the fee. */
export function bookFill(
  context: FillContext,
  part: FillPart,
  how: { timeMs: number; isMaker: boolean },
): SimulatedTrade {
  const { account, market, order } = context;
  const quoteQuantity = part.price.times(part.quantity);
  const isBuy = order.side === 'BUY';
  const [spent, spentAsset] = isBuy ? [quoteQuantity, market.quote] : [part.quantity, market.base];
  const [received, receivedAsset] = isBuy ? [part.quantity, market.base] : [quoteQuantity, market.quote];
  unlock(context, part);
  account.ledger.add(spentAsset, spent.negated());
  account.ledger.add(receivedAsset, received);
  const { fee, feeAsset } = takeFee(context, { received, receivedAsset, quoteQuantity, ...how });
  const trade: SimulatedTrade = {
    id: context.nextTradeId(),
    orderId: order.id,
    symbol: order.symbol,
    side: order.side,
    ...part,
    quoteQuantity,
    fee,
    feeAsset,
    ...how,
  };
  order.trades.push(trade);
  order.filled = order.filled.plus(part.quantity);
  order.quoteFilled = order.quoteFilled.plus(quoteQuantity);
  order.status = order.filled.eq(order.quantity) ? 'FILLED' : 'PARTIALLY_FILLED';
  order.updatedMs = how.timeMs;
  return trade;
}

/** The fraction of a buy's cost that must be there for the fee. */
export function feeOnTop(fees: FeeSetup): Amount {
  return fees.isInQuote === true ? Amount.max(fees.maker, fees.taker) : NOTHING;
}

/** Frees the part of the locked amount that this fill was held back for. */
function unlock({ account, market, order, fees }: FillContext, part: FillPart): void {
  if (order.locked.isZero()) return;
  const isBuy = order.side === 'BUY';
  const price = order.price ?? order.stopPrice ?? part.price;
  const held = isBuy ? price.times(part.quantity).times(feeOnTop(fees).plus(1)) : part.quantity;
  const freed = held.gt(order.locked) ? order.locked : held;
  account.ledger.lock(isBuy ? market.quote : market.base, freed.negated());
  order.locked = order.locked.minus(freed);
}

type FeeBasis = {
  received: Amount;
  receivedAsset: string;
  quoteQuantity: Amount;
  timeMs: number;
  isMaker: boolean;
};

const FEE_DECIMALS = 8;

function takeFee(context: FillContext, basis: FeeBasis): { fee: Amount; feeAsset: string } {
  const { account, fees, market } = context;
  const rate = new Amount(basis.isMaker ? fees.maker : fees.taker);
  if (fees.isInQuote === true) {
    const fee = floorDecimals(basis.quoteQuantity.times(rate), FEE_DECIMALS);
    account.ledger.add(market.quote, fee.negated());
    return { fee, feeAsset: market.quote };
  }
  const price =
    account.feeAsset === undefined ? undefined : fees.priceIn(account.feeAsset, market.quote, basis.timeMs);
  if (account.feeAsset !== undefined && price) {
    const fee = floorDecimals(basis.quoteQuantity.times(rate).div(price), FEE_DECIMALS);
    if (account.ledger.holding(account.feeAsset).free.gte(fee)) {
      account.ledger.add(account.feeAsset, fee.negated());
      return { fee, feeAsset: account.feeAsset };
    }
  }
  const fee = floorDecimals(basis.received.times(rate), FEE_DECIMALS);
  account.ledger.add(basis.receivedAsset, fee.negated());
  return { fee, feeAsset: basis.receivedAsset };
}

/** Gives back whatever an order still holds. */
export function releaseAll(context: Pick<FillContext, 'account' | 'market' | 'order'>): void {
  const { account, market, order } = context;
  account.ledger.lock(order.side === 'BUY' ? market.quote : market.base, order.locked.negated());
  order.locked = NOTHING;
}
