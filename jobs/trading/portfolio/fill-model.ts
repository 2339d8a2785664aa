import { ceilToStep, floorToStep, type Money } from '../decimal.ts';
import type { Market, Side } from '../types.ts';

/** What an order filled at. Price in quote units; the fee of a buy is taken in base, that of a sale in quote. */
export type ModelFill = { price: Money; fee: Money; feeCurrency: string };

export type MarketOrder = {
  side: Side;
  quantity: Money;
  /** Best prices of the moment, in quote units. */
  prices: { bid: Money; ask: Money };
  /** Half of it is added on either side, for a source that states no bid and ask of its own. */
  spreadBps?: number;
  /** How much worse than the best price the whole quantity fills. */
  slippageBps: number;
  /** A limit order that the market touches on arrival fills like a market order, but no worse than this. */
  limitPrice?: Money | null;
  /** Fraction of the amount. */
  feeRate: Money;
  market: Pick<Market, 'base' | 'quote' | 'tickSize'>;
};

/** Returns the fill of a market order: the best price, spread and slippage against the trader, rounded against the trader. */
export function fillMarketOrder(order: MarketOrder): ModelFill {
  const price = marketPrice(order);
  return { price, ...feeOf({ ...order, price }) };
}

/** Returns what a market order fills at, whatever its quantity. */
export function marketPrice(order: Omit<MarketOrder, 'quantity' | 'feeRate'>): Money {
  const { side, prices, spreadBps = 0, slippageBps, limitPrice, market } = order;
  const best = side === 'BUY' ? prices.ask : prices.bid;
  const worst = spreadBps === 0 && slippageBps === 0 ? best : worsen(best, order);
  const price = side === 'BUY' ? ceilToStep(worst, market.tickSize) : floorToStep(worst, market.tickSize);
  const isBeyond = limitPrice && (side === 'BUY' ? price.gt(limitPrice) : price.lt(limitPrice));
  return isBeyond ? limitPrice : price;
}

/** In the arithmetic of the price. */
function worsen(
  best: Money,
  { side, spreadBps = 0, slippageBps }: Pick<MarketOrder, 'side' | 'spreadBps' | 'slippageBps'>,
): Money {
  const worse = best.minus(best).plus(spreadBps).div(2).plus(slippageBps).div(10_000);
  return best.times((side === 'BUY' ? worse : worse.neg()).plus(1));
}

export type LimitOrder = Omit<MarketOrder, 'spreadBps' | 'slippageBps' | 'limitPrice'> & {
  limitPrice: Money;
};

/** Returns the fill of a resting limit order at its own price, or `null` while the market has not touched it. */
export function fillLimitOrder(order: LimitOrder): ModelFill | null {
  const { side, limitPrice, prices } = order;
  const isTouched = side === 'BUY' ? prices.ask.lte(limitPrice) : prices.bid.gte(limitPrice);
  return isTouched ? { price: limitPrice, ...feeOf({ ...order, price: limitPrice }) } : null;
}

type Priced = Pick<MarketOrder, 'side' | 'quantity' | 'feeRate' | 'market'> & { price: Money };

function feeOf({ side, quantity, price, feeRate, market }: Priced): Pick<ModelFill, 'fee' | 'feeCurrency'> {
  return side === 'BUY'
    ? { fee: quantity.times(feeRate), feeCurrency: market.base }
    : { fee: quantity.times(price).times(feeRate), feeCurrency: market.quote };
}
