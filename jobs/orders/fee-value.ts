import type { Deps } from '../deps.ts';
import { ExchangeError } from '../exchange/errors.ts';
import type { MarketDataGateway } from '../exchange/gateway.ts';
import { money, ZERO, type Money } from '../trading/decimal.ts';
import type { Fill, Market } from '../trading/types.ts';

/**
 * Returns a fee's worth in quote at about the time it was paid: exact for fees in base (at the fill's own price) and
 * quote; from the venue's latest price for a third currency. `null` where the venue has no price for it now.
 */
export async function feeInQuote(
  deps: Pick<Deps, 'marketData'>,
  where: { venue: string; market: Pick<Market, 'base' | 'quote'> },
  fill: Pick<Fill, 'fee' | 'feeCurrency' | 'price'>,
): Promise<Money | null> {
  if (fill.fee.isZero()) return ZERO;
  if (fill.feeCurrency === where.market.quote) return fill.fee;
  if (fill.feeCurrency === where.market.base) return fill.fee.times(fill.price);
  const price = await findPrice(deps.marketData(where.venue), fill.feeCurrency, where.market.quote);
  return price && fill.fee.times(price);
}

async function findPrice(gateway: MarketDataGateway, from: string, to: string): Promise<Money | null> {
  try {
    const markets = await gateway.loadMarkets();
    if (markets.has(`${from}/${to}`)) return (await gateway.fetchTicker(`${from}/${to}`)).last;
    if (markets.has(`${to}/${from}`)) return money(1).div((await gateway.fetchTicker(`${to}/${from}`)).last);
    return null;
  } catch (error) {
    if (error instanceof ExchangeError) return null;
    throw error;
  }
}
